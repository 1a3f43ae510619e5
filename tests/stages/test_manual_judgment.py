from typing import Any

import pytest

from tests.stages.harness import Run, pipeline


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect the questions that would be written through the execution API."""
    questions: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "airflow.providers.standard.operators.hitl.upsert_hitl_detail",
        lambda **question: questions.append(question),
    )
    return questions


def judge(option: str, *, by: str = "ann", **inputs: Any) -> Any:
    return lambda _: {
        "chosen_options": [option],
        "params_input": inputs,
        "responded_at": "2026-01-01T00:00:00Z",
        "responded_by_user": {"id": "7", "name": by},
    }


def judgment(**fields: Any) -> dict[str, Any]:
    use = {
        "type": "evaluateVariables",
        "name": "use",
        "variables": [{"key": "x", "value": "${#judgment('ask')}"}],
    }
    return pipeline({"type": "manualJudgment", "name": "ask", **fields}, use)


def test_it_waits_in_required_actions_with_its_evaluated_question(asked: list[dict[str, Any]]) -> None:
    document = judgment(
        instructions="Deploy ${parameters.tag}?", judgmentInputs=[{"value": "blue"}, {"value": "green"}]
    )
    run = Run(document, conf={"tag": "v7"}).go()

    assert run.states["stage-0"] == "awaiting_input"
    assert run.status("ask") == "RUNNING"
    (question,) = asked
    assert question["body"] == "Deploy v7?"
    assert question["options"] == ["Continue", "Stop"]
    assert question["params"]["judgmentInput"]["schema"]["enum"] == ["blue", "green"]
    assert 72 * 3600 - 60 < run.waits["ask"].timeout.total_seconds() <= 72 * 3600


def test_continue_goes_on_and_later_stages_see_the_choice(asked: list[dict[str, Any]]) -> None:
    document = judgment(judgmentInputs=[{"value": "blue"}, {"value": "green"}])
    run = Run(document, answers={"ask": judge("Continue", judgmentInput="green")}).go()

    assert run.status("ask") == "SUCCEEDED"
    assert run.stage("ask")["context"]["lastModifiedBy"] == "ann"
    assert run.stage("use")["outputs"] == {"x": "green"}


def test_stop_fails_the_stage_and_names_who_stopped(asked: list[dict[str, Any]]) -> None:
    run = Run(judgment(), answers={"ask": judge("Stop")}).go()

    assert run.status("ask") == "TERMINAL"
    assert run.errors["ask"] == "ann stopped here"


def test_a_stop_that_is_ignored_goes_on(asked: list[dict[str, Any]]) -> None:
    run = Run(judgment(failPipeline=False, continuePipeline=True), answers={"ask": judge("Stop")}).go()

    assert run.status("ask") == "FAILED_CONTINUE"
    assert run.states["stage-1"] == "success"


def test_nobody_in_time_is_a_failure(asked: list[dict[str, Any]]) -> None:
    run = Run(
        judgment(stageTimeoutMs=60_000),
        answers={"ask": lambda _: {"error": "passed", "error_type": "timeout"}},
    ).go()

    assert run.waits["ask"].timeout.total_seconds() <= 60
    assert run.status("ask") == "TERMINAL"
    assert run.errors["ask"] == "nobody judged in time"


def in_turn(*answers: Any) -> Any:
    """Answer the question each time it is asked."""
    waiting = iter(answers)
    return lambda wait: next(waiting)(wait)  # noqa: PLW0108 - each time the next one


def test_an_answer_of_somebody_who_is_no_approver_does_not_count(asked: list[dict[str, Any]]) -> None:
    answers = in_turn(judge("Continue", by="eve"), judge("Continue", by="bob"))
    run = Run(judgment(approval={"approvers": ["bob"]}), answers={"ask": answers}).go()

    assert len(asked) == 2
    assert run.stage("ask")["context"]["lastModifiedBy"] == "bob"


def test_whoever_started_the_run_may_be_kept_from_judging_it(asked: list[dict[str, Any]]) -> None:
    answers = in_turn(judge("Continue", by="ann"), judge("Continue", by="bob"))
    run = Run(judgment(preventSelfApproval=True), answers={"ask": answers}).go()

    assert run.stage("ask")["context"]["approvedBy"] == ["bob"]


def test_a_quorum_needs_different_people(asked: list[dict[str, Any]]) -> None:
    answers = in_turn(*(judge("Continue", by=name) for name in ("ann", "ann", "bob")))
    run = Run(judgment(approval={"quorum": 2}), answers={"ask": answers}).go()

    assert len(asked) == 3
    assert run.stage("ask")["context"]["approvedBy"] == ["ann", "bob"]


def test_all_in_order_is_all_in_order(asked: list[dict[str, Any]]) -> None:
    rule = {"approvers": ["bob", "ann"], "mode": "sequential"}
    answers = in_turn(*(judge("Continue", by=name) for name in ("ann", "bob", "ann")))
    run = Run(judgment(approval=rule), answers={"ask": answers}).go()

    assert run.stage("ask")["context"]["approvedBy"] == ["bob", "ann"]


def test_one_stop_is_enough(asked: list[dict[str, Any]]) -> None:
    answers = in_turn(judge("Continue", by="ann"), judge("Stop", by="bob"))
    run = Run(judgment(approval={"quorum": 2}), answers={"ask": answers}).go()

    assert run.errors["ask"] == "bob stopped here"
