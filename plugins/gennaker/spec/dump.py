"""Write a loaded pipeline back, exactly as it was given."""

from __future__ import annotations

import copy
import json
from typing import Any

from gennaker.spec.loader import LoadedPipeline


def dump(loaded: LoadedPipeline) -> dict[str, Any]:
    """Return the document that was loaded: every key, known or not, in its order."""
    return copy.deepcopy(loaded.raw)


def dumps(loaded: LoadedPipeline, *, indent: int | None = 2) -> str:
    """Return the document that was loaded, as JSON text."""
    return json.dumps(loaded.raw, indent=indent, ensure_ascii=False)
