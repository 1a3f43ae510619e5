"""Pause until a point in time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from gennaker.spec.types import ExprNumber
from gennaker.stages._base import Stage


class WaitUntil(Stage):
    """
    Pause until a point in time.

    A point in the past lets the pipeline go on at once. No worker is held meanwhile.
    """

    KIND: ClassVar[str] = "waitUntil"
    OPERATOR: ClassVar[str] = "gennaker.operators.wait:WaitUntilOperator"

    epoch_millis: ExprNumber = Field(description="When to go on: milliseconds since 1970-01-01T00:00:00Z.")
