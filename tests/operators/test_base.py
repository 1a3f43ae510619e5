"""What every stage does around its work, tried with the `noop` stage and work of the test's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred

from gennaker.errors import StageFailed, Temporary
from gennaker.operators import _base
from gennaker.operators._outcome import Result, Status, failure
from gennaker.operators._run import StageRun
from gennaker.operators._triggers import UntilTrigger
from gennaker.operators.noop import NoopOperator
from tests.stages.harness import Run, pipeline

Work = Callable[[StageRun], Result]
Works = Callable[[Work], None]


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Works:
    """Give `noop` some work to do."""

    def give(work: Work) -> None:
        monkeypatch.setattr(NoopOperator, "work", lambda _, run: work(run))

    return give


@pytest.fixture
def halts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the stages that halt the pipeline, with the reason; no server hears them."""
    heard: list[tuple[str, str]] = []

    def hear(run: StageRun, *, reason: str) -> None:
        heard.append((run.operator.node.name, reason))

    monkeypatch.setattr(_base, "halt_pipeline", hear)
    return heard


def run(should_retry: bool = False, conf: dict[str, Any] | None = None, **fields: Any) -> Run:
    """Run a pipeline of the one stage `a`."""
    result = Run(pipeline({"type": "noop", "name": "a", **fields}), conf=conf)
    result.execute(result.dag.task_dict["stage-0"], should_retry=should_retry)
    return result


def fail(_: StageRun) -> Result:
    return failure("it broke")


# ---- whether it runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression", ["", "  ", "true", "1 == 1", "${ true }", "'TRUE'", "parameters.env == 'prod'"]
)
def test_it_runs_where_its_condition_holds_or_is_empty(expression: str) -> None:
    result = run(conf={"env": "prod"}, stageEnabled={"type": "expression", "expression": expression})

    assert result.status("a") == "SUCCEEDED"


@pytest.mark.parametrize(
    "expression",
    ["false", "1 == 2", "${ false }", "'no'", "1", "nothing.at.all", "1 +", "parameters.env.x()"],
)
def test_it_is_skipped_where_its_condition_gives_anything_else(expression: str) -> None:
    result = run(conf={"env": "prod"}, stageEnabled={"type": "expression", "expression": expression})

    assert result.states["stage-0"] == "skipped"
    assert result.status("a") == "SKIPPED"
    assert expression in result.stage("a")["context"]["skipReason"]


@pytest.mark.parametrize("condition", [None, {}, {"type": "artifact", "expression": "false"}])
def test_a_condition_that_is_no_expression_does_not_count(condition: Any) -> None:
    assert run(stageEnabled=condition).status("a") == "SUCCEEDED"


def test_it_is_skipped_when_it_is_reached_too_late() -> None:
    late = (datetime.now(UTC) - timedelta(minutes=1)).timestamp() * 1000
    early = (datetime.now(UTC) + timedelta(minutes=1)).timestamp() * 1000

    assert run(startTimeExpiry=late).status("a") == "SKIPPED"
    assert run(startTimeExpiry=early).status("a") == "SUCCEEDED"


def test_a_stage_that_is_skipped_evaluates_nothing_else(works: Works) -> None:
    works(lambda _: pytest.fail("it worked"))
    result = run(
        stageEnabled={"type": "expression", "expression": "false"},
        comments="${ nothing }",
        failOnFailedExpressions=True,
    )

    assert result.status("a") == "SKIPPED"


# ---- its execution window ------------------------------------------------------------------------------

SHUT_FOR_EVER = {"days": [8]}


def open_in(minutes: int) -> dict[str, Any]:
    """Return a window of ten minutes that opens in some minutes."""
    opens = datetime.now(UTC) + timedelta(minutes=minutes)
    closes = opens + timedelta(minutes=10)
    start = {"startHour": opens.hour, "startMin": opens.minute}
    end = {"endHour": closes.hour, "endMin": closes.minute}
    return {"whitelist": [start | end], "timezone": "UTC"}


def test_it_waits_for_its_window_without_a_worker(works: Works) -> None:
    works(lambda _: pytest.fail("it worked"))
    result = run(restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow=open_in(30))
    wait = result.waits["a"]

    assert isinstance(wait, TaskDeferred)
    assert isinstance(wait.trigger, UntilTrigger)
    until = datetime.fromisoformat(wait.trigger.moment) - datetime.now(UTC)
    assert timedelta(minutes=28) < until <= timedelta(minutes=30)
    assert result.status("a") == "RUNNING"


def test_it_works_when_its_window_opens() -> None:
    fields = {"restrictExecutionDuringTimeWindow": True, "restrictedExecutionWindow": open_in(30)}
    stage = {"type": "noop", "name": "a", "comments": "${ 1 + 1 }", **fields}
    result = Run(pipeline(stage), answers={"a": lambda _: {"at": "now"}}).go()

    assert result.status("a") == "SUCCEEDED"
    assert str(result.stage("a")["context"]["comments"]) == "2"


