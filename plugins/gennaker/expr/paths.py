"""Write JSON paths such as ``$.stages[3].account``."""

from __future__ import annotations

import re
from typing import Any

ROOT = "$"
_PLAIN = re.compile(r"[A-Za-z_][\w-]*")


def member(path: str, key: Any) -> str:
    """Return the path of a map's value or a list's element."""
    if isinstance(key, int) and not isinstance(key, bool):
        return f"{path}[{key}]"
    name = str(key)
    if _PLAIN.fullmatch(name):
        return f"{path}.{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"{path}['{escaped}']"
