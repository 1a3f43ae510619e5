from typing import Any

import pytest

from gennaker.operators._children import RunsTrigger
from tests.stages.harness import Run, pipeline


class Directory:
    """Two applications with one pipeline each."""

    def dag_id(self, application: str, name: str) -> str | None:
        return {("app", "child"): "app.child", ("other", "far"): "other.far", ("app", "me"): "app.test"}.get(
            (application, name)
        )

    def pipeline_id(self, name: str, application: str) -> str | None:
        return self.dag_id(application, name)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """Collect the runs that would be started through the execution API."""
    runs: list[tuple[str, str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "gennaker.operators.pipeline.start_run",
        lambda dag, run, *, conf, note: runs.append((dag, run, dict(conf))),
    )
    return runs


def call(**fields: Any) -> dict[str, Any]:
    return pipeline({"type": "pipeline", "name": "call", **fields})


def test_it_starts_the_child_with_evaluated_parameters_and_waits(started: list[Any]) -> None:
    document = call(
        application="other", pipeline="far", pipelineParameters={"tag": "${parameters.tag}", "n": 1}
    )
    run = Run(document, conf={"tag": "v7"}, directory=Directory()).go()

    ((dag_id, run_id, conf),) = started
    assert (dag_id, conf) == ("other.far", {"tag": "v7", "n": 1})
    assert run.states == {"stage-0": "deferred"}
    assert run.waits["call"].trigger.runs == [["other.far", run_id]]
    assert run.waits["call"].trigger.cancel is True
    assert run.xcoms["stage-0", "gennaker_child"]["runId"] == run_id


def test_without_waiting_it_succeeds_as_soon_as_the_child_is_started(started: list[Any]) -> None:
    run = Run(call(pipeline="child", waitForCompletion=False), directory=Directory()).go()

    assert run.states == {"stage-0": "success"}
    assert run.stage("call")["outputs"]["executionId"] == f"app.child/{started[0][1]}"


def test_the_child_s_success_and_failure_are_the_stage_s(started: list[Any]) -> None:
    def end(state: str) -> Run:
        answers = {"call": lambda _: {"states": [state]}}
        return Run(call(pipeline="child"), answers=answers, directory=Directory()).go()

    assert end("success").status("call") == "SUCCEEDED"
    assert end("failed").status("call") == "TERMINAL"
    assert "child pipeline failed" in end("failed").errors["call"]


def test_a_child_that_is_not_there_is_named(started: list[Any]) -> None:
    run = Run(call(pipeline="nobody"), directory=Directory()).go()

    assert "'nobody'" in run.errors["call"]
    assert started == []


def test_a_pipeline_cannot_wait_for_itself(started: list[Any]) -> None:
    assert "itself" in Run(call(pipeline="me"), directory=Directory()).go().errors["call"]


def test_a_person_may_skip_it(started: list[Any]) -> None:
    answers = {"call": lambda _: {"skipped": True, "by": "ann"}}
    run = Run(call(pipeline="child", skippable=True), answers=answers, directory=Directory()).go()

    assert run.status("call") == "SKIPPED"


def test_a_stage_that_is_not_skippable_goes_on_waiting(started: list[Any]) -> None:
    events = iter([{"skipped": True, "by": "ann"}, {"states": ["success"]}])
    run = Run(call(pipeline="child"), answers={"call": lambda _: next(events)}, directory=Directory()).go()

    assert run.status("call") == "SUCCEEDED"


def test_the_trigger_can_be_built_again_from_what_it_writes_down() -> None:
    trigger = RunsTrigger(
        [["app.child", "r1"]], deadline="2026-01-01T00:00:00+00:00", fail_fast=True, cancel=True
    )
    path, arguments = trigger.serialize()

    assert path == f"{RunsTrigger.__module__}.{RunsTrigger.__qualname__}"
    assert RunsTrigger(**arguments).serialize()[1] == arguments
