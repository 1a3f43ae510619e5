"""Match what a stage has produced with what it was expected to produce."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gennaker.errors import StageFailed

_MATCHED = ("type", "name", "version", "location", "reference")


def bind_produced(expected: Any, produced: Iterable[Any]) -> dict[str, Any]:
    """
    Return the outputs ``artifacts`` and ``resolvedExpectedArtifacts``; none where nothing was expected.

    :raises StageFailed: an expected artifact was not produced and has no default.
    """
    wanted = [entry for entry in expected or () if isinstance(entry, Mapping)]
    if not wanted:
        return {}
    found = [dict(artifact) for artifact in produced if isinstance(artifact, Mapping)]
    resolved = [{**entry, "boundArtifact": _bind(entry, found)} for entry in wanted]
    return {
        "artifacts": [entry["boundArtifact"] for entry in resolved],
        "resolvedExpectedArtifacts": resolved,
    }


def _bind(expected: Mapping[str, Any], produced: list[dict[str, Any]]) -> dict[str, Any]:
    pattern = expected.get("matchArtifact") or {}
    matching = [artifact for artifact in produced if _matches(pattern, artifact)]
    if len(matching) == 1:
        return matching[0]
    name = expected.get("displayName") or expected.get("id") or pattern.get("name")
    if matching:
        raise StageFailed(f"expected artifact {name!r} matches {len(matching)} artifacts, not one")
    if expected.get("useDefaultArtifact") is True and expected.get("defaultArtifact"):
        return dict(expected["defaultArtifact"])
    raise StageFailed(f"expected artifact {name!r} was not produced")


def _matches(pattern: Mapping[str, Any], artifact: Mapping[str, Any]) -> bool:
    """Tell whether every field that the pattern gives fits as a whole; a field is a regular expression."""
    for field in _MATCHED:
        wanted, value = pattern.get(field), artifact.get(field)
        if not wanted:
            continue
        try:
            fits = isinstance(value, str) and re.fullmatch(str(wanted), value)
        except re.error:
            fits = wanted == value
        if not fits:
            return False
    return True
