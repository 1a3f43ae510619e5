"""Which stage became which, when a pipeline was changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from gennaker.spec.differences import Pairs
from gennaker.spec.outline import Item, Outline

LINKS = ("refId", "requisiteStageRefIds")


@dataclass(frozen=True)
class StagePairs:
    """Both lists of stages, and the places that belong together."""

    before: Outline
    after: Outline
    partners: dict[int, int]
    """New place by old place."""

    @cached_property
    def back(self) -> dict[int, int]:
        """Return old place by new place."""
        return {there: here for here, there in self.partners.items()}

    @property
    def kept(self) -> list[tuple[Item, Item]]:
        """Return the stages that are still there, in the new order."""
        return [(self.before.items[self.back[there]], self.after.items[there]) for there in sorted(self.back)]

    @property
    def removed(self) -> list[Item]:
        """Return the stages that are gone."""
        return [item for item in self.before.items if item.index not in self.partners]

    @property
    def added(self) -> list[Item]:
        """Return the stages that are new."""
        return [item for item in self.after.items if item.index not in self.back]

    @property
    def places(self) -> Pairs:
        """Return old and new places: what is gone first, then in the new order."""
        gone: Pairs = [(item.index, None) for item in self.removed]
        return gone + [(self.back.get(item.index), item.index) for item in self.after.items]


def pair_stages(before: Outline, after: Outline) -> StagePairs:
    """
    Match the stages of two pipelines.

    A refId says which stage it is as long as type and name agree. Then come stages that only have another
    number: equal ones, and those whose type and name nobody else has. A refId whose stage kept only its
    type or only its name is that stage, changed; with both different it is another stage.
    """
    found: dict[int, int] = {}
    _match(before, after, found, lambda item: f"{item.ref_id}\n{_title(item)}")
    _match(before, after, found, _body)
    _match(before, after, found, _title, unique=True)
    _match(before, after, found, lambda item: item.ref_id if item.raw else None, alike=True)
    return StagePairs(before, after, found)


def _match(
    before: Outline,
    after: Outline,
    found: dict[int, int],
    key: Callable[[Item], str | None],
    *,
    unique: bool = False,
    alike: bool = False,
) -> None:
    taken = set(found.values())
    old = [(key(item), item) for item in before.items if item.index not in found]
    new = [(key(item), item) for item in after.items if item.index not in taken]
    counts = Counter(name for name, _ in old), Counter(name for name, _ in new)
    waiting: dict[str, list[Item]] = {}
    for name, item in new:
        if name is not None and (not unique or (counts[0][name], counts[1][name]) == (1, 1)):
            waiting.setdefault(name, []).append(item)
    for name, item in old:
        partners = waiting.get(name, []) if name is not None else []
        partner = next((one for one in partners if not alike or _alike(item, one)), None)
        if partner is not None:
            partners.remove(partner)
            found[item.index] = partner.index


def _title(item: Item) -> str | None:
    return f"{item.type}\n{item.name}" if item.raw and (item.type or item.name) else None


def _body(item: Item) -> str:
    shown = {key: value for key, value in item.raw.items() if key not in LINKS} if item.raw else item.given
    return json.dumps(shown, sort_keys=True, default=repr)


def _alike(one: Item, other: Item) -> bool:
    return one.type == other.type or one.name == other.name
