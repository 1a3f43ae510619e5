from typing import Any

import pytest

from tests.stages.harness import Run, pipeline


def check(*preconditions: dict[str, Any], **fields: Any) -> Run:
    stage = {"type": "checkPreconditions", "name": "gate", "preconditions": list(preconditions), **fields}
    return Run(pipeline({"type": "noop", "name": "build"}, stage), conf={"env": "prod"}).go()


def expression(text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "expression", "context": {"expression": text, **fields}}


@pytest.mark.parametrize(
    "text",
    [
        "parameters.env == 'prod'",
        "${parameters.env == 'prod'}",
        "true",
        "#stage('build').status == 'SUCCEEDED'",
    ],
)
def test_what_holds_lets_the_pipeline_go_on(text: str) -> None:
    assert check(expression(text)).status("gate") == "SUCCEEDED"


@pytest.mark.parametrize("text", ["parameters.env == 'test'", "parameters.missing.x()", "1 +", "'yes'"])
def test_what_does_not_hold_fails_the_stage(text: str) -> None:
    run = check(expression(text))

    assert run.status("gate") == "TERMINAL"
    assert text in run.errors["gate"]


def test_the_message_of_a_failure_may_use_expressions() -> None:
    run = check(expression("false", failureMessage="not in ${parameters.env}"))

    assert run.errors["gate"] == "not in prod"


def test_the_status_of_a_stage_is_compared() -> None:
    right = {"type": "stageStatus", "context": {"stageName": "build", "stageStatus": "SUCCEEDED"}}
    wrong = {"type": "stageStatus", "context": {"stageName": "build", "stageStatus": "TERMINAL"}}

    assert check(right).status("gate") == "SUCCEEDED"
    assert "expected TERMINAL" in check(wrong).errors["gate"]


def test_a_precondition_may_halt_only_its_branch() -> None:
    run = check({**expression("false"), "failPipeline": False})

    assert run.status("gate") == "STOPPED"
    assert run.stage("gate")["context"]["failurePolicy"] == "halt-branch"
    assert run.states["verdict"] == "success"


def test_the_worst_of_several_failures_decides() -> None:
    run = check(
        {**expression("false"), "failPipeline": False}, {**expression("1 == 2"), "failPipeline": True}
    )

    assert run.status("gate") == "TERMINAL"
    assert run.states["verdict"] == "failed"


def test_a_precondition_that_would_end_the_pipeline_is_subject_to_the_stage() -> None:
    run = check({**expression("false"), "failPipeline": True}, failPipeline=False)

    assert run.status("gate") == "STOPPED"


def test_an_ignored_failure_lets_the_pipeline_go_on() -> None:
    run = check({**expression("false"), "failPipeline": True}, failPipeline=False, continuePipeline=True)

    assert run.status("gate") == "FAILED_CONTINUE"


def test_an_unknown_kind_of_precondition_fails_and_is_named() -> None:
    assert "'clusterSize'" in check({"type": "clusterSize", "context": {}}).errors["gate"]
