"""Triggers that several stages wait with; an absolute moment in each, so that a restart loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

#: Seconds before a trigger may fire. The scheduler learns of the end of the process that began to wait a
#: little after the wait itself; a task that is queued again by then is taken for one that was killed.
SETTLE_SECONDS = 5.0


class UntilTrigger(BaseTrigger):
    """
    Fire at a point in time, and not before Airflow has settled.

    :param moment: ISO 8601 with an offset.
    :param settle: seconds before which it does not fire.
    """

    def __init__(self, moment: str, settle: float = SETTLE_SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.moment = moment
        self.settle = settle

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer needs to build it again."""
        return "gennaker.operators._triggers.UntilTrigger", {
            "moment": self.moment,
            "settle": self.settle,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sleep until then; in slices, since a clock may be set meanwhile."""
        until = max(datetime.fromisoformat(self.moment), datetime.now(UTC) + timedelta(seconds=self.settle))
        while (left := (until - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - time is awaited
            await asyncio.sleep(min(left, 60))
        yield TriggerEvent({"at": self.moment})
