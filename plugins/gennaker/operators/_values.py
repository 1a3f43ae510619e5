"""Read evaluated values strictly: an expression that stayed literal must not pass for a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gennaker.errors import StageFailed


def number(value: Any, field: str) -> float:
    """Return a number, given one or its text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise StageFailed(f"{field}: got {value!r}, expected a number")
    try:
        return float(value)
    except ValueError:
        raise StageFailed(f"{field}: got {value!r}, expected a number", hint=_hint(value)) from None


def flag(value: Any, field: str, *, default: bool) -> bool:
    """Return true or false, given either or its text; ``default`` where there is none."""
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise StageFailed(f"{field}: got {value!r}, expected true or false", hint=_hint(value))


def strings(value: Any, field: str) -> list[str]:
    """Return a list of texts, given a list, JSON of one, or texts with commas between them."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, (list, tuple)):
        raise StageFailed(f"{field}: got {value!r}, expected a list", hint=_hint(value))
    return [str(item).strip() for item in value]


def mapping(value: Any, field: str) -> dict[str, Any]:
    """Return an object; an absent one is empty."""
    if value is None or value == "":
        return {}
    if isinstance(value, Mapping):
        return dict(value)
    raise StageFailed(f"{field}: got {value!r}, expected an object", hint=_hint(value))


def _hint(value: Any) -> str | None:
    return "the expression was left as it is because it failed" if "${" in str(value) else None
