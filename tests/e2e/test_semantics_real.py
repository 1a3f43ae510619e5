"""
The failure options on a real Airflow: random pipelines end as in the model of Orca, and halts reach
everybody.

The random pipelines run side by side, some at a time. Nothing in them depends on how quick Airflow is: what
they wait for is judged in Orca's order, each time once everything that Orca would have done before is done.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.semantics import real
from tests.semantics.real import RealScenario

from gennaker.errors import GennakerError

if TYPE_CHECKING:
    from tests.e2e.conftest import AirflowStack

pytestmark = pytest.mark.e2e

SCENARIOS = 32
#: As many as two cores can run without making anybody wait for a time-out.
SIDE_BY_SIDE = 8
APPLICATION = "semantics"
BEGUN = frozenset({"running", "deferred", "awaiting_input"})
OVER = frozenset({"success", "failed", "skipped", "upstream_failed"})
PATIENCE = 600.0

States = Mapping[str, "str | None"]


@dataclass
class Course:
    """One run of a random pipeline."""

    airflow: AirflowStack
    real: RealScenario
    dag_id: str
    run_id: str
    judged: set[str] = field(default_factory=set)

    def go_on(self) -> bool:
        """Judge what is due; return whether the run is over."""
        states = self.airflow.task_states(self.dag_id, self.run_id)
        for ref, over, begun in self.real.judgments:
            if ref not in self.judged:
                if self._is_due(states, ref, over, begun):
                    self._judge(ref)
                return False
        return str(self.airflow.run(self.dag_id, self.run_id)["state"]) in ("success", "failed")

    def _is_due(self, states: States, ref: str, over: frozenset[str], begun: frozenset[str]) -> bool:
        return (
            states[_task(ref)] == "awaiting_input"
            and _may_be_answered(self.airflow, self.dag_id, self.run_id, _task(ref))
            and all(states[_task(other)] in OVER for other in over)
            and all(states[_task(other)] in BEGUN | OVER for other in begun)
        )

    def _judge(self, ref: str) -> None:
        self.judged.add(ref)
        choice = "Stop" if self.real.scenario[ref].fails else "Continue"
        self.airflow.answer(self.dag_id, self.run_id, _task(ref), [choice])

    def ending(self) -> tuple[dict[str, str], bool]:
        """Return the status of every stage and whether the run succeeded."""
        states = self.airflow.task_states(self.dag_id, self.run_id)
        statuses = {s.ref: self._status(_task(s.ref), states) for s in self.real.scenario.stages}
        return statuses, str(self.airflow.run(self.dag_id, self.run_id)["state"]) == "success"

    def _status(self, task_id: str, states: States) -> str:
        told = self.airflow.xcom(self.dag_id, self.run_id, task_id, "stage")
        return told["status"] if told else f"NOT_STARTED{'' if states[task_id] in OVER else '?'}"


def _may_be_answered(airflow: AirflowStack, dag_id: str, run_id: str, task_id: str) -> bool:
    """
    Return whether the scheduler has heard that the task which asks is through with asking.

    Airflow fails a task that is answered and queued again before: it takes it for one that was killed.
    """
    key = f"TaskInstanceKey(dag_id={dag_id!r}, task_id={task_id!r}, run_id={run_id!r}"
    log = airflow.stack.home.run / "scheduler.log"
    return f"Received executor event with state success for task instance {key}" in log.read_text()


def _task(ref: str) -> str:
    return f"stage-{ref}"


@pytest.fixture(scope="module")
def courses(airflow_stack: AirflowStack) -> list[Course]:
    """Run all random pipelines to their ends, some at a time."""
    chosen = real.scenarios(SCENARIOS)
    dag_ids = [
        airflow_stack.write_spec(APPLICATION, f"random-{one.number}", one.document()) for one in chosen
    ]
    for dag_id in dag_ids:
        airflow_stack.wait_dag(dag_id, timeout=120)
    waiting = list(zip(chosen, dag_ids, strict=True))
    started: list[Course] = []
    running: list[Course] = []

    def all_over() -> bool:
        running[:] = [course for course in running if not course.go_on()]
        while waiting and len(running) < SIDE_BY_SIDE:
            one, dag_id = waiting.pop(0)
            running.append(Course(airflow_stack, one, dag_id, airflow_stack.trigger(dag_id)))
            started.append(running[-1])
        return not running

    with contextlib.suppress(GennakerError):  # a run that does not end is shown by its own test
        airflow_stack.wait_for(all_over, timeout=PATIENCE, what="the ends of the random pipelines")
    return started


@pytest.mark.parametrize("index", range(SCENARIOS))
def test_a_random_pipeline_ends_as_in_orca(courses: list[Course], index: int) -> None:
    assert index < len(courses), "it was never started, because others did not end"
    course = courses[index]
    expected = course.real.ending

    assert course.ending() == (dict(expected.statuses), expected.succeeded), course.real.scenario


# ---- halts ---------------------------------------------------------------------------------------------

#: A sensor that holds its worker until a day that does not come.
BUSY: dict[str, Any] = {
    "type": "airflow",
    "operator": "airflow.providers.standard.sensors.date_time.DateTimeSensor",
    "arguments": {"target_time": "2999-01-01T00:00:00+00:00", "mode": "poke", "poke_interval": 600},
}


def _stage(ref: str, after: str = "", **fields: Any) -> dict[str, Any]:
    return {"type": "noop", "refId": ref, "name": ref, "requisiteStageRefIds": after.split(), **fields}


FINALLY: dict[str, Any] = {"finally": True}

HALT = [
    _stage("halting", type="manualJudgment"),
    _stage("after-halting", "halting"),
    _stage("busy", **BUSY),
    _stage("after-busy", "busy"),
    _stage("waiting", type="wait", waitTime=86_400),
    _stage("asking", type="manualJudgment"),
    _stage("not-begun", "asking"),
    _stage("join", "halting busy waiting"),
    _stage("cleanup", **FINALLY),
]


@dataclass
class Halted:
    """A run that one stage has halted."""

    airflow: AirflowStack
    dag_id: str
    run_id: str
    pid: int
    gone_at: float
    state: str
    tasks: dict[str, dict[str, Any]]

    def told(self, ref: str) -> Any:
        """Return what a stage published."""
        return self.airflow.xcom(self.dag_id, self.run_id, _task(ref), "stage")

    @property
    def failed_at(self) -> float:
        """Return when the halting stage failed."""
        return float(self.told("halting")["endTime"]) / 1000

    def ended_at(self, ref: str) -> float:
        """Return when a task's state became final."""
        return datetime.fromisoformat(self.tasks[_task(ref)]["end_date"]).timestamp()


