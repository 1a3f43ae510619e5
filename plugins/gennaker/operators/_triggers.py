"""Triggers that several stages wait with; an absolute moment in each, so that a restart loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent


class UntilTrigger(BaseTrigger):
    """
    Fire at a point in time.

    :param moment: ISO 8601 with an offset.
    """

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment = moment

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer needs to build it again."""
        return "gennaker.operators._triggers.UntilTrigger", {"moment": self.moment}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sleep until then; in slices, since a clock may be set meanwhile."""
        until = datetime.fromisoformat(self.moment)
        while (left := (until - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - time is awaited
            await asyncio.sleep(min(left, 60))
        yield TriggerEvent({"at": self.moment})
