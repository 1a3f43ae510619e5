"""Compute values for the stages that follow."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.spec.model import SpecModel
from gennaker.stages._base import Stage


class Variable(SpecModel):
    """One value."""

    key: str = Field(description="The name that later stages use: `${key}`.")
    value: Any = Field(default=None, description="Text, or an expression; an earlier variable may be used.")
    description: str | None = Field(default=None, description="What it is for.")


class EvaluateVariables(Stage):
    """
    Compute values once, for every stage that follows.

    Variables are evaluated in order, so a later one may use an earlier one. Each becomes an output of the
    stage, which its descendants read as `${key}`.
    """

    KIND: ClassVar[str] = "evaluateVariables"
    OPERATOR: ClassVar[str] = "gennaker.operators.evaluate:EvaluateVariablesOperator"

    variables: tuple[Variable, ...] | None = Field(default=None, description="The values, in order.")
