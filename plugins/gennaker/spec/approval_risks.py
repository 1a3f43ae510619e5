"""Which judgments no longer ask what they asked: see the table in :mod:`gennaker.spec.risks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.spec.differences import same
from gennaker.spec.outline import Item, items_of, text
from gennaker.spec.risk import Risk
from gennaker.spec.stage_pairs import LINKS, StagePairs

JUDGMENT = "manualJudgment"
_GATES = {
    JUDGMENT: ("approval-removed", "nobody is asked any more"),
    "checkPreconditions": ("condition-removed", "nothing is checked here any more"),
}
_ORDER = ("any", "all", "sequential")
_ROLES = ("selectedStageRoles", "requiredJudgmentRoles")
_KNOWN = frozenset({"approvers", "groups", "quorum", "mode", "preventSelfApproval"})
_SELF = "whoever started the run may judge"
_Place = tuple[str, ...]


def is_judgment(item: Item) -> bool:
    """Return whether a stage asks a person."""
    return item.type == JUDGMENT


def gate_risks(pairs: StagePairs) -> Iterator[Risk]:
    """Find judgments and preconditions that are gone or that stages no longer wait for."""
    for gate in pairs.before.items:
        if gate.type not in _GATES:
            continue
        kind, message = _GATES[gate.type]
        there = pairs.partners.get(gate.index)
        if there is None:
            yield Risk(kind, message, ("stages", gate.index), gate.name, gone=True)
        elif pairs.after.items[there].type != gate.type:
            yield Risk(kind, message, ("stages", there, "type"), pairs.after.items[there].name)
        else:
            yield from _bypassed(pairs, gate, there, kind)
    yield from _unasked(pairs)


def _bypassed(pairs: StagePairs, gate: Item, there: int, kind: str) -> Iterator[Risk]:
    """Name the first stages that no longer wait for a gate; what follows them goes without saying."""
    waiting = pairs.after.descendants(there)
    waited = (pairs.partners.get(index) for index in pairs.before.descendants(gate.index))
    free = {index for index in waited if index is not None} - waiting - {there}
    for index in sorted(free):
        if free.isdisjoint(pairs.after.ancestors(index) - {index}):
            item = pairs.after.items[index]
            message = f"the stage no longer waits for '{gate.name}'"
            yield Risk(kind, message, _links(item), item.name or None)


def _links(item: Item) -> tuple[str | int, ...]:
    key = (LINKS[1],) if LINKS[1] in item.raw else ()
    return ("stages", item.index, *key)


def _unasked(pairs: StagePairs) -> Iterator[Risk]:
    """Find new stages of a type of which every one waited for a judgment, that wait for none."""
    free: dict[str, bool] = {}
    for item in pairs.before.items:
        asked = any(is_judgment(pairs.before.items[index]) for index in pairs.before.ancestors(item.index))
        free[item.type] = free.get(item.type, False) or not asked
    for item in pairs.added:
        if free.get(item.type, True) or is_judgment(item):
            continue
        if not any(is_judgment(pairs.after.items[index]) for index in pairs.after.ancestors(item.index)):
            message = f"every {item.type} stage waited for a judgment; this one waits for none"
            yield Risk("approval-removed", message, ("stages", item.index), item.name or None)


def approval_risks(old: Item, new: Item) -> Iterator[Risk]:
    """Find what makes a judgment easier to pass."""
    for place, message in _weaker(old.raw, new.raw):
        gone = place[0] not in new.raw
        index = old.index if gone else new.index
        yield Risk("approval-weakened", message, ("stages", index, *place), new.name, gone=gone)


def _weaker(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[_Place, str]]:
    for key in _ROLES:
        yield from _wider((key,), _names(old, key), _names(new, key), "roles")
    if _on(old.get("preventSelfApproval")) and not _on(new.get("preventSelfApproval")):
        yield ("preventSelfApproval",), _SELF
    if not _on(old.get("markSuccessfulOnTimeout")) and new.get("markSuccessfulOnTimeout"):
        yield ("markSuccessfulOnTimeout",), "no answer in time is a yes"
    if old.get("continuePipeline") is not True and new.get("continuePipeline") is True:
        yield ("continuePipeline",), "the pipeline goes on even if the answer is no"
    for key in ("stageEnabled", "startTimeExpiry"):
        if new.get(key) and not same(old.get(key), new.get(key)):
            yield (key,), "the judgment may be skipped"
    yield from _weaker_rules(_rules(old), _rules(new))


def _rules(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    given = raw.get("approval")
    return given if isinstance(given, Mapping) else {}


def _weaker_rules(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[_Place, str]]:
    place = ("approval",)
    people = _people(old), _people(new)
    yield from _wider(place, *people, "people")
    if _rank(old) and people[0] - people[1]:
        yield place, "fewer people must agree"
    if _quorum(new) < _quorum(old):
        yield place, "fewer people must agree"
    if _rank(new) < _rank(old):
        yield place, "not all of them must agree, or in any order"
    if _on(old.get("preventSelfApproval")) and not _on(new.get("preventSelfApproval")):
        yield place, _SELF
    for key in sorted({*old, *new} - _KNOWN):
        if not same(old.get(key), new.get(key)):
            yield place, f"`{key}` of the approval is another"


def _wider(place: _Place, old: frozenset[str], new: frozenset[str], who: str) -> Iterator[tuple[_Place, str]]:
    if old and not new:
        yield place, "anybody who may run the pipeline may judge"
    elif old and new - old:
        yield place, f"more {who} may judge: {', '.join(sorted(new - old))}"


def _people(rules: Mapping[str, Any]) -> frozenset[str]:
    return _names(rules, "approvers") | frozenset(f"group {name}" for name in _names(rules, "groups"))


def _names(holder: Mapping[str, Any], key: str) -> frozenset[str]:
    given = holder.get(key)
    names = items_of(given) or ([given] if isinstance(given, str) else [])
    return frozenset(name for name in map(text, names) if name)


def _quorum(rules: Mapping[str, Any]) -> float:
    try:
        return float(rules.get("quorum") or 1)
    except (TypeError, ValueError):
        return 1


def _rank(rules: Mapping[str, Any]) -> int:
    mode = rules.get("mode")
    return _ORDER.index(mode) if mode in _ORDER else 0


def _on(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")