@pytest.fixture(scope="module")
def halted(airflow_stack: AirflowStack) -> Halted:
    """Run a pipeline whose halting stage finds all others in every state that there is."""
    dag_id = airflow_stack.write_spec(APPLICATION, "halt", {"name": "halt", "stages": HALT})
    airflow_stack.wait_dag(dag_id, timeout=120)
    run_id = airflow_stack.trigger(dag_id)
    waits = {"halting": "awaiting_input", "asking": "awaiting_input"}
    expected = {**waits, "busy": "running", "waiting": "deferred"}

    def in_place() -> bool:
        states = airflow_stack.task_states(dag_id, run_id)
        settled = _may_be_answered(airflow_stack, dag_id, run_id, _task("halting"))
        return settled and all(states[_task(ref)] == state for ref, state in expected.items())

    airflow_stack.wait_for(in_place, timeout=180, what="the siblings")
    pid = next(
        int(task["pid"])
        for task in airflow_stack.task_instances(dag_id, run_id)
        if task["task_id"] == _task("busy")
    )
    assert _is_alive(pid)
    airflow_stack.answer(dag_id, run_id, _task("halting"), ["Stop"])
    airflow_stack.wait_for(lambda: not _is_alive(pid), timeout=180, what="the end of the busy process")
    gone_at = time.time()
    state = airflow_stack.wait_run(dag_id, run_id, timeout=180)
    tasks = {task["task_id"]: task for task in airflow_stack.task_instances(dag_id, run_id)}
    return Halted(airflow_stack, dag_id, run_id, pid, gone_at, state, tasks)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_halted_run_fails(halted: Halted) -> None:
    assert halted.state == "failed"
    assert halted.told("halting")["status"] == "TERMINAL"


