"""
A run of a compiled DAG without a scheduler, a database or worker processes.

Only time is made up here. What decides is Airflow's own and ours: the serialized DAG, core's `TriggerRuleDep`
and its rule for the state of a DAG run, the operators' `execute` (condition, failure option, outcome,
verdict), and the halt service's choice of tasks to stop. Stand-ins keep what a database would: task states
and XComs. Only what core does to a run that a person marks as failed is written down here once more.

Left out: retries, clears, worker crashes, and the time between an outcome and its state in the database,
which only `Together.AT_ONCE` stands for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from airflow.models.dagrun import DagRun
from airflow.sdk import DAG
from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.serialization.serialized_objects import DagSerialization
from airflow.ti_deps.dep_context import DepContext
from airflow.ti_deps.deps.trigger_rule_dep import TriggerRuleDep
from airflow.utils.state import State

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline
from gennaker.compiler.semantics import VERDICT_TASK
from gennaker.operators import _base
from gennaker.operators._execution import STAGE_KEY, RunReader, StageView
from gennaker.operators._outcome import Status
from gennaker.services import halt, runs
from tests.semantics.scenario import Ending, Scenario, Together

RULE = TriggerRuleDep()
START = datetime(2026, 1, 1, tzinfo=UTC)
_FAILED_BY_A_MARK = frozenset({"running", "deferred", "up_for_reschedule", "awaiting_input"})


@dataclass(eq=False)
class Ti:
    """A task instance, as the scheduler's rules, the halt service and the operators see it."""

    run: Run = field(repr=False)
    task: Any = field(repr=False)
    state: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    dag_id: str = "semantics.scenario"
    run_id: str = "manual__1"
    map_index: int = -1

    @property
    def task_id(self) -> str:
        return str(self.task.task_id)

    def set_state(self, state: str, session: Any = None) -> bool:
        """Change the state; return whether it changed."""
        changed = self.state != state
        self.state = str(state)
        return changed

    def get_dagrun(self, session: Any = None) -> None:
        """Core hands the run back to `DepContext`, which knows the finished tasks already."""

    def xcom_push(self, key: str, value: Any) -> None:
        self.run.xcoms[self.task_id, key] = value

    def xcom_pull(self, task_ids: str, key: str) -> Any:
        return self.run.xcoms.get((task_ids, key))

    def get_task_states(self, dag_id: str, run_ids: Sequence[str]) -> Mapping[str, Mapping[str, str | None]]:
        return {self.run_id: {ti.task_id: ti.state for ti in self.run.tis.values()}}


class Run:
    """A run of a DAG; the caller makes time pass."""

    def __init__(self, dag: DAG) -> None:
        self.operators: dict[str, Any] = dict(dag.task_dict)
        self.dag = DagSerialization.from_dict(DagSerialization.to_dict(dag))
        self.tis = {task_id: Ti(self, task) for task_id, task in self.dag.task_dict.items()}
        self.xcoms: dict[tuple[str, str], Any] = {}
        self.marked: str | None = None

    # ---- what the scheduler does ---------------------------------------------------------------------

    def schedule(self) -> list[str]:
        """Make tasks that cannot run `upstream_failed`; return those that can, until neither changes."""
        while True:
            before = [ti.state for ti in self.tis.values()]
            context = DepContext(flag_upstream_failed=True, finished_tis=self._finished())
            ready = [ti.task_id for ti in self.tis.values() if ti.state is None and _may_run(ti, context)]
            if ready or before == [ti.state for ti in self.tis.values()]:
                return ready

    def _finished(self) -> list[Any]:
        return [ti for ti in self.tis.values() if ti.state in State.finished]

    @property
    def state(self) -> str:
        """Return the state of the DAG run."""
        if self.marked:
            return self.marked
        tis = list(self.tis.values())
        assert len(self._finished()) == len(tis), f"nothing runs, and these are not over: {tis}"
        leaves = DagRun._tis_for_dagrun_state(mock.sentinel.run, dag=self.dag, tis=tis)
        if any(ti.state in State.failed_states for ti in leaves):
            return "failed"
        assert all(ti.state in State.success_states for ti in leaves)
        return "success"

    # ---- what a worker does --------------------------------------------------------------------------

    def execute(self, task_id: str) -> str:
        """Execute a task; return the state that its supervisor would report."""
        ti = self.tis[task_id]
        dag_run = SimpleNamespace(
            run_id=ti.run_id, run_type="manual", conf={}, start_date=START, triggering_user_name="ann"
        )
        operator = self.operators[task_id]
        ExecutorSafeguard.tracker.set(operator)  # as a task runner does
        try:
            operator.execute({"ti": ti, "dag_run": dag_run})
        except AirflowSkipException:
            return "skipped"
        except AirflowFailException:
            return "failed"
        return "success"

    # ---- what the API server does --------------------------------------------------------------------

    def halt(self, task_id: str) -> None:
        """Stop what runs beside a stage that halts its pipeline."""
        scene = halt._Scene(
            run=self,  # type: ignore[arg-type]
            dag=self.dag,
            tasks=list(self.tis.values()),  # type: ignore[arg-type]
            caller=self.tis[task_id],  # type: ignore[arg-type]
            outcomes=self._told(STAGE_KEY),
            halts=self._told(halt.HALT_KEY),
        )
        if scene.caller_was_canceled:
            return
        targets = scene.targets()
        if scene.halted_by and not targets:
            return
        for ti in targets:
            begun = ti.state in runs.BEGUN
            ti.set_state("failed" if begun else "skipped")
            if begun:
                self.xcoms[ti.task_id, STAGE_KEY] = {"status": str(Status.CANCELED), "tiId": ti.id}
        self.xcoms[task_id, halt.HALT_KEY] = {"canceled": [ti.task_id for ti in targets]}

    def mark_failed(self) -> list[str]:
        """
        Do what core does when a person marks the run as failed; return the tasks that it fails.

        This is `set_dag_run_state_to_failed`, whose rules are queries of the database.
        """
        tis = [ti for ti in self.tis.values() if ti.state not in State.finished]
        failed = [ti for ti in tis if ti.state in _FAILED_BY_A_MARK and not ti.task.is_teardown]
        for ti in tis:
            if not ti.task.is_teardown:
                ti.set_state("failed" if ti in failed else "skipped")
        if not any(ti.task.is_teardown for ti in tis):
            self.marked = "failed"
        return [ti.task_id for ti in failed]

    def _told(self, key: str) -> dict[str, Any]:
        return {task_id: value for (task_id, told), value in self.xcoms.items() if told == key}


