"""Match what a stage has produced with what it was expected to produce."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gennaker.errors import StageFailed

_MATCHED = ("type", "name", "version", "location", "reference")
#: What a pattern may call ``embedded/base64`` once Orca has stored the artifact elsewhere.
_STORED = "remote/base64"
_EMBEDDED = "embedded/base64"


def bind_produced(expected: Any, produced: Iterable[Any]) -> dict[str, Any]:
    """
    Return the outputs ``artifacts`` and ``resolvedExpectedArtifacts``; none where nothing was expected.

    As in Orca, the first of several artifacts that match is taken: only what a trigger brings must be unique.

    :raises StageFailed: an expected artifact was not produced and has no default.
    """
    wanted = [entry for entry in expected or () if isinstance(entry, Mapping)]
    if not wanted:
        return {}
    found = [dict(artifact) for artifact in produced if isinstance(artifact, Mapping)]
    resolved = [{**entry, "boundArtifact": _bind(entry, found)} for entry in wanted]
    bound: list[dict[str, Any]] = []
    for entry in resolved:
        if entry["boundArtifact"] not in bound:
            bound.append(entry["boundArtifact"])
    return {"artifacts": bound, "resolvedExpectedArtifacts": resolved}


def _bind(expected: Mapping[str, Any], produced: list[dict[str, Any]]) -> dict[str, Any]:
    pattern = expected.get("matchArtifact") or {}
    for artifact in produced:
        if _matches(pattern, artifact):
            return artifact
    if expected.get("useDefaultArtifact") is True and expected.get("defaultArtifact"):
        return dict(expected["defaultArtifact"])
    name = expected.get("displayName") or expected.get("id") or pattern.get("name")
    raise StageFailed(f"expected artifact {name!r} was not produced")


def _matches(pattern: Mapping[str, Any], artifact: Mapping[str, Any]) -> bool:
    """Tell whether every field that the pattern gives fits."""
    return all(_fits(str(pattern[field]), artifact.get(field)) for field in _MATCHED if pattern.get(field))


def _fits(wanted: str, value: Any) -> bool:
    """Compare as text, then as a regular expression that must fit as a whole."""
    if not isinstance(value, str):
        return False
    if wanted == value or (wanted, value) == (_STORED, _EMBEDDED):
        return True
    try:
        return re.fullmatch(wanted, value) is not None
    except re.error:
        return False
