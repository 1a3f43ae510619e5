from typing import Any

import pytest

from tests.stages.harness import Run, pipeline


def monitor(states: list[str], **fields: Any) -> Run:
    stage = {"type": "monitorPipeline", "name": "watch", "executionIds": ["a.b/r1", "a.c/r2"], **fields}
    return Run(pipeline(stage), answers={"watch": lambda _: {"states": states}}).go()


def test_it_waits_for_every_run() -> None:
    run = monitor(["success", "success"])

    assert run.waits["watch"].trigger.runs == [["a.b", "r1"], ["a.c", "r2"]]
    assert run.waits["watch"].trigger.cancel is False
    assert run.stage("watch")["outputs"]["executions"] == {"a.b/r1": "success", "a.c/r2": "success"}


def test_a_failed_run_fails_it_and_is_named() -> None:
    run = monitor(["success", "failed"])

    assert run.status("watch") == "TERMINAL"
    assert run.errors["watch"] == "failed: a.c/r2"


@pytest.mark.parametrize(("behavior", "fail_fast"), [("FailFast", True), ("WaitForAllToComplete", False)])
def test_it_may_end_at_the_first_failure(behavior: str, fail_fast: bool) -> None:
    assert (
        monitor(["failed", "running"], monitorBehavior=behavior).waits["watch"].trigger.fail_fast is fail_fast
    )


def test_an_id_that_names_no_run_is_refused() -> None:
    assert "dag_id/run_id" in monitor([], executionIds=["01ABC"]).errors["watch"]
