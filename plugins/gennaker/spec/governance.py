"""
Tell what a pipeline does from who owns it and whether it may run.

Name, lock and the like are rows of the store, not revisions: they are taken out of the JSON on save and put
back on export, so restoring an old revision neither unlocks nor renames a pipeline.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GOVERNANCE_KEYS = ("application", "name", "id", "index", "disabled", "locked", "updateTs", "lastModifiedBy")


def strip_governance(raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a pipeline does, and what was taken out."""
    content = {key: value for key, value in raw.items() if key not in GOVERNANCE_KEYS}
    return content, {key: raw[key] for key in GOVERNANCE_KEYS if key in raw}


def restore_governance(raw: Mapping[str, Any], governance: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pipeline with its name and the like put back, in front of what it does."""
    known = {key: governance[key] for key in GOVERNANCE_KEYS if key in governance}
    return {**known, **{key: value for key, value in raw.items() if key not in GOVERNANCE_KEYS}}


def content_hash(raw: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a pipeline does; the order of keys and governance do not count."""
    content, _ = strip_governance(raw)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
