"""Pause for a fixed time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from gennaker.spec.types import ExprNumber
from gennaker.stages._base import Stage


class Wait(Stage):
    """
    Pause for a number of seconds.

    The time counts from the start of the stage, and no worker is held meanwhile. Someone who may run
    the pipeline can end the pause early.
    """

    KIND: ClassVar[str] = "wait"
    OPERATOR: ClassVar[str] = "gennaker.operators.wait:WaitOperator"

    wait_time: ExprNumber = Field(default=0, description="How long to pause, in seconds.")
    skip_wait_text: str | None = Field(
        default=None, description="What to ask before the pause is ended early."
    )