@pytest.mark.parametrize("ref", ["busy", "waiting", "asking"])
def test_a_halt_cancels_what_has_begun_within_ten_seconds(halted: Halted, ref: str) -> None:
    assert halted.tasks[_task(ref)]["state"] == "failed"
    assert halted.told(ref)["status"] == "CANCELED"
    assert 0 <= halted.ended_at(ref) - halted.failed_at < 10


def test_the_process_of_a_canceled_stage_is_gone_within_twenty_seconds(halted: Halted) -> None:
    assert halted.gone_at - halted.failed_at < 20


@pytest.mark.parametrize(
    ("ref", "state"),
    [
        ("not-begun", "skipped"),
        ("after-busy", "skipped"),
        ("after-halting", "upstream_failed"),
        ("join", "upstream_failed"),
    ],
)
def test_what_has_not_begun_never_begins(halted: Halted, ref: str, state: str) -> None:
    assert halted.tasks[_task(ref)]["state"] == state
    assert halted.told(ref) is None


def test_a_finally_stage_runs_after_a_halt(halted: Halted) -> None:
    assert halted.tasks[_task("cleanup")]["state"] == "success"
    assert halted.told("cleanup")["status"] == "SUCCEEDED"
    assert halted.told("cleanup")["startTime"] / 1000 >= halted.failed_at


def test_the_question_of_a_canceled_stage_is_closed(halted: Halted) -> None:
    path = f"/dags/{halted.dag_id}/dagRuns/{halted.run_id}/taskInstances/{_task('asking')}/-1/hitlDetails"

    assert halted.airflow.request("GET", f"/api/v2{path}").status_code == 404


TWINS = [
    _stage("start"),
    _stage("left", "start", type="checkPreconditions", preconditions=[]),
    _stage("right", "start", type="checkPreconditions", preconditions=[]),
    _stage("after-left", "left"),
    _stage("after-right", "right"),
    _stage("join", "left right"),
    _stage("cleanup", **FINALLY),
]
_FALSE = {"type": "expression", "context": {"expression": "1 == 2"}}


def test_stages_that_halt_at_the_same_instant_end_the_run_as_failed(airflow_stack: AirflowStack) -> None:
    stages = [{**s, "preconditions": [_FALSE]} if "preconditions" in s else s for s in TWINS]
    dag_id = airflow_stack.write_spec(APPLICATION, "twins", {"name": "twins", "stages": stages})
    airflow_stack.wait_dag(dag_id, timeout=120)
    runs = [airflow_stack.trigger(dag_id) for _ in range(5)]

    for run_id in runs:
        assert airflow_stack.wait_run(dag_id, run_id, timeout=240) == "failed"
        states = airflow_stack.task_states(dag_id, run_id)
        told = {s["refId"]: airflow_stack.xcom(dag_id, run_id, _task(s["refId"]), "stage") for s in stages}
        statuses = {ref: value["status"] if value else None for ref, value in told.items()}

        assert {statuses["left"], statuses["right"]} <= {"TERMINAL", "CANCELED", None}
        assert "TERMINAL" in (statuses["left"], statuses["right"])
        assert statuses["after-left"] is statuses["after-right"] is statuses["join"] is None
        followers = {states[_task(ref)] for ref in ("after-left", "after-right", "join")}
        assert followers <= {"skipped", "upstream_failed"}
        assert statuses["cleanup"] == "SUCCEEDED"
