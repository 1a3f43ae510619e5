"""
What a change of a pipeline did, in the terms of pipelines: stages, edges, triggers, parameters.

Every difference between two documents, other than the order of an object's keys, is told by one change at
least; two documents that are the same have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gennaker.spec.differences import Difference, Steps, differences, identity, moves, same
from gennaker.spec.outline import Item, Outline, text
from gennaker.spec.problems import json_path
from gennaker.spec.stage_pairs import LINKS, StagePairs

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()
"""Stands for a value that is not there, which ``null`` is."""

SECTIONS: Mapping[str, str] = {
    "triggers": "trigger",
    "parameterConfig": "parameter",
    "notifications": "notification",
    "expectedArtifacts": "artifact",
}


@dataclass(frozen=True)
class Change:
    """
    One thing that changed.

    ``kind`` is one of ``stage-``, ``field-``, ``trigger-``, ``parameter-``, ``notification-`` and
    ``artifact-``, each with ``added``, ``removed``, ``changed`` or ``moved``; ``edge-added`` and
    ``edge-removed``; ``stage-renumbered``. A trigger that stays and has another key is ``trigger-changed``.
    ``before`` and ``after`` are the values, :data:`ABSENT` where there is none; places in the list where
    something moved; ``{from, to, fromName, toName}`` for an edge.
    """

    kind: str
    stage: str | None
    old: Steps | None
    new: Steps | None
    before: Any = ABSENT
    after: Any = ABSENT
    risk: str | None = None

    @property
    def gone(self) -> bool:
        """Return whether it is a place of the document before."""
        return self.new is None or self.kind == "edge-removed"

    @property
    def path(self) -> str:
        """Return the JSON path: in the document after, or before where something is gone."""
        return json_path("$", *((self.old if self.gone else self.new) or ()))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON; a value that is not there has no key."""
        shown = {"kind": self.kind, "path": self.path, "stage": self.stage, "risk": self.risk}
        if self.before is not ABSENT:
            shown["before"] = self.before
        if self.after is not ABSENT:
            shown["after"] = self.after
        return shown


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any], pairs: StagePairs, *, shown: tuple[Any, Any]
) -> Iterator[Change]:
    """
    Return what changed.

    :param pairs: which stage became which.
    :param shown: both documents again, with the values that the changes may tell.
    """
    teller = _Teller(shown)
    keys = dict.fromkeys([*before, *after])
    for key in keys:
        old, new = before.get(key, ABSENT), after.get(key, ABSENT)
        if _listed(old, new):
            if key == "stages":
                yield from _stages(pairs, teller)
            else:
                yield from _section(key, _items(old), _items(new), teller)
        if not _listed(old, new) or not (_items(old) or _items(new)):
            yield from _keys(key, old, new, teller)


def _listed(old: Any, new: Any) -> bool:
    """Return whether items can be told apart: nothing at all is as good as an empty list."""
    return all(value is ABSENT or value is None or isinstance(value, list | tuple) for value in (old, new))


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


class _Teller:
    """Puts differences into words, with the values that may be told."""

    def __init__(self, shown: tuple[Any, Any]) -> None:
        self._before, self._after = shown

    def change(self, kind: str, found: Difference, stage: str | None = None) -> Change:
        before, after = self._values(found)
        return Change(kind, stage, found.old, found.new, before, after)

    def _values(self, found: Difference) -> tuple[Any, Any]:
        if found.sort == "moved" and found.old and found.new:
            return found.old[-1], found.new[-1]
        return _look(self._before, found.old), _look(self._after, found.new)


def _look(document: Any, steps: Steps | None) -> Any:
    """Return the value at a place; where masking left no such place, what stands in for it."""
    if steps is None:
        return ABSENT
    for step in steps:
        if not _has(document, step):
            break
        document = document[step]
    return document


def _has(document: Any, step: str | int) -> bool:
    if isinstance(document, list | tuple):
        return isinstance(step, int) and step < len(document)
    return isinstance(document, Mapping) and step in document


def _keys(key: str, old: Any, new: Any, teller: _Teller) -> Iterator[Change]:
    before = {} if old is ABSENT else {key: old}
    after = {} if new is ABSENT else {key: new}
    for found in differences(before, after):
        yield teller.change(f"field-{found.sort}", found)


def _section(key: str, old: Sequence[Any], new: Sequence[Any], teller: _Teller) -> Iterator[Change]:
    prefix = SECTIONS.get(key, "field")
    for found in differences(old, new, old=(key,), new=(key,), identify=_identity):
        yield teller.change(_kind(prefix, found), found)


def _kind(prefix: str, found: Difference) -> str:
    """Return the kind of a change in a list of the pipeline; below an item the item is what changed."""
    if prefix == "field" or len(found.new or found.old or ()) == 2:
        return f"{prefix}-{found.sort}"
    return "field-moved" if found.sort == "moved" else f"{prefix}-changed"