@pytest.mark.parametrize("restricts", [False, "true", None])
def test_a_window_counts_only_where_it_is_switched_on(restricts: Any) -> None:
    result = run(restrictExecutionDuringTimeWindow=restricts, restrictedExecutionWindow=open_in(30))

    assert result.status("a") == "SUCCEEDED"


def test_it_works_at_once_in_an_open_window() -> None:
    result = run(restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow=open_in(-5))

    assert result.status("a") == "SUCCEEDED"


def test_jitter_counts_in_an_open_window_too() -> None:
    jitter = {"enabled": True, "minDelay": 60, "maxDelay": 120}
    window = {**open_in(-5), "jitter": jitter}
    result = run(restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow=window)

    assert "a" in result.waits


def test_a_window_may_hold_expressions_elsewhere_in_the_stage_and_nulls() -> None:
    window = {**open_in(-5), "days": None, "jitter": None}
    stage = {"type": "wait", "name": "a", "waitTime": "${ 1 - 1 }", "sendNotifications": None}
    fields = {"restrictExecutionDuringTimeWindow": True, "restrictedExecutionWindow": window}
    result = Run(pipeline({**stage, **fields})).go()

    assert result.status("a") == "SUCCEEDED"


def test_a_window_without_a_zone_has_airflows() -> None:
    window = {key: value for key, value in open_in(30).items() if key != "timezone"}
    result = run(restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow=window)

    assert "a" in result.waits


def test_a_window_that_never_opens_fails_it() -> None:
    result = run(restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow=SHUT_FOR_EVER)

    assert result.status("a") == "TERMINAL"
    assert "never opens" in result.errors["a"]


# ---- its expressions -----------------------------------------------------------------------------------


def test_it_works_with_evaluated_values(works: Works) -> None:
    works(lambda run: Result(outputs={"seen": run.inputs["comments"]}))

    assert run(conf={"env": "prod"}, comments="to ${ parameters.env }").stage("a")["outputs"] == {
        "seen": "to prod"
    }


@pytest.mark.parametrize("strict", [False, None, "false"])
def test_an_expression_that_fails_stays_as_it_is(strict: Any) -> None:
    result = run(comments="${ nothing.here }", failOnFailedExpressions=strict)

    assert result.status("a") == "SUCCEEDED"
    assert result.stage("a")["context"]["comments"] == "${ nothing.here }"


@pytest.mark.parametrize("strict", [True, "true"])
def test_an_expression_that_fails_may_fail_the_stage(works: Works, strict: Any) -> None:
    works(lambda _: pytest.fail("it worked"))
    result = run(comments="${ nothing.here }", failOnFailedExpressions=strict, should_retry=True)

    assert result.states["stage-0"] == "failed"
    assert "nothing.here" in result.errors["a"]
    (problem,) = result.stage("a")["context"]["expressionEvaluationSummary"]
    assert problem["path"] == "$.comments"


def test_values_of_the_wrong_kind_fail_it_for_good(works: Works) -> None:
    works(lambda _: pytest.fail("it worked"))
    result = run(stageTimeoutMs="${ 'soon' }", should_retry=True)

    assert result.states["stage-0"] == "failed"
    assert "stageTimeoutMs" in result.errors["a"]


