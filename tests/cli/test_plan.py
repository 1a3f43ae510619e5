"""The dry run as a command: its flags, its words, its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import HALT_BRANCH_THEN_FAIL, IGNORE, Command, Write, stage


def plan(gennaker: Command, path: Path, *arguments: object) -> Any:
    ran = gennaker("plan", path, *arguments, "-o", "json")
    [planned] = ran.json
    return planned


def of(planned: Any, ref: str) -> Any:
    return next(found for found in planned["stages"] if found["refId"] == ref)


def variables(**values: Any) -> dict[str, Any]:
    return {"variables": [{"key": key, "value": value} for key, value in values.items()]}


def test_json_has_everything_about_the_run(gennaker: Command, write: Write) -> None:
    planned = plan(gennaker, write([stage("1", "wait", waitTime=5), stage("2", after="1")]))
    assert planned["ok"] is True
    assert planned["problems"] == []
    assert planned["dag_id"] == "shop.deploy"
    assert planned["order"] == ["1", "2"]
    assert planned["canceled"] == []
    assert planned["parameters"] == {}
    assert planned["trigger"]["type"] == "manual"
    assert planned["verdict"]["status"] == "SUCCEEDED"
    assert of(planned, "2")["starts"] == 5.0
    assert of(planned, "1").keys() >= {
        "refId", "name", "type", "task_id", "status", "assumed", "reason", "starts", "ends",
        "inputs", "outputs", "failed_expressions", "asks", "notes",
    }  # fmt: skip


def test_parameters_come_from_defaults_and_the_command_line(gennaker: Command, write: Write) -> None:
    path = write(
        [stage("1", "evaluateVariables", **variables(image="${parameters.repo}:${parameters.tag}"))],
        parameterConfig=[{"name": "repo", "default": "web"}, {"name": "tag", "default": "latest"}],
    )
    planned = plan(gennaker, path, "--param", "tag=v=2", "-p", "extra=1")
    assert of(planned, "1")["outputs"] == {"image": "web:v=2"}
    assert planned["parameters"] == {"repo": "web", "tag": "v=2", "extra": "1"}
    assert planned["notes"] == ["parameter 'extra' is not declared; expressions see it all the same"]


def test_a_start_that_would_be_refused_is_refused(gennaker: Command, write: Write) -> None:
    size = {"name": "size", "type": "choice", "hasOptions": True, "options": ["S", "L"]}
    path = write([stage("1")], parameterConfig=[size])
    ran = gennaker("plan", path, "--param", "size=XL")
    assert ran.status == 1
    assert "no run could start" in ran.out
    assert "invalid-parameter" in ran.out
    assert "'XL' is not one of" in ran.out
    assert gennaker("plan", path, "--param", "size=L").status == 0
    needed = write([stage("1")], parameterConfig=[{"name": "image", "type": "string", "required": True}])
    assert "parameter 'image': it has no default, so a start must give it" in gennaker("plan", needed).out


def test_secrets_are_masked(gennaker: Command, write: Write) -> None:
    path = write(
        [stage("1", "evaluateVariables", **variables(a="${parameters.key}")), stage("2", password="hunter2")],
        parameterConfig=[{"name": "key", "type": "secret", "default": "conn:registry"}],
    )
    planned = plan(gennaker, path)
    assert of(planned, "1")["outputs"] == {"a": "***"}
    assert of(planned, "2")["inputs"]["password"] == "***"
    assert planned["parameters"] == {"key": "conn:registry"}


def test_a_trigger_is_an_object_with_a_type(gennaker: Command, write: Write, tmp_path: Path) -> None:
    path = write(
        [stage("1", "evaluateVariables", **variables(a="${trigger.tag} ${trigger.type} ${parameters.p}"))]
    )
    trigger = tmp_path / "trigger.json"
    trigger.write_text(json.dumps({"type": "docker", "tag": "v7", "parameters": {"p": "from the trigger"}}))
    assert of(plan(gennaker, path, "--trigger", trigger), "1")["outputs"]["a"] == "v7 docker from the trigger"
    planned = plan(gennaker, path, "--trigger", trigger, "--param", "p=mine")
    assert of(planned, "1")["outputs"]["a"] == "v7 docker mine"


def test_any_other_object_is_the_payload_of_a_webhook(gennaker: Command, write: Write) -> None:
    text = "${trigger.payload.ref} ${trigger.type} ${parameters.p} ${trigger.artifacts[0].name}"
    path = write([stage("1", "evaluateVariables", **variables(a=text))])
    payload = {"ref": "main", "parameters": {"p": 1}, "artifacts": [{"name": "web"}]}
    planned = plan(gennaker, path, "--trigger", json.dumps(payload))
    assert of(planned, "1")["outputs"]["a"] == "main webhook 1 web"


def test_a_failed_expression_is_shown_with_its_place(gennaker: Command, write: Write) -> None:
    path = write([stage("1", comments="see ${parameters.none.x}")])
    [failed] = of(plan(gennaker, path), "1")["failed_expressions"]
    assert failed["path"] == "$.comments"
    assert failed["expression"] == "parameters.none.x"
    assert failed["position"] == 22
    out = gennaker("plan", path).out
    assert "failed: $.comments, character 23: parameters.none.x: 'x' cannot be read from null" in out
    assert "SUCCEEDED" in out


def test_a_failed_expression_fails_a_strict_stage(gennaker: Command, write: Write) -> None:
    path = write([stage("1", comments="${parameters.none.x}", failOnFailedExpressions=True)])
    found = of(plan(gennaker, path), "1")
    assert found["status"] == "TERMINAL"
    assert "expression 'parameters.none.x' failed" in found["reason"]


def test_a_condition_is_shown_with_its_value(gennaker: Command, write: Write) -> None:
    def condition(text: str) -> dict[str, Any]:
        return {"stageEnabled": {"type": "expression", "expression": text}}

    path = write(
        [
            stage("1", **condition("parameters.env == 'prod'")),
            stage("2", after="1", **condition("parameters.env")),
            stage("3", **condition("parameters.env == 'dev'")),
            stage("4", **condition("parameters.none.x")),
        ],
        parameterConfig=[{"name": "env", "default": "dev"}],
    )
    planned = plan(gennaker, path, "--param", "env=dev")
    assert of(planned, "1")["reason"] == "the condition \"parameters.env == 'prod'\" is false"
    assert (
        of(planned, "2")["reason"]
        == "the condition 'parameters.env' gave 'dev', which is neither true nor false"
    )
    assert of(planned, "3")["status"] == "SUCCEEDED"
    assert "the condition 'parameters.none.x' could not be evaluated: 'x'" in of(planned, "4")["reason"]


def test_the_judges_are_named(gennaker: Command, write: Write) -> None:
    approval = {"approvers": ["ann", "bob"], "groups": ["sre"], "quorum": 2, "preventSelfApproval": True}
    path = write(
        [
            stage(
                "1",
                "manualJudgment",
                instructions="Release ${parameters.tag}?",
                judgmentInputs=[{"value": "blue"}, {"value": "green"}],
                selectedStageRoles=["ops"],
                approval=approval,
            ),
            stage("2", "evaluateVariables", "1", **variables(colour="${#judgment('Stage 1')}")),
        ]
    )
    planned = plan(gennaker, path, "--param", "tag=v1", "--judge", "Stage 1=green")
    asks = of(planned, "1")["asks"]
    assert asks == {
        "instructions": "Release v1?",
        "inputs": ["blue", "green"],
        "approvers": ["ann", "bob"],
        "groups": ["sre"],
        "roles": ["ops"],
        "quorum": 2,
        "mode": "any",
        "prevent_self_approval": True,
        "waits_seconds": 72 * 3600.0,
    }
    assert of(planned, "2")["outputs"] == {"colour": "green"}
    out = gennaker("plan", path).out
    assert "asks: users ann, bob; groups sre; roles ops; 2 must agree; not whoever started the run" in out
    assert "choices: blue, green" in out
    assert "'blue' is assumed for want of --judge" in out


def test_a_judge_may_stop(gennaker: Command, write: Write) -> None:
    path = write(
        [stage("1", "manualJudgment"), stage("2", after="1"), stage("3", "manualJudgment", **IGNORE)]
    )
    planned = plan(gennaker, path, "--judge", "1=stop", "--judge", "3=stop", "--duration", "3=10")
    assert of(planned, "1")["status"] == "TERMINAL"
    assert of(planned, "2")["status"] == "NOT_STARTED"
    assert of(planned, "3")["status"] == "FAILED_CONTINUE"
    assert of(plan(gennaker, path, "--judge", "1=continue"), "2")["status"] == "SUCCEEDED"


def test_a_choice_that_is_not_offered_is_noted(gennaker: Command, write: Write) -> None:
    path = write([stage("1", "manualJudgment", judgmentInputs=["yes"])])
    notes = of(plan(gennaker, path, "--judge", "1=maybe"), "1")["notes"]
    assert notes[0] == "the judge cannot choose 'maybe'; the choices are: yes"


def test_outputs_are_assumed_for_stages_that_do_not_really_run(gennaker: Command, write: Write) -> None:
    text = "${image} ${#stage('Stage 1').context.build.number}"
    path = write([stage("1", "madeUp"), stage("2", "evaluateVariables", "1", **variables(a=text))])
    given = {"Stage 1": {"outputs": {"image": "web:1"}, "context": {"build": {"number": 7}}}}
    planned = plan(gennaker, path, "--unknown-succeed", "--outputs", json.dumps(given))
    assert of(planned, "2")["outputs"]["a"] == "web:1 7"
    assert of(planned, "1")["assumed"] is True
    planned = plan(gennaker, path, "--unknown-succeed", "--outputs", '{"1": {"image": "bare"}}')
    assert of(planned, "1")["outputs"] == {"image": "bare"}
    assert "assume it with --outputs" in gennaker("plan", path, "--unknown-succeed").out


def test_a_stage_of_an_unknown_type_fails_unless_told_otherwise(gennaker: Command, write: Write) -> None:
    path = write([stage("1", "madeUp")])
    found = of(plan(gennaker, path), "1")
    assert found["status"] == "TERMINAL"
    assert "'madeUp', which is not supported" in found["reason"]
    assert plan(gennaker, path, "--unknown-succeed")["verdict"]["status"] == "SUCCEEDED"
    assert plan(gennaker, path, "--unknown-succeed")["notes"] == []
    assert plan(gennaker, path, "--outcome", "Stage 1=succeeded")["verdict"]["status"] == "SUCCEEDED"


def test_a_child_pipeline_is_named(gennaker: Command, write: Write) -> None:
    write([stage("1")], name="smoke")
    path = write([stage("1", "pipeline", pipeline="smoke"), stage("2", "pipeline", pipeline="gone")])
    planned = plan(gennaker, path)
    assert of(planned, "1")["notes"] == ["starts shop.smoke"]
    assert of(planned, "2")["notes"] == ["starts 'gone' of 'shop', which is not among the files here"]


def test_a_disabled_pipeline_is_noted(gennaker: Command, write: Write) -> None:
    assert "the pipeline is disabled" in gennaker("plan", write([stage("1")], disabled=True)).out


def test_assumptions_without_effect_are_noted(gennaker: Command, write: Write) -> None:
    path = write([stage("1"), stage("2", "manualJudgment", "1"), stage("3", "madeUp", "2")])
    arguments = ("--outcome", "1=FAILED", "--judge", "2=continue", "--outputs", '{"3": {"a": 1}}')
    assert plan(gennaker, path, *arguments)["notes"] == [
        "--judge for 'Stage 2' was not used; it ended as NOT_STARTED",
        "--outputs for 'Stage 3' were not used; it ended as NOT_STARTED",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--param", "novalue"], "--param: got 'novalue', expected NAME=VALUE"),
        (["--outcome", "1=BROKEN"], "--outcome: got 'BROKEN', expected one of SUCCEEDED, FAILED"),
        (
            ["--outcome", "Stage one=FAILED"],
            "no stage has the name or refId 'Stage one' (did you mean 'Stage 1'?)",
        ),
        (["--outcome", "zzz=FAILED"], "there are: Stage 1"),
        (["--judge", "1=stop"], "--judge: stage '1' is no manual judgment"),
        (["--duration", "1=soon"], "--duration: got 'soon', expected seconds"),
        (
            ["--outputs", "/absent.json"],
            "--outputs: /absent.json could not be read: no such file or directory",
        ),
        (["--outputs", '{"1": 5}'], "--outputs: 1: expected an object, found 5"),
        (["--trigger", "{"], "--trigger: not JSON"),
    ],
)
def test_assumptions_that_make_no_sense_are_refused(
    gennaker: Command, write: Write, arguments: list[str], message: str
) -> None:
    ran = gennaker("plan", write([stage("1")]), *arguments)
    assert ran.status == 1
    assert ran.err.startswith("error: ")
    assert message in ran.err


def test_the_expected_end_decides_the_exit_status(gennaker: Command, write: Write) -> None:
    path = write([stage("1"), stage("2", **HALT_BRANCH_THEN_FAIL)])
    assert gennaker("plan", path, "--expect", "SUCCEEDED").status == 0
    failing = gennaker("plan", path, "--outcome", "2=FAILED", "--expect", "SUCCEEDED")
    assert failing.status == 1
    assert "verdict: TERMINAL: 'Stage 2' stopped a branch and fails the run at its end" in failing.out
    assert "expected: SUCCEEDED" in failing.out
    assert gennaker("plan", path, "--outcome", "2=FAILED", "--expect", "TERMINAL").status == 0
    assert gennaker("plan", path, "--outcome", "2=FAILED").status == 0


def test_the_table_shows_only_evaluated_values_unless_asked(gennaker: Command, write: Write) -> None:
    path = write([stage("1", comments="${1 + 1} apples", owner="ann")])
    out = gennaker("plan", path).out
    assert "+0:00:00 | Stage 1 (1)" in out
    assert "comments: 2 apples" in out
    assert "owner" not in out
    assert "owner: ann" in gennaker("plan", path, "--all-inputs").out


def test_a_file_that_cannot_run_has_no_plan(gennaker: Command, write: Write, tmp_path: Path) -> None:
    ran = gennaker("plan", write([stage("1", after="1")]))
    assert ran.status == 1
    assert "no run could start" in ran.out
    [shown] = gennaker("plan", tmp_path / "absent.json", "-o", "json").json
    assert shown["ok"] is False
    assert shown["problems"][0]["code"] == "unreadable-file"


def test_a_pipeline_without_stages_succeeds(gennaker: Command, write: Write) -> None:
    assert plan(gennaker, write([]))["verdict"] == {"status": "SUCCEEDED", "reason": "there are no stages"}
