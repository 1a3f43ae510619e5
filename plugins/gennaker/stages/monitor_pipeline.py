"""Wait for runs that were started elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.stages._base import Stage, Support


class MonitorPipeline(Stage):
    """
    Wait for runs that something else has started.

    An execution id is `dag_id/run_id`, or the `executionId` output of a `pipeline` stage. With
    `FailFast` the stage ends at the first failure, with `WaitForAllToComplete` after the last run.
    """

    KIND: ClassVar[str] = "monitorPipeline"
    OPERATOR: ClassVar[str] = "gennaker.operators.pipeline:MonitorPipelineOperator"
    SUPPORT: ClassVar[Support] = Support.APPROXIMATED
    NOTES: ClassVar[str] = "execution ids are `dag_id/run_id`"

    execution_ids: Any = Field(default=None, description="The runs to wait for; a list or an expression.")
    execution_id: str | None = Field(default=None, description="A single run to wait for.")
    monitor_behavior: str = Field(
        default="WaitForAllToComplete", description="`WaitForAllToComplete` or `FailFast`."
    )
