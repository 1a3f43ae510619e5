"""The work of the `noop` stage."""

from __future__ import annotations

from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result
from gennaker.operators._run import StageRun


class NoopOperator(StageOperator):
    """Succeed."""

    computes = True

    def work(self, run: StageRun) -> Result:
        """Return success."""
        return Result()