@pytest.mark.parametrize("key", ["sendNotifications", "stageTimeoutMs", "retries", "failOnFailedExpressions"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_empty_text_are_no_values(key: str, nothing: Any) -> None:
    assert run(**{key: nothing}).status("a") == "SUCCEEDED"


def test_null_is_no_value_for_what_a_stage_needs() -> None:
    result = Run(pipeline({"type": "airflow", "name": "a", "operator": "${ null }"})).go()

    assert result.status("a") == "TERMINAL"


# ---- its time ------------------------------------------------------------------------------------------


def dawdle(_: StageRun) -> Result:
    time.sleep(10)
    return Result()


def test_work_that_takes_too_long_is_interrupted_and_fails(works: Works) -> None:
    works(dawdle)
    before = time.monotonic()
    result = run(stageTimeoutMs=500, should_retry=True)

    assert time.monotonic() - before < 5
    assert result.states["stage-0"] == "failed"
    assert result.stage("a")["context"]["timedOut"] is True


def test_work_that_takes_too_long_may_count_as_success(works: Works) -> None:
    works(dawdle)

    assert run(stageTimeoutMs=500, markSuccessfulOnTimeout=True).status("a") == "SUCCEEDED"


def test_what_it_started_elsewhere_is_stopped_when_its_time_is_over(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    monkeypatch.setattr(NoopOperator, "on_timeout", lambda _, run: stopped.append(run.operator.node.name))
    works(dawdle)
    run(stageTimeoutMs=500)

    assert stopped == ["a"]


def test_trouble_with_stopping_it_is_an_outcome_too(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: NoopOperator, run: StageRun) -> None:
        raise ConnectionError("nobody listens")

    monkeypatch.setattr(NoopOperator, "on_timeout", refuse)
    works(dawdle)
    result = run(stageTimeoutMs=500, continuePipeline=True)

    assert result.status("a") == "FAILED_CONTINUE"
    assert "nobody listens" in result.errors["a"]


# ---- how it ends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "status", "state"),
    [
        ({}, "TERMINAL", "failed"),
        ({"failPipeline": False}, "STOPPED", "failed"),
        ({"failPipeline": False, "completeOtherBranchesThenFail": True}, "STOPPED", "failed"),
        ({"continuePipeline": True}, "FAILED_CONTINUE", "skipped"),
    ],
)
def test_a_failure_means_what_its_failure_option_says(
    works: Works, options: dict[str, Any], status: str, state: str
) -> None:
    works(fail)
    result = run(**options)

    assert (result.status("a"), result.states["stage-0"]) == (status, state)
    assert result.stage("a")["error"] == {"message": "it broke"}
    assert result.errors["a"] == "it broke"


@pytest.mark.parametrize(
    "error",
    [
        StageFailed("it broke"),
        Temporary("it broke"),
        AirflowFailException("it broke"),
        ValueError("it broke"),
        KeyError("it broke"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_its_work_raises_is_a_failure(works: Works, error: Exception) -> None:
    def work(_: StageRun) -> Result:
        raise error

    works(work)
    result = run(continuePipeline=True)

    assert result.status("a") == "FAILED_CONTINUE"
    assert "it broke" in result.errors["a"]


def test_work_may_skip_itself(works: Works) -> None:
    def work(_: StageRun) -> Result:
        raise AirflowSkipException("nothing to do")

    works(work)
    result = run()

    assert (result.status("a"), result.states["stage-0"]) == ("SKIPPED", "skipped")


def test_canceled_work_is_a_failure(works: Works) -> None:
    works(lambda _: Result(status=Status.CANCELED, error="somebody canceled it"))

    assert run(failPipeline=False).status("a") == "STOPPED"


def test_outputs_and_context_are_published_with_the_times_and_the_try() -> None:
    result = run(comments="hello")
    published = result.stage("a")

    assert published["context"]["comments"] == "hello"
    assert published["startTime"] <= published["endTime"]
    assert published["error"] is None
    assert published["tiId"]


# ---- retries -------------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_while_tries_are_left(works: Works, halts: list[Any]) -> None:
    works(fail)
    result = run(should_retry=True, continuePipeline=True)

    assert result.states["stage-0"] == "up_for_retry"
    assert result.status("a") is None
    assert halts == []


@pytest.mark.parametrize(
    "work",
    [
        lambda _: failure("no use", final=True),
        lambda _: (_ for _ in ()).throw(AirflowFailException("no use")),
    ],
    ids=["final result", "AirflowFailException"],
)
def test_a_failure_that_is_final_is_not_tried_again(works: Works, work: Work) -> None:
    works(work)
    result = run(should_retry=True)

    assert result.states["stage-0"] == "failed"
    assert result.status("a") == "TERMINAL"


# ---- halting -------------------------------------------------------------------------------------------


def beside(**fields: Any) -> Run:
    """Run the stage `a` of a pipeline in which `b` runs beside it."""
    a = {"type": "noop", "name": "a", "refId": "a", **fields}
    result = Run(pipeline(a, {"type": "noop", "name": "b", "refId": "b"}))
    result.execute(result.dag.task_dict["stage-a"])
    return result


def test_halting_the_pipeline_tells_the_server_why(works: Works, halts: list[tuple[str, str]]) -> None:
    works(fail)
    result = beside()

    assert halts == [("a", "it broke")]
    assert result.status("a") == "TERMINAL"


@pytest.mark.parametrize(
    "options",
    [
        {"failPipeline": False},
        {"failPipeline": False, "completeOtherBranchesThenFail": True},
        {"continuePipeline": True},
    ],
)
def test_no_other_failure_option_halts(works: Works, halts: list[Any], options: dict[str, Any]) -> None:
    works(fail)
    beside(**options)

    assert halts == []


def test_success_does_not_halt(halts: list[Any]) -> None:
    beside()

    assert halts == []


def test_a_stage_with_nothing_beside_it_asks_nobody(works: Works, halts: list[Any]) -> None:
    works(fail)
    result = run()

    assert halts == []
    assert result.status("a") == "TERMINAL"


def test_the_outcome_is_published_before_anybody_is_halted(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def hear(run: StageRun, *, reason: str) -> None:
        seen.append(run.ti.run.xcoms[run.ti.task_id, "stage"]["status"])

    monkeypatch.setattr(_base, "halt_pipeline", hear)
    works(fail)
    beside()

    assert seen == ["TERMINAL"]


def test_a_wait_that_breaks_is_a_failure_of_the_stage() -> None:
    result = Run(pipeline({"type": "wait", "name": "a", "waitTime": 3600, "continuePipeline": True}))
    task: Any = result.dag.task_dict["stage-0"]
    result.execute(task)
    assert result.states["stage-0"] == "deferred"

    def broken(context: Any) -> None:
        task.resume_execution("__fail__", {"error": "TriggerFailure", "traceback": ["boom"]}, context)

    task.execute = broken
    result.execute(task)

    assert result.status("a") == "FAILED_CONTINUE"
    assert "the wait for the stage broke" in result.errors["a"]
