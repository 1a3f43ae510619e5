"""Where a pipeline names its artifacts by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gennaker.spec.outline import items_of
from gennaker.spec.types import has_expression

DECLARING = ("expectedArtifacts", "expectedArtifact")
_INNER = ("matchArtifact", "defaultArtifact", "boundArtifact")
# The items of these have the id as a plain `id`.
_HOLDERS = frozenset({*DECLARING, *_INNER, "inputArtifact", "inputArtifacts", "requiredArtifacts"})


def declared(holder: Mapping[str, Any]) -> Iterator[str]:
    """Return the ids of the artifacts that a pipeline or a stage declares, and of what is inside them."""
    for key in DECLARING:
        given = holder.get(key)
        for item in items_of(given) or [given]:
            if isinstance(item, Mapping):
                yield from _own(item)
                for part in _INNER:
                    inner = item.get(part)
                    if isinstance(inner, Mapping):
                        yield from _own(inner)


def _own(item: Mapping[str, Any]) -> Iterator[str]:
    identity = item.get("id")
    if isinstance(identity, str) and identity and not has_expression(identity):
        yield identity


def used(holder: Mapping[str, Any]) -> set[str]:
    """Return the ids that a stage or a trigger names and does not declare itself."""
    found: set[str] = set()

    def note(identity: str) -> str:
        found.add(identity)
        return identity

    rewritten(holder, note)
    return {identity for identity in found if identity and not has_expression(identity)} - {*declared(holder)}


def rewritten(value: Any, change: Callable[[str], str], *, key: str = "") -> Any:
    """Return a copy in which each id of an artifact is what ``change`` returns for it."""
    if isinstance(value, Mapping):
        return {
            name: change(inner)
            if isinstance(inner, str) and _is_id(name, key)
            else rewritten(inner, change, key=name)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        many = _ends(key, "ArtifactIds")
        return [
            change(item) if many and isinstance(item, str) else rewritten(item, change, key=key)
            for item in value
        ]
    return value


def _is_id(name: str, holder: str) -> bool:
    return _ends(name, "ArtifactId") or (name == "id" and holder in _HOLDERS)


def _ends(name: str, ending: str) -> bool:
    return name.lower().endswith(ending.lower())
