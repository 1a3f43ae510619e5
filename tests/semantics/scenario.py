"""
A pipeline whose course is known beforehand: its stages, how long each takes and how each goes.

The two models run the same scenario: `orca.py` from the failure options alone, `airflow_model.py` from the
DAG that the compiler makes of the scenario's JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Course(StrEnum):
    """How the work of a stage goes, if it is let run to its end."""

    SUCCEEDS = "succeeds"
    FAILS = "fails"
    IS_OFF = "is off"


class Together(StrEnum):
    """What "at the same instant" means for stages that end together."""

    #: Each ends, stops others and lets followers start before the next one ends.
    ONE_BY_ONE = "one by one"
    #: Each ends and stops others, in order; followers start after all of them.
    THEN_FOLLOWERS = "then followers"
    #: All have ended before the first of them stops others.
    AT_ONCE = "at once"


@dataclass(frozen=True)
class Precondition:
    """One precondition of a `checkPreconditions` stage; ``override`` may hold a `failPipeline` of its own."""

    holds: bool
    override: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """
    One stage.

    :ivar options: `failPipeline`, `continuePipeline`, `completeOtherBranchesThenFail` as written.
    :ivar preconditions: make it a `checkPreconditions` stage, which finds out in its work what a failure
        means.
    :ivar holds: the Airflow state of its task while it lasts.
    """

    ref: str
    requisites: tuple[str, ...] = ()
    course: Course = Course.SUCCEEDS
    options: Mapping[str, Any] = field(default_factory=dict)
    preconditions: tuple[Precondition, ...] = ()
    lasts: int = 1
    finally_: bool = False
    holds: str = "running"

    @property
    def fails(self) -> bool:
        """Return whether its work, done to the end, fails."""
        return self.course is Course.FAILS or (
            self.course is Course.SUCCEEDS and any(not p.holds for p in self.preconditions)
        )

    def document(self) -> dict[str, Any]:
        """Return the stage's JSON."""
        return {
            "refId": self.ref,
            "name": f"stage {self.ref}",
            "requisiteStageRefIds": list(self.requisites),
            **self._work(),
            **self.options,
            **({"finally": True} if self.finally_ else {}),
        }

    def _work(self) -> dict[str, Any]:
        off = {"stageEnabled": {"type": "expression", "expression": "1 == 2"}}
        off = off if self.course is Course.IS_OFF else {}
        conditions = self.preconditions
        if self.course is Course.FAILS and all(p.holds for p in conditions):
            conditions = (*conditions, Precondition(holds=False))
        if not conditions:
            return {"type": "noop", **off}
        return {"type": "checkPreconditions", "preconditions": [_written(p) for p in conditions], **off}


def _written(precondition: Precondition) -> dict[str, Any]:
    expression = "1 == 1" if precondition.holds else "1 == 2"
    return {"type": "expression", "context": {"expression": expression}, **precondition.override}


@dataclass(frozen=True)
class Scenario:
    """
    A pipeline and its course.

    :ivar stages: in list order, each after those it waits for.
    :ivar together: what happens where several stages end at the same time.
    :ivar backwards: of stages that end at the same time, the last of the list comes first.
    :ivar marked: when a person marks the run as failed, right after what happens at that moment.
    """

    stages: tuple[Planned, ...]
    together: Together = Together.ONE_BY_ONE
    backwards: bool = False
    marked: int | None = None

    def is_marked_before(self, moment: int) -> bool:
        """Return whether a person marks the run as failed before a moment."""
        return self.marked is not None and self.marked < moment

    def __getitem__(self, ref: str) -> Planned:
        return next(stage for stage in self.stages if stage.ref == ref)

    def in_turn(self, refs: set[str]) -> list[str]:
        """Return stages that end at the same time in the order in which they are heard."""
        ordered = [stage.ref for stage in self.stages if stage.ref in refs]
        return ordered[::-1] if self.backwards else ordered

    def document(self, **more: Any) -> dict[str, Any]:
        """Return the pipeline's JSON."""
        stages = [stage.document() for stage in self.stages]
        return {"application": "semantics", "name": "scenario", "stages": stages, **more}


@dataclass(frozen=True)
class Ending:
    """
    How a run of a scenario went.

    :ivar began: when the work of each stage began, where it did.
    :ivar statuses: the status of every stage, in Orca's words.
    :ivar succeeded: the verdict on the run.
    """

    began: Mapping[str, int]
    statuses: Mapping[str, str]
    succeeded: bool

    @property
    def completed(self) -> frozenset[str]:
        """Return the stages that were let run to their end."""
        return frozenset(ref for ref in self.began if self.statuses[ref] != "CANCELED")
