"""Read properties and elements: the steps ``.name`` and ``[key]``."""

from __future__ import annotations

from typing import Any

from gennaker.expr.convert import to_int
from gennaker.expr.faults import Fault, did_you_mean
from gennaker.expr.members import JavaType, members_of
from gennaker.expr.scope import Scope
from gennaker.expr.values import View, is_list, is_map, java_name
from gennaker.expr.views import ExecutionView, StageView

# Artifacts that were moved into a store; their content shows up as soon as a property is read.
_STORED_TYPE = "remote/map/base64"


def read_property(scope: Scope, target: Any, name: str) -> Any:
    """Return ``target.name``: a map's value, a bean's property or a constant of a type."""
    if is_map(target):
        return _read_key(scope, target, name)
    if isinstance(target, StageView | ExecutionView):
        return _read_bean(scope, target, name)
    if isinstance(target, JavaType):
        return target.constant(name)
    if target is None:
        raise Fault(f"{name!r} cannot be read from null", hint=f"?.{name} gives null instead")
    if name == "length" and is_list(target):
        return len(target)
    members = members_of(target)
    getter = members.getter(name) if members else None
    if getter is None:
        raise Fault(f"{members.name if members else java_name(target)} has no property {name!r}")
    return getter(scope, target, arguments=[])


def _read_key(scope: Scope, target: Any, name: str) -> Any:
    if scope.services.fetch_reference is not None and _is_stored(target, name):
        return _stored_content(scope, target).get(name)
    try:
        return scope.dressed(target[name])
    except KeyError:
        if scope.allow_unknown_keys:
            return None
    known = [key for key in target if isinstance(key, str)]
    raise Fault(f"There is no {name!r} here", hint=did_you_mean(name, known))


def _is_stored(target: Any, name: str) -> bool:
    return (
        name != "reference"
        and target.get("type") == _STORED_TYPE
        and isinstance(target.get("reference"), str)
    )


def _stored_content(scope: Scope, target: Any) -> dict[str, Any]:
    import base64
    import json

    assert scope.services.fetch_reference is not None  # noqa: S101 - the caller looked
    content = json.loads(base64.b64decode(scope.services.fetch_reference(target["reference"])))
    if not isinstance(content, dict):
        raise Fault("The stored artifact is not a map")
    return content


def _read_bean(scope: Scope, target: StageView | ExecutionView, name: str) -> Any:
    if name == "execution" and isinstance(target, StageView):
        return scope.execution
    return target.read(name)


def read_index(scope: Scope, target: Any, key: Any) -> Any:
    """Return ``target[key]``."""
    if target is None:
        raise Fault("null has no elements", hint="?.[ ] gives null instead")
    if is_map(target):
        return _read_map(scope, target, key)
    if isinstance(target, str) or is_list(target):
        return _read_position(target, key)
    if isinstance(key, str):
        return read_property(scope, target, key)
    raise Fault(f"{java_name(target)} has no elements")


def _read_map(scope: Scope, target: Any, key: Any) -> Any:
    if isinstance(key, View) or is_map(key) or is_list(key):
        raise Fault(f"{java_name(key)} cannot be a key")
    try:
        return scope.dressed(target[key])
    except KeyError:
        return None


def _read_position(target: Any, key: Any) -> Any:
    position = to_int(key)
    if not 0 <= position < len(target):
        kind = "text" if isinstance(target, str) else "list"
        raise Fault(f"The {kind} has {len(target)} elements, so [{position}] does not exist")
    return target[position]
