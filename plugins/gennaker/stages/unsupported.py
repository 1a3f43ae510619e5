"""A stage of a type that nobody here knows."""

from __future__ import annotations

from typing import ClassVar

from gennaker.stages._base import Stage, Support


class Unsupported(Stage):
    """
    Keep the place of a stage whose type is unknown.

    The pipeline loads, compiles and shows the stage; a run fails at it, and only when it is reached,
    with a message that names the type. Switch the stage off with ``stageEnabled``, replace it, or
    install a package that adds the type (entry-point group ``gennaker.stages``).
    """

    KIND: ClassVar[str] = "*"
    OPERATOR: ClassVar[str] = "gennaker.operators.unsupported:UnsupportedOperator"
    SUPPORT: ClassVar[Support] = Support.UNSUPPORTED
    NOTES: ClassVar[str] = "fails with a clear message when it is reached"
