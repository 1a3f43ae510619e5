"""Go on only where something holds."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.spec.model import FailurePolicy, SpecModel
from gennaker.stages._base import Stage, Support


class Precondition(SpecModel):
    """One thing that must hold."""

    type: str = Field(description="`expression` or `stageStatus`.")
    context: dict[str, Any] | None = Field(
        default=None,
        description="`expression` and `failureMessage`, or `stageName` and `stageStatus`.",
    )
    fail_pipeline: Any = Field(default=None, description="Overrides the stage's own failure option.")


class CheckPreconditions(Stage):
    """
    Fail unless every precondition holds.

    An `expression` precondition is a bare expression (no `${ }`) that must give true; one that cannot be
    evaluated does not hold. A `stageStatus` precondition compares the status of the named stage.
    A precondition whose own `failPipeline` is false halts only this branch.
    """

    KIND: ClassVar[str] = "checkPreconditions"
    OPERATOR: ClassVar[str] = "gennaker.operators.preconditions:CheckPreconditionsOperator"
    SUPPORT: ClassVar[Support] = Support.APPROXIMATED
    NOTES: ClassVar[str] = "`clusterSize` preconditions fail"

    preconditions: tuple[Precondition, ...] | None = Field(default=None, description="What must hold.")

    @property
    def may_stop(self) -> bool:
        """Return whether a precondition may halt only the branch."""
        if self.policy is FailurePolicy.IGNORE:
            return False
        return any(p.fail_pipeline not in (None, True) for p in self.preconditions or ())
