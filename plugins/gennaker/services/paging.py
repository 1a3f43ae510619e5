"""Long lists, a page at a time: a cursor says after which row the next page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gennaker.errors import SpecError

T = TypeVar("T")

#: Most rows of a page.
MAX_LIMIT = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list; ``next_cursor`` asks for the next ones, None at the end."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode(*keys: str | int) -> str:
    """Return a cursor that stands for a row with these sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """
    Return the sort keys that a cursor stands for.

    :raises SpecError: it is not one of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, RecursionError):
        keys = None
    if not isinstance(keys, list) or [type(key) for key in keys] != list(kinds):
        raise SpecError("the cursor is not one that this list gave", hint="begin without a cursor")
    return keys


def page_size(limit: int) -> int:
    """Return a limit that a page can have."""
    return max(1, min(limit, MAX_LIMIT))
