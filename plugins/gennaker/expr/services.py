"""Name what helper functions need from outside; this room never reaches out itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Services:
    """Optional callables; a helper whose callable is missing fails with a message that says so."""

    pipeline_id: Callable[[str, str | None], str | None] | None = None
    """Return the id of the pipeline with this name in this application, or None."""
    fetch: Callable[[str], str] | None = None
    """Return the text at an address, under the administrator's rules."""
    fetch_reference: Callable[[str], str] | None = None
    """Return the base64 content behind an artifact reference (``ref://...``)."""


NO_SERVICES = Services()
