"""The reference of stage types, and the table of how faithfully each is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gennaker.catalog import fallback_model, stage_models
from gennaker.cli._reference import examples
from gennaker.cli._reference.facts import LATER, LIMITS, OUTPUTS
from gennaker.cli._reference.tables import field_table, keys, parts_of, prose, sentence, table
from gennaker.spec.model import StageEnvelope
from gennaker.stages._base import Stage, Support

COMMON = "pipeline.md#what-every-stage-has"


def own_stages() -> dict[str, type[Stage]]:
    """Return the stage types that Gennaker itself brings, by ``KIND``."""
    found = {model.KIND: model for model in stage_models().values()}
    return {kind: found[kind] for kind in sorted(found) if found[kind].__module__.startswith("gennaker.")}


def page(root: Path) -> str:
    """Return the page."""
    models = [*own_stages().values(), fallback_model()]
    return "\n\n".join([_INTRODUCTION, support_table(), *(_section(model, root) for model in models)]) + "\n"


def support_table() -> str:
    """Return one line for each type."""
    models = own_stages()
    rows = [(f"`{kind}`", str(support(model)), notes(model)) for kind, model in models.items()]
    for group, kinds in _missing().items():
        rows.append((f"{group}: {', '.join(f'`{kind}`' for kind in kinds)}", "unsupported", _NOT_YET))
    rows.append(("any other type", "unsupported", _NOT_YET))
    return table(("stage type", "support", "note"), rows)


def brief() -> str:
    """Return one line for each degree of support."""
    models = own_stages().values()
    known = {level: [f"`{m.KIND}`" for m in models if support(m) is level] for level in Support}
    later = [f"{group} ({len(kinds)} types)" for group, kinds in _missing().items()]
    rows = [
        ("exact", ", ".join(known[Support.EXACT]), "as in Spinnaker; `airflow` is our own"),
        ("approximated", ", ".join(known[Support.APPROXIMATED]), "the reference says what differs"),
        ("unsupported", f"{', '.join(later)}, any other type", _NOT_YET),
    ]
    return table(("support", "stage types", "what that means"), rows)


def _missing() -> dict[str, list[str]]:
    """Return the known types of Spinnaker and CODING that nothing here runs, by group."""
    found = {group: [kind for kind in kinds if kind not in stage_models()] for group, kinds in LATER.items()}
    return {group: kinds for group, kinds in found.items() if kinds}


def support(model: type[Stage]) -> Support:
    """Return how faithfully a type is run; one that falls short of its JSON is not exact."""
    exact = model.SUPPORT is Support.EXACT
    return Support.APPROXIMATED if exact and model.KIND in LIMITS else model.SUPPORT


def notes(model: type[Stage]) -> str:
    """Say where a type differs from Spinnaker's."""
    return "; ".join(text.rstrip(".") for text in (model.NOTES, LIMITS.get(model.KIND, "")) if text)


def _section(model: type[Stage], root: Path) -> str:
    kind = model.KIND
    title = "Types that are not known" if kind == fallback_model().KIND else f"`{kind}`"
    name = examples.example_name(kind)
    told = f"Support: **{support(model)}**. {_as_sentence(notes(model))}".strip()
    also = f"Also written {', '.join(f'`{alias}`' for alias in model.ALIASES)}." if model.ALIASES else ""
    return "\n\n".join(
        part
        for part in (
            f"## {title}",
            prose(model),
            also,
            told,
            *_keys(model),
            _outputs(model),
            f"Example: {examples.link(name, up='../../')}",
            examples.block(root, name),
        )
        if part
    )


def _as_sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _keys(model: type[Stage]) -> Iterator[str]:
    """Yield the table of a type's own keys, and one for each object that they hold."""
    own = keys(model, without=StageEnvelope)
    if not own:
        yield f"It has no keys of its own, only [what every stage has]({COMMON})."
        return
    common = parts_of(StageEnvelope)
    inner = {name: part for name, part in parts_of(model).items() if name not in common}
    links = {name: f"pipeline.md#{name.lower()}" for name in common}
    links |= {name: f"#{name.lower()}" for name in inner}
    yield field_table(own, links=links)
    for name, part in inner.items():
        yield f"### {name}"
        yield sentence(part)
        yield field_table(keys(part), links=links)


def _outputs(model: type[Stage]) -> str:
    told: Mapping[str, str] = getattr(model, "OUTPUTS", None) or OUTPUTS.get(model.KIND, {})
    if not told:
        return "It has no outputs."
    rows = [("any" if name == "*" else f"`{name}`", text) for name, text in told.items()]
    return table(("output", "what it is"), rows)


_NOT_YET = "loads, shows, fails when it is reached"

_INTRODUCTION = f"""\
<!-- Made by `python -m gennaker.cli.docs`; change the models, not this page. -->

# Stages

Every stage is one Airflow task. This page lists what each type adds to [what every stage has]({COMMON}).
A value may be an [expression](../expressions.md) where its type says so; in text it always may.
Later stages read an output by its bare name, `${{ name }}`, or as `#stage('stage name').outputs.name`.

*exact*: it does what Spinnaker does. *approximated*: it does, but for what the note says.
*unsupported*: the pipeline loads and is shown with the stage in its place; a run fails at the stage, and
only if it gets there. Nothing of its JSON is lost.
"""
