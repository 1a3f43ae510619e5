"""Runs with `finally` stages that a person ends in Airflow, and how others with such stages end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import AirflowStack

pytestmark = pytest.mark.e2e

APP = "marked"
FINALLY: dict[str, Any] = {"finally": True}
HALT_BRANCH: dict[str, Any] = {"failPipeline": False}
#: A sensor that holds its worker until a day that does not come.
BUSY: dict[str, Any] = {
    "operator": "airflow.providers.standard.sensors.date_time.DateTimeSensor",
    "arguments": {"target_time": "2999-01-01T00:00:00+00:00", "mode": "poke", "poke_interval": 600},
}
FAILING: dict[str, Any] = {"preconditions": [{"type": "expression", "context": {"expression": "1 == 2"}}]}


def stage(ref: str, kind: str, *after: str, **fields: Any) -> dict[str, Any]:
    return {"refId": ref, "type": kind, "name": ref, "requisiteStageRefIds": list(after), **fields}


#: Something runs, something waits, and something has not begun; none of it fails the run by its own option.
BEGUN = [
    stage("over", "noop"),
    stage("runs", "airflow", "over", **BUSY, **HALT_BRANCH),
    stage("waits", "wait", "over", waitTime=3600, **HALT_BRANCH),
    stage("later", "noop", "waits"),
    stage("cleans", "noop", **FINALLY),
]


def start(airflow: AirflowStack, name: str, *stages: dict[str, Any]) -> tuple[str, str]:
    spec = {"application": APP, "name": name, "stages": list(stages)}
    dag_id = airflow.write_spec(APP, name, spec)
    airflow.wait_dag(dag_id, timeout=120)
    airflow.refresh(dag_id)
    return dag_id, airflow.trigger(dag_id)


def states(airflow: AirflowStack, dag_id: str, run_id: str) -> dict[str, str | None]:
    """Return the states of the tasks, by refId."""
    found = airflow.task_states(dag_id, run_id)
    return {task_id.removeprefix("stage-"): state for task_id, state in found.items()}


def begin(airflow: AirflowStack, name: str, *stages: dict[str, Any], **expected: str) -> tuple[str, str]:
    """Start a run, and return when its stages are where they should be."""
    dag_id, run_id = start(airflow, name, *stages)
    airflow.wait_for(
        lambda: expected.items() <= states(airflow, dag_id, run_id).items(), what="the stages", timeout=120
    )
    return dag_id, run_id


def mark(airflow: AirflowStack, dag_id: str, run_id: str, state: str) -> None:
    """Do what the button of Airflow's UI does."""
    airflow.api("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", {"state": state})


def test_a_run_that_is_marked_failed_cleans_up_and_fails(airflow_stack: AirflowStack) -> None:
    dag_id, run_id = begin(airflow_stack, "failed", *BEGUN, runs="running", waits="deferred")

    mark(airflow_stack, dag_id, run_id, "failed")

    assert airflow_stack.wait_run(dag_id, run_id) == "failed"
    assert states(airflow_stack, dag_id, run_id) == {
        "over": "success",
        "runs": "failed",
        "waits": "failed",
        "later": "skipped",
        "cleans": "success",
        "verdict": "failed",
    }
    assert airflow_stack.xcom(dag_id, run_id, "stage-cleans", "stage")["status"] == "SUCCEEDED"


def test_a_run_that_is_marked_as_a_success_cleans_up_and_succeeds(airflow_stack: AirflowStack) -> None:
    dag_id, run_id = begin(airflow_stack, "success", *BEGUN, runs="running", waits="deferred")

    mark(airflow_stack, dag_id, run_id, "success")

    assert airflow_stack.wait_run(dag_id, run_id) == "success"
    assert states(airflow_stack, dag_id, run_id) == {
        "over": "success",
        "runs": "success",
        "waits": "success",
        "later": "skipped",
        "cleans": "success",
        "verdict": "success",
    }


def test_a_run_marked_failed_whose_only_stage_halts_its_branch_fails(airflow_stack: AirflowStack) -> None:
    stages = [stage("asks", "manualJudgment", **HALT_BRANCH), stage("cleans", "noop", "asks", **FINALLY)]
    dag_id, run_id = begin(airflow_stack, "only", *stages, asks="awaiting_input")

    mark(airflow_stack, dag_id, run_id, "failed")

    assert airflow_stack.wait_run(dag_id, run_id) == "failed"
    expected = {"asks": "failed", "cleans": "success", "verdict": "failed"}
    assert states(airflow_stack, dag_id, run_id) == expected


def test_runs_that_nobody_touches_end_by_their_stages(airflow_stack: AirflowStack) -> None:
    off = {"stageEnabled": {"type": "expression", "expression": "1 == 2"}}
    plain = [
        stage("off", "noop", **off),
        stage("stops", "checkPreconditions", **FAILING, **HALT_BRANCH),
        stage("shut", "noop", "stops"),
        stage("ignores", "checkPreconditions", **FAILING, continuePipeline=True),
    ]
    halts = [*plain, stage("fails", "checkPreconditions", "off", **FAILING)]
    cleans = stage("cleans", "noop", **FINALLY)
    fails_to = stage("cleans", "checkPreconditions", **FAILING, **FINALLY)
    runs = {
        ("success", "success"): start(airflow_stack, "untouched", *plain, cleans),
        ("success", "failed"): start(airflow_stack, "halted", *halts, cleans),
        ("failed", "failed"): start(airflow_stack, "dirty", *plain, fails_to),
    }

    for (cleaned, ended), (dag_id, run_id) in runs.items():
        assert airflow_stack.wait_run(dag_id, run_id, timeout=120) == ended, dag_id
        found = states(airflow_stack, dag_id, run_id)
        assert (found["cleans"], found["verdict"]) == (cleaned, ended), dag_id


def test_a_child_run_that_is_canceled_cleans_up_and_fails(airflow_stack: AirflowStack) -> None:
    child, _ = begin(airflow_stack, "child", *BEGUN, waits="deferred")
    parent = [
        stage("calls", "pipeline", application=APP, pipeline="child"),
        stage("waits", "wait", waitTime=5),
        stage("fails", "checkPreconditions", "waits", **FAILING),
    ]
    dag_id, run_id = begin(airflow_stack, "parent", *parent, calls="deferred")
    told = airflow_stack.xcom(dag_id, run_id, "stage-calls", "gennaker_child")

    assert airflow_stack.wait_run(dag_id, run_id, timeout=120) == "failed"
    assert airflow_stack.wait_run(child, told["runId"]) == "failed"
    found = states(airflow_stack, child, told["runId"])
    assert (found["cleans"], found["verdict"]) == ("success", "failed")
