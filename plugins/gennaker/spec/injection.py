"""
Put a configuration's stages into a template's graph: first, last, before or after stages.

A stage with the refId of one of the template's replaces it; one without a rule is added as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gennaker.spec.problems import SpecProblem, json_path, problem

Stage = dict[str, Any]


def inject(stages: Sequence[Any], *, into: Sequence[Any]) -> tuple[list[Any], list[SpecProblem]]:
    """Return the template's stages with the others put in, and the rules that name nothing."""
    placed: list[Stage] = [_copy(stage) for stage in into if isinstance(stage, Mapping)]
    problems = []
    for index, given in enumerate(stages):
        if not isinstance(given, Mapping):
            continue
        stage = _copy(given)
        rule = stage.get("inject")
        if not isinstance(rule, Mapping) or not any(rule.values()):
            _replace_or_add(stage, placed)
            continue
        placed[:] = [other for other in placed if _ref(other) != _ref(stage)]
        for unknown in _place(stage, rule, placed):
            path = json_path("$", "stages", index, "inject")
            message = f"the template has no stage with the refId '{unknown}'"
            problems.append(
                problem("template-injection", path=path, message=message, stage=str(stage.get("name", "")))
            )
    return placed, problems


def _place(stage: Stage, rule: Mapping[str, Any], placed: list[Stage]) -> list[str]:
    """Place one stage; return the targets that do not exist."""
    if rule.get("first"):
        _first(stage, placed)
        return []
    if rule.get("last"):
        _last(stage, placed)
        return []
    side = "before" if rule.get("before") else "after"
    wanted = _names(rule.get(side))
    known = {_ref(other) for other in placed}
    targets = [name for name in wanted if name in known]
    if side == "before":
        _before(stage, targets, placed)
    else:
        _after(stage, targets, placed)
    return [name for name in wanted if name not in known]


def _replace_or_add(stage: Stage, placed: list[Stage]) -> None:
    for index, other in enumerate(placed):
        if _ref(stage) and _ref(other) == _ref(stage):
            placed[index] = stage
            return
    placed.append(stage)


def _first(stage: Stage, placed: list[Stage]) -> None:
    for other in placed:
        if not _requisites(other):
            other["requisiteStageRefIds"] = [_ref(stage)]
    stage["requisiteStageRefIds"] = []
    placed.insert(0, stage)


def _last(stage: Stage, placed: list[Stage]) -> None:
    awaited = {name for other in placed for name in _requisites(other)}
    leaves = [_ref(other) for other in placed if _ref(other) not in awaited]
    stage["requisiteStageRefIds"] = leaves
    placed.append(stage)


def _before(stage: Stage, targets: Sequence[str], placed: list[Stage]) -> None:
    requisites: list[str] = []
    place = len(placed)
    for index, other in enumerate(placed):
        if _ref(other) in targets:
            requisites += _requisites(other)
            other["requisiteStageRefIds"] = [_ref(stage)]
            place = min(place, index)
    # Two targets in a row: the second waited for the first, which now waits for this stage.
    stage["requisiteStageRefIds"] = [name for name in _unique(requisites) if name not in targets]
    placed.insert(place, stage)


def _after(stage: Stage, targets: Sequence[str], placed: list[Stage]) -> None:
    place = len(placed)
    for index, other in enumerate(placed):
        if _ref(other) in targets:
            place = index + 1
        elif set(_requisites(other)) & set(targets):
            kept = (_ref(stage) if name in targets else name for name in _requisites(other))
            other["requisiteStageRefIds"] = _unique(kept)
    stage["requisiteStageRefIds"] = list(targets)
    placed.insert(place, stage)


def _copy(stage: Mapping[str, Any]) -> Stage:
    return {**stage, "requisiteStageRefIds": _requisites(stage)}


def _requisites(stage: Mapping[str, Any]) -> list[str]:
    return _names(stage.get("requisiteStageRefIds"))


def _names(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(name) for name in value]
    return [] if value is None else [str(value)]


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _ref(stage: Mapping[str, Any]) -> str:
    ref_id = stage.get("refId")
    return "" if ref_id is None else str(ref_id)
