"""Does every artifact id lead to an artifact?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.spec.checks.subject import StageView, Subject
from gennaker.spec.graph import Graph
from gennaker.spec.problems import SpecProblem, json_path, problem
from gennaker.spec.types import has_expression

_ONE = (
    "manifestArtifactId",
    "patchArtifactId",
    "consumeArtifactId",
    "pipelinesArtifactId",
    "cloudFormationArtifactId",
    "imageArtifactId",
    "applicationArtifactId",
)
_MANY = ("requiredArtifactIds", "packageArtifactIds", "configArtifactIds")
_NESTED = (("inputArtifacts", "id"), ("requiredArtifacts", "expectedArtifactId"))
_Place = tuple[str | int, ...]


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find ids that nothing declares, and ids that two artifacts share."""
    declared = _ids(subject.spec.get("expectedArtifacts"))
    yield from _duplicates(subject.spec.get("expectedArtifacts"), subject.base)
    for trigger in subject.triggers:
        for index, wanted in enumerate(trigger.model.expected_artifact_ids):
            if _is_unknown(wanted, declared):
                path = json_path(trigger.path, "expectedArtifactIds", index)
                yield problem("unknown-artifact", path=path, message=_message(wanted))
    if subject.graph is not None and not subject.partial:
        yield from _all_dangling(subject, subject.graph, declared)
    for stage in subject.stages:
        yield from _duplicates(stage.raw.get("expectedArtifacts"), stage.path, stage=stage.model.name)


def _all_dangling(subject: Subject, graph: Graph, declared: set[str]) -> Iterator[SpecProblem]:
    produced = {subject.node(stage).ref_id: _produced(stage.raw) for stage in subject.stages}
    for stage in subject.stages:
        earlier = (produced[ref_id] for ref_id in graph.ancestors(subject.node(stage).ref_id))
        yield from _dangling(stage, declared.union(*earlier))


def _produced(raw: Mapping[str, Any]) -> set[str]:
    """Return what a stage brings; `expectedArtifact` is the older form of `findArtifactFromExecution`."""
    return _ids(raw.get("expectedArtifacts")) | _ids([raw.get("expectedArtifact")])


def _dangling(stage: StageView, reachable: set[str]) -> Iterator[SpecProblem]:
    for place, wanted in _wanted(stage.raw):
        if _is_unknown(wanted, reachable):
            yield stage.problem("unknown-artifact", *place, message=_message(wanted))


def _wanted(raw: Mapping[str, Any]) -> Iterator[tuple[_Place, Any]]:
    for key in _ONE:
        yield (key,), raw.get(key)
    for key in _MANY:
        for index, item in enumerate(_list(raw.get(key))):
            yield (key, index), item
    for key, inner in _NESTED:
        for index, item in enumerate(_list(raw.get(key))):
            # An artifact written out in place needs no declaration; Deck leaves the stale id beside it.
            if isinstance(item, Mapping) and not item.get("artifact"):
                yield (key, index, inner), item.get(inner)


def _is_unknown(wanted: Any, known: set[str]) -> bool:
    return isinstance(wanted, str) and wanted != "" and not has_expression(wanted) and wanted not in known


def _message(wanted: str) -> str:
    return f"no expected artifact of the pipeline or of an earlier stage has the id '{wanted}'"


def _duplicates(given: Any, path: str, *, stage: str | None = None) -> Iterator[SpecProblem]:
    seen: set[str] = set()
    for index, item in enumerate(_list(given)):
        identity = item.get("id") if isinstance(item, Mapping) else None
        if isinstance(identity, str) and identity in seen:
            place = json_path(path, "expectedArtifacts", index, "id")
            message = f"another expected artifact has the id '{identity}'"
            yield problem("duplicate-artifact-id", path=place, message=message, stage=stage)
        elif isinstance(identity, str):
            seen.add(identity)


def _ids(given: Any) -> set[str]:
    found = (item.get("id") for item in _list(given) if isinstance(item, Mapping))
    return {identity for identity in found if isinstance(identity, str)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
