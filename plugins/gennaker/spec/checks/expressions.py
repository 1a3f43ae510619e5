"""Do expressions parse, and do the names in them exist?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gennaker.spec.checks.subject import StageView, Subject
from gennaker.spec.problems import Severity, SpecProblem, json_path, problem
from gennaker.spec.types import has_expression

if TYPE_CHECKING:
    from gennaker.expr import References

# Text of other languages, where ${ } often is not ours: Orca keeps what does not parse and goes on.
_FOREIGN = frozenset(
    {
        "manifest",
        "manifests",
        "patchBody",
        "artifactContents",
        "payload",
        "command",
        "script",
        "userData",
        "base64UserData",
        "instructions",
        "comments",
        "description",
        "overrides",
    }
)
_RAW_WHERE_SKIPPED = frozenset({"manifest", "manifests", "patchBody"})
# Orca names the children of a stage like this, and they can be looked up too.
_CHILD = re.compile(
    r"(Bake|Deploy|Clone|Destroy|Disable|Enable|Resize|Rollback)\b.* (in|to) .+|Check precondition.*"
)
_JUDGMENT = "manualJudgment"


@dataclass(frozen=True)
class _Text:
    """A piece of text that is evaluated."""

    path: str
    text: str
    bare: bool = False
    foreign: bool = False

    def references(self) -> References:
        """Return what it names; the parser is loaded only when there is something to parse."""
        from gennaker.expr import references, references_in_expression

        return references_in_expression(self.text) if self.bare else references(self.text)


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find expressions that cannot work."""
    seen = False
    for text in _top(subject):
        seen = True
        found = text.references()
        yield from _syntax(text, found, stage=None)
        yield from _parameters(text, found, subject, stage=None)
    for stage in subject.stages:
        for text in _texts(stage):
            seen = True
            yield from _in_stage(text, stage, subject)
        yield from _awaited_statuses(stage, subject)
    if seen and subject.pipeline.spel_evaluator != "v4":
        given = subject.pipeline.spel_evaluator or "absent, which means v3"
        yield problem("legacy-expressions", path=subject.path("spelEvaluator"), message=f"it is {given}")


def _in_stage(text: _Text, stage: StageView, subject: Subject) -> Iterator[SpecProblem]:
    found = text.references()
    yield from _syntax(text, found, stage=stage)
    yield from _parameters(text, found, subject, stage=stage)
    # An expression that asks whether a stage exists may well name one that does not.
    for name in () if "stageExists" in found.functions else sorted(found.stages):
        yield from _named_stage(name, text.path, stage, subject, lenient="stage" not in found.functions)
    for ref_id in sorted(found.ref_ids):
        yield from _numbered_stage(ref_id, text.path, stage, subject)
    for name in sorted(found.judgments):
        yield from _judgment(name, text.path, stage, subject)


def _top(subject: Subject) -> Iterator[_Text]:
    for key in ("notifications", "expectedArtifacts"):
        yield from _strings(subject.spec.get(key), subject.path(key), foreign=False)


def _texts(stage: StageView) -> Iterator[_Text]:
    """Return the texts of a stage; a condition is an expression even without ``${ }``."""
    skipped = _RAW_WHERE_SKIPPED if stage.model.skip_expression_evaluation is True else frozenset[str]()
    for key, value in stage.raw.items():
        if key not in skipped:
            yield from _strings(value, json_path(stage.path, key), foreign=key in _FOREIGN)
    for place, value in _conditions(stage.raw):
        if isinstance(value, str) and value.strip() and not has_expression(value):
            yield _Text(json_path(stage.path, *place), value, bare=True)


