"""
What differs between two JSON values, place by place.

Texts such as ``1`` and ``"1"``, and numbers such as ``1`` and ``1.0``, are different JSON; the order of an
object's keys is not. Items of a list are recognised by what identifies them, else by being equal, else by
their place among the rest.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Steps: TypeAlias = tuple[str | int, ...]
Sort: TypeAlias = Literal["added", "removed", "changed", "moved"]
Pairs: TypeAlias = list[tuple[int | None, int | None]]
Identify: TypeAlias = Callable[[Any], str | None]

# A value that is nested deeper is compared as a whole.
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs: where it is before and after; None where it is not."""

    sort: Sort
    old: Steps | None
    new: Steps | None


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON."""
    if isinstance(one, Mapping):
        return (
            isinstance(other, Mapping)
            and one.keys() == other.keys()
            and all(same(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, list | tuple):
        return (
            isinstance(other, list | tuple)
            and len(one) == len(other)
            and all(same(*items) for items in zip(one, other, strict=True))
        )
    # NaN is not JSON, but a document that has it is still the same as itself.
    return type(one) is type(other) and (one == other or repr(one) == repr(other) == "nan")


def differences(
    before: Any, after: Any, *, old: Steps = (), new: Steps = (), identify: Identify | None = None
) -> Iterator[Difference]:
    """
    Return the smallest places that differ.

    :param old: where ``before`` is in its document.
    :param new: where ``after`` is in its document.
    :param identify: what an item of a list is known by; in absence its ``id``, its ``name`` or ``key``.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping) and len(new) < _DEEPEST:
        yield from _in_objects(before, after, old, new)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(new) < _DEEPEST:
        yield from _in_lists(before, after, old, new, identify or identity)
    elif not same(before, after):
        yield Difference("changed", old, new)


def _in_objects(
    before: Mapping[str, Any], after: Mapping[str, Any], old: Steps, new: Steps
) -> Iterator[Difference]:
    for key, value in before.items():
        if key in after:
            yield from differences(value, after[key], old=(*old, key), new=(*new, key))
        else:
            yield Difference("removed", (*old, key), None)
    for key in after:
        if key not in before:
            yield Difference("added", None, (*new, key))


def _in_lists(
    before: Sequence[Any], after: Sequence[Any], old: Steps, new: Steps, identify: Identify
) -> Iterator[Difference]:
    pairs = pair(before, after, identify)
    moved = moves(pairs)
    for here, there in pairs:
        if there is None and here is not None:
            yield Difference("removed", (*old, here), None)
        elif here is None and there is not None:
            yield Difference("added", None, (*new, there))
        elif here is not None and there is not None:
            if there in moved:
                yield Difference("moved", (*old, here), (*new, there))
            yield from differences(before[here], after[there], old=(*old, here), new=(*new, there))


def identity(item: Any) -> str | None:
    """Return what an item of a list is known by, if anything."""
    if isinstance(item, Mapping):
        for key in ("id", "name", "key"):
            value = item.get(key)
            if isinstance(value, str) and value:
                return f"{key}={value}"
    return None


def pair(before: Sequence[Any], after: Sequence[Any], identify: Identify) -> Pairs:
    """Return which item became which: what is gone first, then in the order of the new list."""
    found: dict[int, int] = {}
    start = _equal_run(before, after)
    end = min(_equal_run(before[::-1], after[::-1]), min(len(before), len(after)) - start)
    found.update((index, index) for index in range(start))
    found.update((len(before) - 1 - index, len(after) - 1 - index) for index in range(end))
    left = _Rest(before, after, range(start, len(before) - end), range(start, len(after) - end))
    found.update(left.match(_unique(identify)))
    found.update(left.match(_equal_items))
    found.update(left.in_order(identify))
    back = {there: here for here, there in found.items()}
    gone: Pairs = [(index, None) for index in range(len(before)) if index not in found]
    return gone + [(back.get(index), index) for index in range(len(after))]


def _equal_run(before: Sequence[Any], after: Sequence[Any]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if not same(one, other):
            break
        count += 1
    return count


class _Rest:
    """The items that have no partner yet."""

    def __init__(self, before: Sequence[Any], after: Sequence[Any], old: range, new: range) -> None:
        self._before, self._after = before, after
        self._old, self._new = [*old], [*new]

    def match(self, keys: Callable[[list[Any]], list[str | None]]) -> dict[int, int]:
        """Pair items of the same key, in order."""
        waiting: dict[str, list[int]] = {}
        for index, key in zip(self._old, keys([self._before[i] for i in self._old]), strict=True):
            if key is not None:
                waiting.setdefault(key, []).append(index)
        found = {}
        for index, key in zip(self._new, keys([self._after[i] for i in self._new]), strict=True):
            if key is not None and waiting.get(key):
                found[waiting[key].pop(0)] = index
        self._drop(found)
        return found

    def in_order(self, identify: Identify) -> dict[int, int]:
        """Pair what is left by place, unless both are known by something: then they are others."""
        found = {}
        free = dict.fromkeys(self._new)
        nameless = {index: None for index in free if identify(self._after[index]) is None}
        for index in self._old:
            known = identify(self._before[index]) is not None
            there = next(iter(nameless if known else free), None)
            if there is not None:
                found[index] = there
                del free[there]
                nameless.pop(there, None)
        self._drop(found)
        return found

    def _drop(self, found: Mapping[int, int]) -> None:
        taken = set(found.values())
        self._old = [index for index in self._old if index not in found]
        self._new = [index for index in self._new if index not in taken]


def _unique(identify: Identify) -> Callable[[list[Any]], list[str | None]]:
    def keys(items: list[Any]) -> list[str | None]:
        names = [identify(item) for item in items]
        counts = Counter(names)
        return [name if counts[name] == 1 else None for name in names]

    return keys


def _equal_items(items: list[Any]) -> list[str | None]:
    return [json.dumps(item, sort_keys=True, default=repr) for item in items]


def moves(pairs: Pairs) -> frozenset[int]:
    """Return the new places of items that changed their order among those that stayed: as few as can be."""
    stayed = [(here, there) for here, there in pairs if here is not None and there is not None]
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, (here, _) in enumerate(stayed):
        length = bisect_left(tails, here)
        tails[length:] = [here, *tails[length + 1 :]]
        previous.append(ends[length - 1] if length else -1)
        ends[length:] = [position, *ends[length + 1 :]]
    kept = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        kept.add(stayed[position][1])
        position = previous[position]
    return frozenset(there for _, there in stayed if there not in kept)
