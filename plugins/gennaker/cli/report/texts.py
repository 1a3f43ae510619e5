"""Find every expression of a pipeline, and say whether it is understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gennaker.cli.report.refusals import Refusal, refusal
from gennaker.errors import ExpressionError
from gennaker.expr import Expression, has_expression, parse_template
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import json_path

#: Left alone where a stage has ``skipExpressionEvaluation``.
_SKIPPABLE = frozenset({"manifest", "manifests", "patchBody"})
#: Parts of a pipeline whose expressions Spinnaker evaluates when a run starts.
_TOP = ("description", "expectedArtifacts", "notifications", "parameterConfig", "triggers")


@dataclass(frozen=True)
class Found:
    """One expression: where it is, and why it is refused if it is."""

    path: str
    source: str
    text: str
    stage: str | None
    refused: Refusal | None = None
    bare: bool = False
    key: str = field(default="")

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "path": self.path,
            "stage": self.stage,
            "expression": self.source,
            "status": "refused" if self.refused else "translated",
            "reason": self.refused.reason if self.refused else None,
            "position": self.refused.position if self.refused else None,
        }


def expressions(loaded: LoadedPipeline) -> list[Found]:
    """Return the expressions of a pipeline in the order in which they stand there."""
    found: list[Found] = []
    for key in _TOP:
        path = json_path(loaded.base, key)
        found += _below(loaded.spec.get(key), path, stage=None, key=key)
    for path, stage in stages(loaded):
        found += _in_stage(stage, path)
    return found


def stages(loaded: LoadedPipeline) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the path and the JSON of every stage."""
    given = loaded.spec.get("stages")
    for index, stage in enumerate(given if isinstance(given, list) else ()):
        if isinstance(stage, Mapping):
            yield json_path(loaded.base, "stages", index), stage


def stage_name(stage: Mapping[str, Any]) -> str:
    """Return what people call a stage."""
    return str(stage.get("name") or stage.get("type") or "?")


def _in_stage(stage: Mapping[str, Any], path: str) -> Iterator[Found]:
    name = stage_name(stage)
    skipped = _SKIPPABLE if stage.get("skipExpressionEvaluation") is True else frozenset[str]()
    for key, value in stage.items():
        if key not in skipped:
            yield from _below(value, json_path(path, key), stage=name, key=key)
    for place, source in conditions(stage):
        if isinstance(source, str) and source.strip() and not has_expression(source):
            yield Found(
                path=json_path(path, *place),
                source=source.strip(),
                text=source,
                stage=name,
                refused=refusal(source),
                bare=True,
                key=str(place[0]),
            )


def conditions(stage: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the expressions of a stage that are written without ``${ }``."""
    enabled = stage.get("stageEnabled")
    if isinstance(enabled, Mapping) and enabled.get("type") in (None, "expression"):
        yield ("stageEnabled", "expression"), enabled.get("expression")
    given = stage.get("preconditions")
    for index, item in enumerate(given if isinstance(given, list) else ()):
        context = item.get("context") if isinstance(item, Mapping) else None
        if isinstance(context, Mapping) and item.get("type") == "expression":
            yield ("preconditions", index, "context", "expression"), context.get("expression")


def _below(value: Any, path: str, *, stage: str | None, key: str) -> Iterator[Found]:
    if isinstance(value, str):
        if has_expression(value):
            yield from _in_text(value, path, stage=stage, key=key)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            place = json_path(path, str(name))
            yield from _below(str(name), place, stage=stage, key=key)
            yield from _below(inner, place, stage=stage, key=key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _below(inner, json_path(path, index), stage=stage, key=key)


def _in_text(text: str, path: str, *, stage: str | None, key: str) -> Iterator[Found]:
    try:
        parts = parse_template(text)
    except ExpressionError as fault:
        broken = Refusal(fault.message, getattr(fault, "position", None))
        yield Found(path, text.strip(), text, stage, broken, key=key)
        return
    for part in parts:
        if isinstance(part, Expression):
            refused = refusal(part.source, offset=part.offset)
            yield Found(path, part.source.strip(), text, stage, refused, key=key)