def _conditions(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    enabled = raw.get("stageEnabled")
    if isinstance(enabled, Mapping) and enabled.get("type") in (None, "expression"):
        yield ("stageEnabled", "expression"), enabled.get("expression")
    for index, context in _preconditions(raw, "expression"):
        yield ("preconditions", index, "context", "expression"), context.get("expression")


def _preconditions(raw: Mapping[str, Any], kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    given = raw.get("preconditions")
    for index, item in enumerate(given if isinstance(given, list) else ()):
        if (
            isinstance(item, Mapping)
            and item.get("type") == kind
            and isinstance(item.get("context"), Mapping)
        ):
            yield index, item["context"]


def _strings(value: Any, path: str, *, foreign: bool) -> Iterator[_Text]:
    if isinstance(value, str):
        if has_expression(value):
            yield _Text(path, value, foreign=foreign)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            place = json_path(path, str(key))
            yield from _strings(key, place, foreign=foreign)
            yield from _strings(inner, place, foreign=foreign or key in _FOREIGN)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _strings(inner, json_path(path, index), foreign=foreign)


def _syntax(text: _Text, found: References, *, stage: StageView | None) -> Iterator[SpecProblem]:
    strict = stage is not None and stage.model.fail_on_failed_expressions is True
    for _, message, position in found.syntax_errors:
        yield problem(
            "expression-syntax",
            path=text.path,
            message=f"at character {position + 1}: {message}",
            severity=Severity.WARNING if text.foreign and not strict else Severity.ERROR,
            stage=stage.model.name if stage else None,
        )


def _parameters(
    text: _Text, found: References, subject: Subject, *, stage: StageView | None
) -> Iterator[SpecProblem]:
    declared = {parameter.name for parameter in subject.pipeline.parameter_config}
    for name in sorted(found.parameters - declared):
        yield problem(
            "unknown-parameter",
            path=text.path,
            message=f"no parameter is called '{name}'",
            stage=stage.model.name if stage else None,
        )


def _named_stage(
    name: str, path: str, stage: StageView, subject: Subject, *, lenient: bool = False
) -> Iterator[SpecProblem]:
    """Look for a stage by name; a lenient function gives nothing where it finds none."""
    targets = [other for other in subject.stages if other.model.name == name]
    if not targets:
        doubtful = lenient or subject.open_names or _CHILD.fullmatch(name) is not None
        yield _unknown(f"no stage is called '{name}'", path, stage, doubtful=doubtful)
        return
    if len(targets) > 1:
        message = f"{len(targets)} stages are called '{name}'"
        yield problem("ambiguous-stage-name", path=path, message=message, stage=stage.model.name)
    yield from _not_upstream(targets, f"'{name}'", path, stage, subject)


def _numbered_stage(ref_id: str, path: str, stage: StageView, subject: Subject) -> Iterator[SpecProblem]:
    targets = [other for other in subject.stages if other.model.ref_id == ref_id]
    if not targets:
        yield _unknown(f"no stage has the refId '{ref_id}'", path, stage, doubtful=subject.partial)
        return
    yield from _not_upstream(targets, f"'{targets[0].model.name}' ({ref_id})", path, stage, subject)


def _judgment(name: str, path: str, stage: StageView, subject: Subject) -> Iterator[SpecProblem]:
    named = [other for other in subject.stages if other.model.name == name]
    targets = [other for other in named if _is_judgment(other, subject)]
    if named and not targets:
        message = f"the stage '{name}' is of type {named[0].model.type}"
        yield problem("not-a-judgment", path=path, message=message, stage=stage.model.name)
    elif not targets:
        severity = Severity.WARNING if subject.open_names else None
        message = f"no manual judgment is called '{name}'"
        yield problem(
            "unknown-judgment", path=path, message=message, stage=stage.model.name, severity=severity
        )
    else:
        yield from _not_upstream(targets, f"'{name}'", path, stage, subject)


def _is_judgment(stage: StageView, subject: Subject) -> bool:
    model = subject.models.get(_JUDGMENT)
    return stage.model.type == _JUDGMENT or (model is not None and isinstance(stage.model, model))


def _awaited_statuses(stage: StageView, subject: Subject) -> Iterator[SpecProblem]:
    for index, context in _preconditions(stage.raw, "stageStatus"):
        name = context.get("stageName")
        if isinstance(name, str) and name and not has_expression(name):
            path = json_path(stage.path, "preconditions", index, "context", "stageName")
            yield from _named_stage(name, path, stage, subject)


def _unknown(message: str, path: str, stage: StageView, *, doubtful: bool) -> SpecProblem:
    severity = Severity.WARNING if doubtful else None
    return problem(
        "unknown-stage-reference", path=path, message=message, stage=stage.model.name, severity=severity
    )


def _not_upstream(
    targets: list[StageView], shown: str, path: str, stage: StageView, subject: Subject
) -> Iterator[SpecProblem]:
    """Warn unless one of the targets has run by then; a stage may look at itself."""
    if subject.graph is None:
        return
    here = subject.node(stage)
    upstream = {here.ref_id, *subject.graph.ancestors(here.ref_id)}
    if not any(subject.node(target).ref_id in upstream for target in targets):
        message = f"the stage {shown} need not have run when this one starts"
        yield problem("stage-not-upstream", path=path, message=message, stage=stage.model.name)
