"""What a failing or cancelled stage does to the rest of its run, on a real Airflow."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.webserver import WebServer, web_server

if TYPE_CHECKING:
    from tests.e2e.conftest import AirflowStack

pytestmark = pytest.mark.e2e

APP = "failure"


def spec(name: str, *stages: dict[str, Any]) -> dict[str, Any]:
    return {"application": APP, "name": name, "spelEvaluator": "v4", "stages": list(stages)}


def stage(ref: str, kind: str, *after: str, **fields: Any) -> dict[str, Any]:
    return {"refId": ref, "type": kind, "name": ref, "requisiteStageRefIds": list(after), **fields}


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


def start(airflow: AirflowStack, name: str, *stages: dict[str, Any]) -> tuple[str, str]:
    dag_id = airflow.write_spec(APP, name, spec(name, *stages))
    airflow.wait_dag(dag_id)
    airflow.refresh(dag_id)
    return dag_id, airflow.trigger(dag_id)


def test_a_failure_halts_every_other_branch(airflow_stack: AirflowStack, server: WebServer) -> None:
    """The first branch fails once all the others are where they should be."""
    go = threading.Event()

    def when_told(path: str) -> tuple[int, dict[str, str], bytes]:
        if path == "/fail":
            go.wait(120)
            return 400, {}, b""
        if path == "/slow":
            go.wait(120)
            stop.wait(60)
        return 200, {}, b"{}"

    stop = threading.Event()
    server.take = when_told  # type: ignore[method-assign]
    child = airflow_stack.write_spec(APP, "child", spec("child", stage("1", "wait", waitTime=600)))
    airflow_stack.wait_dag(child)
    dag_id, run_id = start(
        airflow_stack,
        "halted",
        stage("fails", "webhook", url=f"{server.url}/fail"),
        stage("follows", "noop", "fails"),
        stage("runs", "webhook", url=f"{server.url}/slow"),
        stage("waits", "wait", waitTime=600),
        stage("asks", "manualJudgment"),
        stage("calls", "pipeline", application=APP, pipeline="child"),
        stage("later", "noop", "waits"),
        stage("joins", "noop", "follows", "waits"),
        stage("cleans", "noop", **{"finally": True}),
    )
    expected = {
        "stage-fails": "running",
        "stage-runs": "running",
        "stage-waits": "deferred",
        "stage-asks": "awaiting_input",
        "stage-calls": "deferred",
    }

    def states() -> dict[str, str | None]:
        return airflow_stack.task_states(dag_id, run_id)

    try:
        airflow_stack.wait_for(
            lambda: {key: states().get(key) for key in expected} == expected, what="all branches", timeout=120
        )
        told = airflow_stack.xcom(dag_id, run_id, "stage-calls", "gennaker_child")
        airflow_stack.wait_for(
            lambda: airflow_stack.task_states(child, told["runId"]).get("stage-1") == "deferred",
            what="the child's pause",
            timeout=120,
        )
        go.set()
        assert airflow_stack.wait_run(dag_id, run_id) == "failed"
    finally:
        go.set()
        stop.set()

    assert {task: state for task, state in states().items() if task != "verdict"} == {
        "stage-fails": "failed",
        "stage-follows": "upstream_failed",
        "stage-runs": "failed",
        "stage-waits": "failed",
        "stage-asks": "failed",
        "stage-calls": "failed",
        "stage-later": "skipped",
        "stage-joins": "upstream_failed",
        "stage-cleans": "success",
    }
    outcomes = {
        name: airflow_stack.xcom(dag_id, run_id, f"stage-{name}", "stage")
        for name in ("fails", "waits", "asks")
    }
    assert outcomes["fails"]["status"] == "TERMINAL"
    for name in ("waits", "asks"):
        assert outcomes[name]["status"] == "CANCELED"
        assert outcomes[name]["error"]["message"] == "canceled: stage 'fails' halted the pipeline"
    assert airflow_stack.wait_run(child, told["runId"]) == "failed"
    assert airflow_stack.xcom(child, told["runId"], "stage-1", "stage")["status"] == "CANCELED"
    logs = airflow_stack.api("GET", f"/eventLogs?dag_id={dag_id}&event=gennaker_halt")["event_logs"]
    assert len(logs) == 1
    assert json.loads(logs[0]["extra"])["canceled"]["stage-asks"] == "awaiting_input"


def test_two_failures_at_once_end_the_run_as_failed(airflow_stack: AirflowStack, server: WebServer) -> None:
    together = threading.Barrier(2)

    def both(path: str) -> tuple[int, dict[str, str], bytes]:
        together.wait(120)
        return 400, {}, b""

    server.take = both  # type: ignore[method-assign]
    dag_id, run_id = start(
        airflow_stack,
        "twice",
        stage("a", "webhook", url=f"{server.url}/a"),
        stage("b", "webhook", url=f"{server.url}/b"),
        stage("after-a", "noop", "a"),
        stage("after-b", "noop", "b"),
    )

    assert airflow_stack.wait_run(dag_id, run_id) == "failed"
    states = airflow_stack.task_states(dag_id, run_id)
    assert {states["stage-a"], states["stage-b"]} == {"failed"}
    assert "upstream_failed" in (states["stage-after-a"], states["stage-after-b"])
    assert "success" not in states.values()


def test_a_person_skips_a_wait(airflow_stack: AirflowStack) -> None:
    dag_id, run_id = start(airflow_stack, "skipped", stage("pause", "wait", waitTime=600))
    path = f"/gennaker/api/v1/runs/{dag_id}/{run_id}/stages/stage-pause/skip-wait"
    airflow_stack.wait_for(
        lambda: airflow_stack.task_states(dag_id, run_id)["stage-pause"] == "deferred", what="the wait"
    )
    for user, status in (("viewer", 403), ("deployer", 200)):
        api = airflow_stack.stack.api(user)
        assert api.request("POST", path, json={}).status_code == status
        api.close()

    assert airflow_stack.wait_run(dag_id, run_id) == "success"
    assert airflow_stack.xcom(dag_id, run_id, "stage-pause", "stage")["context"]["skippedBy"] == "deployer"


def test_a_webhook_waits_for_what_it_started(airflow_stack: AirflowStack, server: WebServer) -> None:
    server.on("/jobs", (202, {"Location": "/jobs/7"}, {"id": 7}))
    server.on("/jobs/7", {"state": "running"}, {"state": "running"}, {"state": "done"})
    dag_id, run_id = start(
        airflow_stack,
        "job",
        stage(
            "job",
            "webhook",
            url=f"{server.url}/jobs",
            waitForCompletion=True,
            statusUrlResolution="locationHeader",
            statusJsonPath="$.state",
            successStatuses="done",
        ),
    )

    assert airflow_stack.wait_run(dag_id, run_id) == "success"
    assert server.paths() == ["POST /jobs"] + ["GET /jobs/7"] * 3
    webhook = airflow_stack.xcom(dag_id, run_id, "stage-job", "stage")["context"]["webhook"]
    assert (webhook["body"], webhook["monitor"]["resolvedValue"]) == ({"id": 7}, "done")


def test_ending_a_waiting_webhook_cancels_what_it_started(
    airflow_stack: AirflowStack, server: WebServer
) -> None:
    server.on("/jobs", {"id": 7, "state": "running"})
    server.on("/jobs/7/cancel", 200)
    dag_id, run_id = start(
        airflow_stack,
        "stopped",
        stage(
            "job",
            "webhook",
            url=f"{server.url}/jobs",
            waitForCompletion=True,
            statusJsonPath="$.state",
            cancelEndpoint=f"{server.url}/jobs/${{webhook.body.id}}/cancel",
        ),
    )
    airflow_stack.wait_for(lambda: "GET /jobs" in server.paths(), what="the first look at the status")

    airflow_stack.api("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", {"state": "failed"})

    airflow_stack.wait_for(lambda: "POST /jobs/7/cancel" in server.paths(), what="the cancel call")
