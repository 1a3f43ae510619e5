"""What a pipeline from elsewhere brings beside its content: its id, and that it is disabled or locked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from gennaker.services import governance
from gennaker.services.actor import Actor
from gennaker.store._base import utc_now
from gennaker.store.models import Pipeline


def carried(told: Mapping[str, Any], actor: Actor) -> Callable[[Pipeline], None]:
    """Return what sets the state of a new pipeline as its JSON has it."""

    def prepare(pipeline: Pipeline) -> None:
        if told.get("disabled") is True:
            pipeline.disabled_scope = "team"
            pipeline.disabled_reason = "disabled where it came from"
            pipeline.disabled_by, pipeline.disabled_at = actor.name, utc_now()
        if is_locked(told.get("locked")):
            governance.set_lock(pipeline, reason=_reason(told["locked"]), allow_api=True, by=actor.name)

    return prepare


def is_locked(value: Any) -> bool:
    """Tell whether Spinnaker's ``locked`` locks its UI."""
    return value is True or (isinstance(value, Mapping) and bool(value.get("ui", True)))


def wanted_id(told: Mapping[str, Any]) -> str | None:
    """Return the id in a pipeline's JSON if it is one that we would give: stages refer to it."""
    try:
        return str(UUID(str(told.get("id"))))
    except ValueError:
        return None


def _reason(value: Any) -> str:
    told = value.get("description") if isinstance(value, Mapping) else None
    return told if isinstance(told, str) and told else "locked where it came from"
