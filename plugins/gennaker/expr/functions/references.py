"""Read artifacts that were moved into a store: ``ref://...`` texts."""

from __future__ import annotations

from typing import Any

from gennaker.expr.convert import to_text
from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.functions.calls import ask
from gennaker.expr.scope import Scope

_STORED = "ref://"


@function("fetchReference")
def fetch_reference(scope: Scope, reference: Any) -> str:
    """Return the content behind an artifact reference; other texts stay."""
    text = to_text(reference, scope.budget)
    if not text.startswith(_STORED):
        return text
    if scope.services.fetch_reference is None:
        raise Fault("#fetchReference needs an artifact store, and none is set up here")
    return ask("#fetchReference", scope.services.fetch_reference, text)


def text_argument(scope: Scope, value: Any) -> str:
    """Return a text argument; the reference of a stored artifact is replaced by its content."""
    text = to_text(value, scope.budget)
    if text.startswith(_STORED) and scope.services.fetch_reference is not None:
        return ask("The artifact store", scope.services.fetch_reference, text)
    return text