def _may_run(ti: Ti, context: DepContext) -> bool:
    statuses = list(RULE._get_dep_statuses(ti, context, session=None))  # type: ignore[arg-type]
    return ti.state is None and all(status.passed for status in statuses)


def compiled(scenario: Scenario) -> DAG:
    """Return the DAG of a scenario."""
    loaded = load(scenario.document(), check=False)
    return compile_pipeline(loaded, dag_id="semantics.scenario", application="semantics", name="scenario")


class Player:
    """Play a scenario on its compiled DAG."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.run = Run(compiled(scenario))
        self.nodes = {
            node.ref_id: node for node in next(iter(self.run.operators.values())).pipeline.graph.nodes
        }
        self.tis = {ref: self.run.tis[node.task_id] for ref, node in self.nodes.items()}
        self.ref_of = {node.task_id: ref for ref, node in self.nodes.items()}
        self.began: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self.halts: list[str] = []
        self.marked: list[str] | None = None

    def play(self) -> Ending:
        """Play to the end."""
        with self._halts_heard():
            self._start_what_can(now=0)
            while running := [ref for ref in self.ends if self._runs(ref)]:
                now = min(self.ends[ref] for ref in running)
                if self.marked is None and self.scenario.is_marked_before(now):
                    now = self._mark()
                else:
                    self._end_together({ref for ref in running if self.ends[ref] == now})
                self._start_what_can(now)
        statuses = {ref: self._status(ref) for ref in self.tis}
        return Ending(self.began, statuses, self.run.state == "success")

    @contextmanager
    def _halts_heard(self) -> Iterator[None]:
        """Hear what an operator asks of the API server."""

        def hear(run: Any, *, reason: str) -> None:
            self.halts.append(run.ti.task_id)
            if self.scenario.together is not Together.AT_ONCE:
                self._halt()

        with mock.patch.object(_base, "halt_pipeline", hear):
            yield

    def _mark(self) -> int:
        """Let a person mark the run as failed; return when."""
        assert self.scenario.marked is not None
        self.marked = self.run.mark_failed()
        return self.scenario.marked

    def _halt(self) -> None:
        while self.halts:
            self.run.halt(self.halts.pop(0))

    def _runs(self, ref: str) -> bool:
        return self.tis[ref].state == self.scenario[ref].holds

    def _end_together(self, refs: set[str]) -> None:
        ended = {}
        for ref in self.scenario.in_turn(refs):
            if not self._runs(ref):
                continue
            self.tis[ref].state = "running"  # a wait is over: the task goes on in a worker
            ended[ref] = self.run.execute(self.tis[ref].task_id)
            if self.scenario.together is not Together.AT_ONCE:
                self._report({ref: ended.pop(ref)})
            if self.scenario.together is Together.ONE_BY_ONE:
                self._start_what_can(self.ends[ref])
        self._halt()
        self._report(ended)

    def _report(self, states: Mapping[str, str]) -> None:
        for ref, state in states.items():
            # The execution API takes the end of a task only while it is running.
            if self.tis[ref].state == "running":
                self.tis[ref].state = state

    def _start_what_can(self, now: int) -> None:
        while ready := self.run.schedule():
            for task_id in ready:
                if task_id == VERDICT_TASK:
                    self.run.tis[task_id].state = "running"
                    self.run.tis[task_id].state = self.run.execute(task_id)
                    continue
                ref = self.ref_of[task_id]
                self.tis[ref].state = self.scenario[ref].holds
                self.began[ref] = now
                self.ends[ref] = now + self.scenario[ref].lasts

    def _status(self, ref: str) -> str:
        """Return a stage's status as expressions and the API see it, had core told who ended it."""
        if self.tis[ref].task_id in (self.marked or ()):
            return str(Status.CANCELED)
        view = StageView(self.nodes[ref], {}, RunReader(self.tis[ref]))
        return str(view["status"])


def play(scenario: Scenario) -> Ending:
    """Return how the compiled pipeline runs a scenario."""
    return Player(scenario).play()
