"""
A small model of Orca, Spinnaker's engine: which stages run, how each ends, and what the run ends as.

It follows Orca's own rules and knows nothing of Airflow: `failureStatus` (what a failed stage ends as),
`allUpstreamStagesComplete` (when a stage starts), `CancelStage` (what a TERMINAL stage does to the others)
and `determineFinalStatus`. `finally` stages are an addition to Orca: such a stage starts once everything that
it waits for, directly or not, is over, whatever happened; nothing cancels it; its failure counts as any
other. A person who marks a run as failed cancels it: nothing else starts, and the run does not succeed,
unless only `finally` stages were left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.semantics.scenario import Course, Ending, Planned, Scenario, Together

COMPLETE_AND_GO_ON = frozenset({"SUCCEEDED", "SKIPPED", "FAILED_CONTINUE"})


def failure_status(options: Mapping[str, Any]) -> str:
    """Return what a stage with these failure options ends as when its work fails."""
    if options.get("continuePipeline") is True:
        return "FAILED_CONTINUE"
    fails_pipeline = options.get("failPipeline") is None or options.get("failPipeline") is True
    return "TERMINAL" if fails_pipeline else "STOPPED"


def ends_as(stage: Planned) -> str:
    """Return the status of a stage that is let run to its end."""
    if stage.course is Course.IS_OFF:
        return "SKIPPED"
    if not stage.fails:
        return "SUCCEEDED"
    if stage.course is Course.FAILS and all(p.holds for p in stage.preconditions):
        return failure_status(stage.options)
    # Each precondition is a synthetic stage with the parent's context and its own keys over it. A parent
    # takes over STOPPED and FAILED_CONTINUE of its children; TERMINAL passes through its own options.
    children = {failure_status({**stage.options, **p.override}) for p in stage.preconditions if not p.holds}
    if "TERMINAL" in children:
        return failure_status(stage.options)
    return "STOPPED" if "STOPPED" in children else "FAILED_CONTINUE"


def final_status(statuses: Iterable[tuple[Planned, str]]) -> str:
    """Return what a run ends as once nothing runs and nothing can start (`determineFinalStatus`)."""
    ended = list(statuses)
    seen = {status for _, status in ended}
    if seen <= COMPLETE_AND_GO_ON:
        return "SUCCEEDED"
    if "TERMINAL" in seen:
        return "TERMINAL"
    if "CANCELED" in seen:
        return "CANCELED"
    stopped = [stage.options for stage, status in ended if status == "STOPPED"]
    fails = any(options.get("completeOtherBranchesThenFail") is True for options in stopped)
    return "TERMINAL" if fails else "SUCCEEDED"


class Orca:
    """One execution."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.status = {stage.ref: "NOT_STARTED" for stage in scenario.stages}
        self.ends: dict[str, int] = {}
        self.began: dict[str, int] = {}
        self.halted = False
        self.marked = False

    def run(self) -> Ending:
        """Run to the end."""
        self._start_what_can(now=0)
        while running := [ref for ref, status in self.status.items() if status == "RUNNING"]:
            now = min(self.ends[ref] for ref in running)
            if not self.marked and self.scenario.is_marked_before(now):
                now = self._mark()
            else:
                self._end_together({ref for ref in running if self.ends[ref] == now}, now)
            self._start_what_can(now)
        verdict = final_status((self.scenario[ref], status) for ref, status in self.status.items())
        return Ending(self.began, dict(self.status), verdict == "SUCCEEDED")

    def _mark(self) -> int:
        """Let a person cancel the run; return when."""
        assert self.scenario.marked is not None
        self.marked = self.halted = True
        self._cancel_the_others()
        return self.scenario.marked

    def _end_together(self, refs: set[str], now: int) -> None:
        for ref in self.scenario.in_turn(refs):
            if self.status[ref] != "RUNNING":
                continue
            self.status[ref] = ends_as(self.scenario[ref])
            if self.scenario.together is not Together.AT_ONCE:
                self._cancel_the_others()
            if self.scenario.together is Together.ONE_BY_ONE:
                self._start_what_can(now)
        self._cancel_the_others()

    def _cancel_the_others(self) -> None:
        self.halted = self.halted or "TERMINAL" in self.status.values()
        if not self.halted:
            return
        for stage in self.scenario.stages:
            if self.status[stage.ref] == "RUNNING" and not stage.finally_:
                self.status[stage.ref] = "CANCELED"

    def _start_what_can(self, now: int) -> None:
        for stage in self.scenario.stages:
            if self.status[stage.ref] == "NOT_STARTED" and self._may_start(stage):
                self.status[stage.ref] = "RUNNING"
                self.began[stage.ref] = now
                self.ends[stage.ref] = now + stage.lasts

    def _may_start(self, stage: Planned) -> bool:
        if stage.finally_:
            return all(self._is_over(self.scenario[ref]) for ref in self._awaited(stage))
        return not self.halted and all(self.status[ref] in COMPLETE_AND_GO_ON for ref in stage.requisites)

    def _awaited(self, stage: Planned) -> set[str]:
        if not stage.requisites:
            return {other.ref for other in self.scenario.stages if not other.finally_}
        return self._ancestors(stage)

    def _ancestors(self, stage: Planned) -> set[str]:
        above = (self._ancestors(self.scenario[ref]) for ref in stage.requisites)
        return set(stage.requisites).union(*above)

    def _is_over(self, stage: Planned) -> bool:
        if self.status[stage.ref] != "NOT_STARTED":
            return self.status[stage.ref] != "RUNNING"
        return not stage.finally_ and self._never_starts(stage)

    def _never_starts(self, stage: Planned) -> bool:
        return self.halted or any(self._shuts(self.scenario[ref]) for ref in stage.requisites)

    def _shuts(self, stage: Planned) -> bool:
        """Return whether what waits for the stage will never start."""
        status = self.status[stage.ref]
        if status == "NOT_STARTED":
            return self._never_starts(stage)
        return status != "RUNNING" and status not in COMPLETE_AND_GO_ON


def run(scenario: Scenario) -> Ending:
    """Return how Orca runs a scenario."""
    return Orca(scenario).run()