def _identity(item: Any) -> str | None:
    return identity(item) or identity(
        {"name": item["displayName"]} if isinstance(item, Mapping) and "displayName" in item else None
    )


def _stages(pairs: StagePairs, teller: _Teller) -> Iterator[Change]:
    for item in pairs.removed:
        gone = Difference("removed", ("stages", item.index), None)
        yield teller.change("stage-removed", gone, item.name or None)
    for item in pairs.added:
        found = Difference("added", None, ("stages", item.index))
        yield teller.change("stage-added", found, item.name or None)
    moved = moves(pairs.places)
    for old, new in pairs.kept:
        places = ("stages", old.index), ("stages", new.index)
        if new.index in moved:
            yield teller.change("stage-moved", Difference("moved", *places), new.name or None)
        yield from _fields(old, new, *places, teller=teller)
    yield from _edges(pairs, teller)


def _fields(old: Item, new: Item, here: Steps, there: Steps, *, teller: _Teller) -> Iterator[Change]:
    stage = new.name or old.name or None
    if not (isinstance(old.given, Mapping) and isinstance(new.given, Mapping)):
        for found in differences(old.given, new.given, old=here, new=there):
            yield teller.change(f"field-{found.sort}", found, stage)
        return
    renumbered = old.ref_id != new.ref_id and text(old.raw.get("refId")) and text(new.raw.get("refId"))
    if renumbered:
        number = Difference("changed", (*here, "refId"), (*there, "refId"))
        yield teller.change("stage-renumbered", number, stage)
    skipped = LINKS if renumbered else LINKS[1:]
    for found in differences(_without(old.raw, skipped), _without(new.raw, skipped), old=here, new=there):
        yield teller.change(f"field-{found.sort}", found, stage)


def _without(raw: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in keys}


def _edges(pairs: StagePairs, teller: _Teller) -> Iterator[Change]:
    numbers = {old.ref_id: new.ref_id for old, new in pairs.kept if old.ref_id != new.ref_id}
    for item in pairs.removed:
        for ref_id in item.requisites:
            yield _edge("edge-removed", pairs.before, ref_id, item, new=None)
    for item in pairs.added:
        for ref_id in item.requisites:
            yield _edge("edge-added", pairs.after, ref_id, item, new=_links(item))
    for old, new in pairs.kept:
        before = {_token(pairs, ref_id, gone=True): ref_id for ref_id in old.requisites}
        after = {_token(pairs, ref_id, gone=False): ref_id for ref_id in new.requisites}
        for token in [token for token in before if token not in after]:
            yield _edge("edge-removed", pairs.before, before[token], old, new=_links(new))
        for token in [token for token in after if token not in before]:
            yield _edge("edge-added", pairs.after, after[token], new, new=_links(new))
        if before.keys() == after.keys() and not same(_written(old, numbers), _written(new, {})):
            yield from _rewritten(old, new, teller)


def _token(pairs: StagePairs, ref_id: str, *, gone: bool) -> tuple[str, str | int]:
    """Return what an edge leads to, alike before and after if it is the same stage."""
    side = pairs.before if gone else pairs.after
    item = side.by_ref_id.get(ref_id)
    if item is None:
        return ("nothing", ref_id)
    if not gone:
        return ("stage", item.index)
    there = pairs.partners.get(item.index)
    return ("gone", item.index) if there is None else ("stage", there)


def _links(item: Item) -> Steps:
    key = (LINKS[1],) if LINKS[1] in item.raw else ()
    return ("stages", item.index, *key)


def _edge(kind: str, side: Outline, ref_id: str, to: Item, *, new: Steps | None) -> Change:
    start = side.by_ref_id.get(ref_id)
    edge = {"from": ref_id, "to": to.ref_id, "fromName": start.name if start else None, "toName": to.name}
    if kind == "edge-added":
        return Change(kind, to.name or None, None, new, after=edge)
    return Change(kind, to.name or None, _links(to), new, before=edge)


def _written(item: Item, numbers: Mapping[str, str]) -> Any:
    """Return the requisites as they stand there, in the numbers of the document after."""
    given = item.raw.get(LINKS[1], ABSENT)
    if isinstance(given, list | tuple):
        return [numbers.get(text(ref_id), ref_id) for ref_id in given]
    return numbers.get(text(given), given)


def _rewritten(old: Item, new: Item, teller: _Teller) -> Iterator[Change]:
    """Tell of requisites that mean the same and are written otherwise."""
    sort = "changed"
    here: Steps | None = ("stages", old.index, LINKS[1])
    there: Steps | None = ("stages", new.index, LINKS[1])
    if LINKS[1] not in old.raw:
        sort, here = "added", None
    elif LINKS[1] not in new.raw:
        sort, there = "removed", None
    yield teller.change(f"field-{sort}", Difference("changed", here, there), new.name or None)
