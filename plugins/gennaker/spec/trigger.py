"""Triggers: what starts a pipeline by itself."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gennaker.spec.base import SpecModel
from gennaker.spec.types import ExprStr, Items


class TriggerEnvelope(SpecModel):
    """What every trigger has; the rest depends on its type and is kept as it is."""

    type: ExprStr = Field(default="", description="Kind of trigger, such as `cron`, `git` or `docker`.")
    enabled: Any = Field(default=None, description="Only `true` counts.")
    id: ExprStr | None = Field(default=None, description="Identity of the trigger.")
    description: ExprStr | None = Field(default=None, description="What it is for.")
    expected_artifact_ids: Items[ExprStr] = Field(
        default=(), description="One of these must have come along."
    )
    run_as_user: ExprStr | None = Field(default=None, description="The account that the run acts for.")
    parameters: Any = Field(default=None, description="Values for the run's parameters.")
    payload_constraints: Any = Field(default=None, description="Payload key or JSONPath → regex.")
    attribute_constraints: Any = Field(default=None, description="Header or attribute → value.")
    timezone: ExprStr | None = Field(default=None, description="IANA name; the zone of a cron expression.")

    @property
    def is_enabled(self) -> bool:
        """Return whether it may fire; anything but ``true`` means no."""
        return self.enabled is True
