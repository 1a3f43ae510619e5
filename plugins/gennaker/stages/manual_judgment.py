"""Ask a person."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.spec.model import SpecModel
from gennaker.stages._base import Stage, Support


class JudgmentInput(SpecModel):
    """One choice that the judge can make."""

    value: str = Field(description="The choice, as `#judgment('stage name')` gives it back.")


class Approval(SpecModel):
    """Who may judge, and how many must."""

    approvers: tuple[str, ...] = Field(default=(), description="User names that may judge.")
    groups: tuple[str, ...] = Field(
        default=(), description="Groups whose members may judge; kept, not checked yet."
    )
    quorum: int | None = Field(default=None, description="How many must agree; 1 where absent.")
    mode: str = Field(default="any", description="`any` of them, `all` of them, or `sequential`ly in order.")
    prevent_self_approval: bool = Field(default=False, description="Whoever started the run may not judge.")


class ManualJudgment(Stage):
    """
    Stop for a human decision.

    The stage waits in Airflow's *Required Actions* and holds neither a worker nor a trigger. *Continue*
    lets the pipeline go on, *Stop* fails the stage: with "ignore the failure" a *Stop* therefore goes on.
    The chosen input is what `#judgment('stage name')` returns later. Without an answer in time (72 hours
    unless `stageTimeoutMs` says otherwise) the stage fails.
    """

    KIND: ClassVar[str] = "manualJudgment"
    OPERATOR: ClassVar[str] = "gennaker.operators.judgment:ManualJudgmentOperator"
    SUPPORT: ClassVar[Support] = Support.APPROXIMATED
    NOTES: ClassVar[str] = "approvers are checked by name; roles and groups are kept, not checked"

    instructions: str | None = Field(
        default=None, description="What the judge should know; Markdown or HTML."
    )
    judgment_inputs: tuple[JudgmentInput | str, ...] | None = Field(
        default=None, description="The choices offered."
    )
    selected_stage_roles: tuple[str, ...] | None = Field(
        default=None, description="Roles that may judge; kept, not checked yet."
    )
    required_judgment_roles: tuple[str, ...] | None = Field(
        default=None, description="Roles that may judge; kept, not checked yet."
    )
    propagate_authentication_context: Any = Field(
        default=None, description="Kept; later stages run as before."
    )
    prevent_self_approval: Any = Field(default=None, description="Whoever started the run may not judge.")
    approval: Approval | None = Field(default=None, description="Who may judge, and how many must.")
