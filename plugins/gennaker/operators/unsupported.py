"""The work of a stage whose type nobody here knows: to say so."""

from __future__ import annotations

from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result, failure
from gennaker.operators._run import StageRun


class UnsupportedOperator(StageOperator):
    """Fail with a message that names the type."""

    computes = True

    def work(self, run: StageRun) -> Result:
        """Return the failure."""
        return failure(
            f"stage {self.node.name!r} has the type {self.node.type!r}, which is not supported; replace the "
            "stage, switch it off with stageEnabled, or install a package that adds the type",
            final=True,
        )
