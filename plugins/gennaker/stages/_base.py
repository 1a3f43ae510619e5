"""
What every stage type is: a typed part of the pipeline's JSON, and the task it becomes.

A stage type is one module of this room. Its class docstring is its reference page, its fields are
its form, ``KIND`` is the JSON ``type``. The compiler calls :meth:`Stage.build` once for each stage.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Protocol

from gennaker.spec.model import StageEnvelope


class Support(StrEnum):
    """How faithfully a stage type is run, for the import report and the support table."""

    EXACT = "exact"
    APPROXIMATED = "approximated"
    UNSUPPORTED = "unsupported"


class StageBuilder(Protocol):
    """What a stage sees of the compiler."""

    def task(self, operator: str, /, **arguments: Any) -> None:
        """Add the stage's task; ``operator`` is ``package.module:Class``, imported only now."""


class Stage(StageEnvelope):
    """
    A stage of a known type.

    :cvar KIND: the JSON ``type``.
    :cvar ALIASES: older or provider-specific names of the same type.
    :cvar OPERATOR: ``package.module:Class`` of the operator that does the work.
    :cvar SUPPORT: how faithfully it runs; ``NOTES`` says where it differs.
    """

    KIND: ClassVar[str]
    ALIASES: ClassVar[tuple[str, ...]] = ()
    OPERATOR: ClassVar[str]
    SUPPORT: ClassVar[Support] = Support.EXACT
    NOTES: ClassVar[str] = ""

    def build(self, into: StageBuilder) -> None:
        """Add the one task of this stage; override to hand the operator more than the stage's JSON."""
        into.task(self.OPERATOR)

    @property
    def may_stop(self) -> bool:
        """Return whether its failure may halt only its branch, whatever its own failure option says."""
        return False
