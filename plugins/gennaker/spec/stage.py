"""What every stage has in common, whatever its type."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from gennaker.spec.artifact import ExpectedArtifact
from gennaker.spec.base import SpecModel
from gennaker.spec.notification import Notification
from gennaker.spec.types import ExprBool, ExprItems, ExprNumber, ExprStr, Items, Milliseconds, Seconds
from gennaker.spec.window import ExecutionWindow


class FailurePolicy(StrEnum):
    """What a stage's failure means for the rest of the pipeline."""

    HALT_PIPELINE = "halt-pipeline"
    HALT_BRANCH = "halt-branch"
    HALT_BRANCH_THEN_FAIL = "halt-branch-then-fail"
    IGNORE = "ignore"


class StageEnabled(SpecModel):
    """Whether a stage runs at all."""

    type: ExprStr | None = Field(default=None, description="`expression`.")
    expression: ExprStr | None = Field(
        default=None, description="Expression, bare or in `${ }`; the stage is skipped unless it gives true."
    )


class Retries(SpecModel):
    """How often a failed stage is tried again."""

    count: ExprNumber = Field(default=0, description="How many further tries.")
    delay_seconds: Seconds = Field(default=0, description="Pause before a try.")
    backoff: ExprBool = Field(default=False, description="Double the pause each time.")


def _object_or_nothing(value: Any) -> Any:
    """Drop what is not an object: other tools use the same key for something else."""
    return value if isinstance(value, Mapping | SpecModel) else None


class StageEnvelope(SpecModel):
    """A stage as far as the graph and the run are concerned; its type adds what the work needs."""

    # Building a validator costs milliseconds, and a process meets only a few of the stage types.
    model_config = ConfigDict(defer_build=True)

    ref_id: str = Field(default="", description="Identity within the pipeline.")
    requisite_stage_ref_ids: Items[str] = Field(default=(), description="The stages that must end first.")
    type: str = Field(default="", description="What kind of stage it is.")
    name: str = Field(
        default_factory=lambda fields: fields.get("type", ""),
        description="What people and expressions call it; its type where absent.",
    )
    fail_pipeline: Any = Field(default=None, description="False: a failure halts only this branch.")
    continue_pipeline: Any = Field(default=None, description="True: a failure is ignored.")
    complete_other_branches_then_fail: Any = Field(
        default=None,
        description="True: a failure halts this branch and fails the run once the others are through.",
    )
    fail_on_failed_expressions: ExprBool = Field(
        default=False, description="Fail if an expression cannot be evaluated."
    )
    stage_enabled: StageEnabled | None = Field(default=None, description="Skip the stage unless this holds.")
    stage_timeout_ms: Milliseconds | None = Field(
        default=None, description="Fail after this many milliseconds."
    )
    mark_successful_on_timeout: ExprBool = Field(
        default=False, description="Running out of time is a success."
    )
    restrict_execution_during_time_window: ExprBool = Field(
        default=False, description="Start only within the execution window."
    )
    restricted_execution_window: ExecutionWindow | None = Field(
        default=None, description="The execution window."
    )
    send_notifications: ExprBool = Field(default=False, description="Send the notifications.")
    notifications: ExprItems[Notification] = Field(default=(), description="Who is told, and when.")
    skip_expression_evaluation: ExprBool = Field(
        default=False, description="Leave `${ }` in manifests alone."
    )
    expected_artifacts: ExprItems[ExpectedArtifact] = Field(
        default=(), description="What the stage produces."
    )
    comments: Any = Field(default=None, description="Shown with the stage, in Markdown.")
    group: Any = Field(default=None, description="Neighbours of one group are folded together.")
    alias: Any = Field(default=None, description="The type that does the work, where it is another one.")
    start_time_expiry: ExprNumber | None = Field(
        default=None, description="Skip the stage if it is reached after this time (milliseconds since 1970)."
    )
    retries: Annotated[Retries | None, BeforeValidator(_object_or_nothing)] = Field(
        default=None, description="Try again after a failure."
    )
    finally_: bool = Field(default=False, alias="finally", description="Run whatever happened before.")

    @field_validator("ref_id", mode="before")
    @classmethod
    def _no_ref_id(cls, given: Any) -> Any:
        return "" if given is None else given

    @field_validator("name", mode="before")
    @classmethod
    def _named(cls, given: Any, info: ValidationInfo) -> Any:
        return info.data.get("type", "") if given is None or given == "" else given

    @property
    def policy(self) -> FailurePolicy:
        """Return what a failure means; only booleans count, as in Orca."""
        if self.continue_pipeline is True:
            return FailurePolicy.IGNORE
        if self.fail_pipeline is None or self.fail_pipeline is True:
            return FailurePolicy.HALT_PIPELINE
        if self.complete_other_branches_then_fail is True:
            return FailurePolicy.HALT_BRANCH_THEN_FAIL
        return FailurePolicy.HALT_BRANCH
