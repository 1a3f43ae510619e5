"""The work of the `wait` and `waitUntil` stages: to do nothing for a while, without a worker."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result
from gennaker.operators._run import StageRun, utc_now
from gennaker.operators._triggers import UntilTrigger
from gennaker.operators._values import number

#: A pause this short is slept through: to give the worker back and to ask for it again takes longer.
INLINE_SECONDS = 10.0


class WaitOperator(StageOperator):
    """Pause until ``waitTime`` seconds after the start of the stage."""

    def work(self, run: StageRun) -> Result:
        """Work out the end of the pause and wait for it."""
        return self.pause(run, self.end(run))

    def end(self, run: StageRun) -> datetime:
        """Return when the pause is over."""
        seconds = number(run.stage.wait_time, "waitTime")
        return (run.began_work or run.started) + timedelta(seconds=max(0.0, seconds))

    def pause(self, run: StageRun, end: datetime) -> Result:
        """Wait until ``end``, or until the stage's time is over."""
        until = self.earliest(run, end) or end
        left = (until - utc_now()).total_seconds()
        if left <= INLINE_SECONDS:
            time.sleep(max(0.0, left))
            return self._judge(run, end)
        self.wait_for(run, UntilTrigger(until.isoformat()), then="paused", end=end.isoformat())

    def paused(self, run: StageRun, event: Any) -> Result:
        """Return success if the pause is over or was ended by someone."""
        if isinstance(event, dict) and event.get("skipped"):
            return Result(context={"skipRemainingWait": True, "skippedBy": event.get("by")})
        return self._judge(run, datetime.fromisoformat(run.state["end"]))

    def _judge(self, run: StageRun, end: datetime) -> Result:
        if utc_now() >= end:
            return Result()
        return self.timed_out(
            run, f"stageTimeoutMs was over before the pause, which ends at {end.isoformat()}"
        )


class WaitUntilOperator(WaitOperator):
    """Pause until ``epochMillis``."""

    def end(self, run: StageRun) -> datetime:
        """Return when the pause is over."""
        millis = number(run.stage.epoch_millis, "epochMillis")
        return datetime.fromtimestamp(millis / 1000, UTC)
