"""Which triggers start a pipeline more easily: see the table in :mod:`gennaker.spec.risks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.spec.differences import identity, pair, same
from gennaker.spec.outline import items_of, text
from gennaker.spec.risk import Risk

_CONSTRAINTS = ("payloadConstraints", "attributeConstraints")
_SECRETS = ("secret", "token")
_HARMLESS = frozenset(
    {
        *_CONSTRAINTS,
        *_SECRETS,
        "id",
        "description",
        "enabled",
        "expectedArtifactIds",
        "link",
        "linkText",
        "parameters",
        "preferred",
        "runAsUser",
    }
)
_Trigger = Mapping[str, Any]


def trigger_risks(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Risk]:
    """Return what starts a pipeline that did not, or under fewer conditions."""
    old, new = items_of(before.get("triggers")), items_of(after.get("triggers"))
    for here, there in pair(old, new, identity):
        if there is None or not isinstance(new[there], Mapping) or new[there].get("enabled") is not True:
            continue
        was = old[here] if here is not None and isinstance(old[here], Mapping) else {}
        if was.get("enabled") is not True:
            kind = text(new[there].get("type")) or "unknown"
            message = f"a trigger of type {kind} starts the pipeline by itself"
            yield Risk("trigger-added", message, ("triggers", there))
        else:
            yield from _changed(was, new[there], here or 0, there)


def _changed(old: _Trigger, new: _Trigger, here: int, there: int) -> Iterator[Risk]:
    for key, message in (*_looser(old, new), *_other(old, new)):
        kind = "trigger-constraint-removed"
        if key == "runAsUser":
            kind = "access-changed"
        elif key not in _HARMLESS:
            kind = "trigger-changed"
        gone = key not in new
        yield Risk(kind, message, ("triggers", here if gone else there, key), gone=gone)


def _looser(old: _Trigger, new: _Trigger) -> Iterator[tuple[str, str]]:
    for key in _CONSTRAINTS:
        before, after = _map(old.get(key)), _map(new.get(key))
        lost = [name for name, value in before.items() if not same(value, after.get(name))]
        if lost:
            yield key, f"what must be in an event is no longer checked, or another way: {', '.join(lost)}"
    for key in _SECRETS:
        if old.get(key) and not new.get(key):
            yield key, "events are accepted without the secret"
    wanted, now = ({*map(text, items_of(one.get("expectedArtifactIds")))} - {""} for one in (old, new))
    if wanted and (not now or now - wanted):
        yield "expectedArtifactIds", "it starts without the artifact, or for another one"


def _other(old: _Trigger, new: _Trigger) -> Iterator[tuple[str, str]]:
    if not same(old.get("runAsUser"), new.get("runAsUser")):
        yield "runAsUser", "runs of this trigger act for another account"
    for key in dict.fromkeys([*old, *new]):
        if key not in _HARMLESS and not same(old.get(key), new.get(key)):
            yield key, f"it starts at other times or for other events: `{key}` is another"


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
