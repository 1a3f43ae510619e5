"""Run another pipeline."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.stages._base import Stage, Support


class PipelineStage(Stage):
    """
    Start another pipeline, of this or another application.

    With `waitForCompletion` (the default) the stage waits, without holding a worker, takes over the
    child's outputs, and fails as the child fails. Cancelling the parent cancels the child. A parameter
    that is declared by the child and not given takes the child's default.
    """

    KIND: ClassVar[str] = "pipeline"
    OPERATOR: ClassVar[str] = "gennaker.operators.pipeline:PipelineOperator"
    SUPPORT: ClassVar[Support] = Support.APPROXIMATED
    NOTES: ClassVar[str] = "the child is given parameters, no artifacts"

    application: str | None = Field(
        default=None, description="The child's application; this one where absent."
    )
    pipeline: str | None = Field(default=None, description="The child's id, or its name.")
    pipeline_parameters: dict[str, Any] | None = Field(default=None, description="Parameters for the child.")
    wait_for_completion: Any = Field(default=True, description="Wait for the child's end.")
    skip_downstream_output: Any = Field(default=None, description="Do not take over the child's outputs.")
    skippable: Any = Field(default=None, description="A person may skip the stage while it runs.")
