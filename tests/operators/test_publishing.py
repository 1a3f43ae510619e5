"""How an outcome is kept, and what becomes of one that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gennaker.operators import _run
from gennaker.operators._outcome import Result, failure
from gennaker.operators._run import StageRun
from gennaker.operators.noop import NoopOperator
from gennaker.settings import Settings
from gennaker.spec.model import FailurePolicy
from tests.stages.harness import Run, Ti, pipeline

Works = Callable[[Callable[[StageRun], Result]], None]


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Works:
    """Give `noop` some work to do."""

    def give(work: Callable[[StageRun], Result]) -> None:
        monkeypatch.setattr(NoopOperator, "work", lambda _, run: work(run))

    return give


def executed(**fields: Any) -> Run:
    """Run a pipeline of the one stage `a`, which may be tried again."""
    result = Run(pipeline({"type": "noop", "name": "a", **fields}))
    result.execute(result.dag.task_dict["stage-0"], should_retry=True)
    return result


def limited(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Let the administrator allow so many bytes of outputs."""
    monkeypatch.setattr(_run, "from_airflow", lambda: Settings(max_outputs_bytes=limit))


@pytest.mark.parametrize(
    ("options", "state", "status"),
    [
        ({}, "failed", "TERMINAL"),
        ({"continuePipeline": True, "failPipeline": False}, "skipped", "FAILED_CONTINUE"),
    ],
)
def test_outputs_above_the_limit_fail_it(
    works: Works, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], state: str, status: str
) -> None:
    limited(monkeypatch, 1024)
    works(lambda _: Result(outputs={"small": 1, "log": "x" * 2000}, context={"log": "x" * 2000}))
    ran = executed(**options)

    assert ran.states["stage-0"] == state
    outcome = ran.stage("a")
    assert (outcome["status"], outcome["outputs"], outcome["context"]) == (status, {}, {})
    assert outcome["error"]["message"] == (
        "the stage's outputs are 2,023 bytes of JSON, the limit is 1,024 (the largest is 'log' with 2,002)"
        " (leave less behind, or raise [gennaker] max_outputs_bytes)"
    )


def test_outputs_at_the_limit_are_left_behind(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 1024)
    # {"a": "…"} around 338 characters of three bytes each.
    works(lambda _: Result(outputs={"a": "\u6d41" * 338}))

    assert executed().status("a") == "SUCCEEDED"


def test_outputs_that_are_no_json_are_a_failure_that_says_so(works: Works) -> None:
    endless: dict[str, Any] = {}
    endless["self"] = endless
    works(lambda _: Result(outputs=endless))
    ran = executed()

    assert ran.states["stage-0"] == "failed"
    assert ran.stage("a")["status"] == "TERMINAL"
    assert "Circular reference" in ran.stage("a")["error"]["message"]


def test_an_outcome_that_airflow_refuses_is_published_bare(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Ti.xcom_push

    def refuse(ti: Ti, key: str, value: Any) -> None:
        if value["context"].get("note"):
            raise RuntimeError("no such character")
        keep(ti, key, value)

    monkeypatch.setattr(Ti, "xcom_push", refuse)
    works(
        lambda _: failure("it broke", final=True, context={"note": "odd"}, policy=FailurePolicy.HALT_BRANCH)
    )
    ran = executed()

    outcome = ran.stage("a")
    assert (outcome["status"], outcome["context"]) == ("STOPPED", {"failurePolicy": "halt-branch"})
    assert ran.errors["a"] == "it broke; its outcome could not be kept: RuntimeError: no such character"
