"""A stage that does nothing."""

from __future__ import annotations

from typing import ClassVar

from gennaker.stages._base import Stage


class Noop(Stage):
    """
    Do nothing, successfully.

    Useful as a join, as a named milestone, or to carry a condition that several branches wait for.
    """

    KIND: ClassVar[str] = "noop"
    OPERATOR: ClassVar[str] = "gennaker.operators.noop:NoopOperator"
