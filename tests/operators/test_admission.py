"""A stage asks before it works: once, first of all, and takes the answer along through its waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from gennaker.errors import Temporary
from gennaker.operators import _admission, _base
from tests.stages.harness import Run, pipeline

CONTEXT = {"trigger": {"type": "webhook", "user": "ci"}, "project": "shop", "buildTime": 1700000000000}
YES = {"allowed": True, "reason": None, "context": CONTEXT}
NO = {"allowed": False, "reason": "pipeline 'x' was disabled by ann: frozen", "context": CONTEXT}


class Server:
    """What the API server answers to each question."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, ...]] = []

    def admit(self, *question: Any) -> Any:
        self.asked.append(question)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Server]:
    def start(answer: Any) -> Server:
        server = Server(answer)
        monkeypatch.setattr(_admission, "internal_client", lambda settings: server)
        return server

    return start


def managed(*stages: dict[str, Any], **options: Any) -> Run:
    """Return a run of a pipeline that was published as number 7."""
    run = Run(pipeline(*stages), **options)
    for task in run.dag.tasks:
        task.pipeline = replace(task.pipeline, sequence=7)
    return run


def noop(ref: str = "1", **fields: Any) -> dict[str, Any]:
    return {"type": "noop", "refId": ref, "name": f"n{ref}", "requisiteStageRefIds": [], **fields}


def test_it_says_who_it_is_and_what_was_built(serve: Callable[[Any], Server]) -> None:
    server = serve(YES)
    run = managed(noop()).go()

    ((dag_id, run_id, task_id, ti_id, sequence),) = server.asked
    assert (dag_id, run_id, task_id, sequence) == ("app.test", "manual__1", "stage-1", 7)
    assert ti_id == run.stage("n1")["tiId"]
    assert run.status("n1") == "SUCCEEDED"


def test_nobody_is_asked_in_the_files_only_mode(serve: Callable[[Any], Server]) -> None:
    server = serve(NO)
    assert Run(pipeline(noop())).go().status("n1") == "SUCCEEDED"
    assert server.asked == []


def test_expressions_see_what_the_server_knows(serve: Callable[[Any], Server]) -> None:
    serve(YES)
    comments = "${ trigger.type } ${ trigger.user } ${ execution.project } ${ execution.buildTime }"
    run = managed(noop(comments=comments + " ${ parameters.env }"), conf={"env": "prod"}).go()

    assert run.stage("n1")["context"]["comments"] == "webhook ci shop 1700000000000 prod"


def test_a_stage_that_waited_knows_it_still_and_does_not_ask_again(serve: Callable[[Any], Server]) -> None:
    server = serve(YES)
    opens = datetime.now(UTC) + timedelta(minutes=30)
    closes = opens + timedelta(minutes=10)
    start = {"startHour": opens.hour, "startMin": opens.minute}
    end = {"endHour": closes.hour, "endMin": closes.minute}
    window = {"whitelist": [start | end], "timezone": "UTC"}
    kept: list[Any] = []

    def open_it(wait: Any) -> Any:
        kept.append(json.loads(json.dumps(wait.kwargs))["state"]["admission"])
        return {"at": "now"}

    fields = {"restrictExecutionDuringTimeWindow": True, "restrictedExecutionWindow": window}
    run = managed(noop(comments="${ trigger.user }", **fields), answers={"n1": open_it}).go()

    assert run.stage("n1")["context"]["comments"] == "ci"
    assert kept == [CONTEXT]
    assert len(server.asked) == 1


def test_it_asks_before_it_waits_for_its_window(serve: Callable[[Any], Server]) -> None:
    server = serve(NO)
    window = {"days": [8]}
    run = managed(noop(restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow=window)).go()

    assert len(server.asked) == 1
    assert not isinstance(run.waits.get("n1"), TaskDeferred)
    assert "disabled by ann" in run.errors["n1"]


POLICIES: dict[str, dict[str, Any]] = {
    "halt the pipeline": {},
    "halt the branch": {"failPipeline": False, "continuePipeline": False},
    "halt the branch, fail at the end": {
        "failPipeline": False,
        "continuePipeline": False,
        "completeOtherBranchesThenFail": True,
    },
    "ignore": {"failPipeline": False, "continuePipeline": True},
}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_refused_stage_fails_for_good_and_alone(
    serve: Callable[[Any], Server], monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    serve(NO)
    monkeypatch.setattr(_base, "halt_pipeline", lambda *_, **__: pytest.fail("it halted others"))
    first = noop("1", retries={"count": 3}, **POLICIES[policy])
    run = managed(first, noop("2"))
    run.execute(run.dag.task_dict["stage-1"], should_retry=True)

    assert run.states["stage-1"] == "failed"
    assert run.errors["n1"] == "not admitted: pipeline 'x' was disabled by ann: frozen"
    published = run.stage("n1")
    assert published["status"] == "TERMINAL"
    assert published["context"]["notAdmitted"] == NO["reason"]
    assert published["error"]["message"] == run.errors["n1"]


def test_a_run_of_which_nothing_was_admitted_fails(serve: Callable[[Any], Server]) -> None:
    server = serve(NO)
    run = managed(noop("1", **POLICIES["halt the branch"])).go()

    assert run.states == {"stage-1": "failed", "verdict": "failed"}
    assert len(server.asked) == 1  # the verdict does not ask


def test_a_server_that_is_away_fails_the_stage_as_any_fault_does(serve: Callable[[Any], Server]) -> None:
    serve(Temporary("the API server did not answer in time"))
    run = managed(noop("1", retries={"count": 1}))
    run.execute(run.dag.task_dict["stage-1"], should_retry=True)
    assert run.states["stage-1"] == "up_for_retry"

    run.execute(run.dag.task_dict["stage-1"])
    assert run.states["stage-1"] == "failed"
    assert "did not answer" in run.errors["n1"]
