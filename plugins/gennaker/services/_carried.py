"""What a pipeline from elsewhere brings beside its content: its id, and that it is disabled or locked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from gennaker.services._rows import no_control
from gennaker.services.actor import Actor
from gennaker.store._base import utc_now
from gennaker.store.models import Pipeline


def carried(governance: Mapping[str, Any], actor: Actor) -> Callable[[Pipeline], None]:
    """Return what sets the state of a new pipeline as its JSON has it."""

    def prepare(pipeline: Pipeline) -> None:
        if governance.get("disabled") is True:
            pipeline.disabled_scope = "team"
            pipeline.disabled_reason = "disabled where it came from"
            pipeline.disabled_by, pipeline.disabled_at = actor.name, utc_now()
        if is_locked(governance.get("locked")):
            lock(pipeline, reason=_reason(governance["locked"]), allow_api=True, by=actor.name)

    return prepare


def lock(pipeline: Pipeline, *, reason: str, allow_api: bool, by: str) -> None:
    """Lock a pipeline that is under row lock already."""
    pipeline.locked, pipeline.lock_allows_api = True, allow_api
    pipeline.lock_reason, pipeline.locked_by, pipeline.locked_at = no_control(reason), by, utc_now()


def is_locked(value: Any) -> bool:
    """Tell whether Spinnaker's ``locked`` locks its UI."""
    return value is True or (isinstance(value, Mapping) and bool(value.get("ui", True)))


def wanted_id(governance: Mapping[str, Any]) -> str | None:
    """Return the id in a pipeline's JSON if it is one that we would give: stages refer to it."""
    try:
        return str(UUID(str(governance.get("id"))))
    except ValueError:
        return None


def _reason(value: Any) -> str:
    told = value.get("description") if isinstance(value, Mapping) else None
    return told if isinstance(told, str) and told else "locked where it came from"
