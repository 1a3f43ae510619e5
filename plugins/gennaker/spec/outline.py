"""
A pipeline's stages as plain JSON, read as the loader reads them, whatever is wrong with them.

Comparing and copying must work on what somebody saved years ago, and on what somebody is typing: nothing
here raises, and nothing is typed beyond what a graph needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gennaker.spec.naming import numbered


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of ``stages``; one that is no object has an empty ``raw``."""

    index: int
    given: Any
    raw: Mapping[str, Any]
    ref_id: str
    requisites: tuple[str, ...]

    @property
    def type(self) -> str:
        """Return the stage's type."""
        return text(self.raw.get("type"))

    @property
    def name(self) -> str:
        """Return what people and expressions call it: its type where it has no name."""
        return text(self.raw.get("name")) or self.type


@dataclass(frozen=True)
class Outline:
    """The stages of a pipeline and who waits for whom, by place in the list."""

    items: tuple[Item, ...]

    @cached_property
    def by_ref_id(self) -> Mapping[str, Item]:
        """Return the first stage of each refId."""
        found: dict[str, Item] = {}
        for item in self.items:
            found.setdefault(item.ref_id, item)
        return found

    @cached_property
    def upstream(self) -> Mapping[int, tuple[int, ...]]:
        """Return the places that each place waits for; requisites that do not exist are left out."""
        return {
            item.index: tuple(
                self.by_ref_id[ref_id].index for ref_id in item.requisites if ref_id in self.by_ref_id
            )
            for item in self.items
        }

    @cached_property
    def downstream(self) -> Mapping[int, tuple[int, ...]]:
        """Return the places that wait for each place."""
        found: dict[int, list[int]] = {item.index: [] for item in self.items}
        for index, requisites in self.upstream.items():
            for requisite in requisites:
                found[requisite].append(index)
        return {index: tuple(followers) for index, followers in found.items()}

    def ancestors(self, index: int) -> frozenset[int]:
        """Return the places that must end before this one."""
        return _reach(index, self.upstream)

    def descendants(self, index: int) -> frozenset[int]:
        """Return the places that wait for this one, directly or not."""
        return _reach(index, self.downstream)


def outline(pipeline: Mapping[str, Any]) -> Outline:
    """Return the stages of a pipeline; there are none where ``stages`` is no list."""
    given = items_of(pipeline.get("stages"))
    raws = [item if isinstance(item, Mapping) else {} for item in given]
    names = numbered([text(raw.get("refId")) for raw in raws])
    linear = is_linear(raws)
    return Outline(
        tuple(
            Item(
                index=index,
                given=item,
                raw=raw,
                ref_id=names[index],
                requisites=tuple(names[max(index - 1, 0) : index]) if linear else requisites_of(raw),
            )
            for index, (item, raw) in enumerate(zip(given, raws, strict=True))
        )
    )


def is_linear(stages: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the stages run one after the other because none has a refId."""
    return not any(text(stage.get("refId")) for stage in stages)


def requisites_of(stage: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a stage waits for, each once."""
    given = stage.get("requisiteStageRefIds")
    names = given if isinstance(given, list | tuple) else [given]
    return tuple(dict.fromkeys(name for name in map(text, names) if name))


def items_of(value: Any) -> Sequence[Any]:
    """Return a list as it is, and anything else as no items."""
    return value if isinstance(value, list | tuple) else ()


def text(value: Any) -> str:
    """Return a text or a number as text, and anything else as none."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _reach(start: int, links: Mapping[int, tuple[int, ...]]) -> frozenset[int]:
    seen: set[int] = set()
    waiting = [*links[start]]
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting.extend(links[index])
    return frozenset(seen)
