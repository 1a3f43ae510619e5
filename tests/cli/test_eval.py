from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Command

EXECUTION = {
    "name": "deploy",
    "trigger": {"parameters": {"env": "prod"}},
    "stages": [
        {"refId": "1", "id": "A", "name": "Bake", "outputs": {"image": "web:1"}, "status": "SUCCEEDED"},
        {
            "refId": "2",
            "id": "B",
            "name": "Deploy",
            "requisiteStageRefIds": ["1"],
            "context": {"region": "eu"},
        },
    ],
}


@pytest.mark.parametrize(
    ("expression", "value", "kind"),
    [
        ("1 + 1", 2, "integer"),
        ("${1 + 1}", 2, "integer"),
        ("v${1 + 1}", "v2", "string"),
        ("{1, 2}", [1, 2], "array"),
        ("{a: 1}", {"a": 1}, "object"),
        ("1.5", 1.5, "number"),
        ("1 == 1", True, "boolean"),
        ("null", None, "null"),
        ("${parameters.env}", "prod", "string"),
        ("trigger.user + '!'", "ann!", "string"),
    ],
)
def test_values_are_json(gennaker: Command, expression: str, value: object, kind: str) -> None:
    context = {"parameters": {"env": "prod"}, "trigger": {"user": "ann"}}
    ran = gennaker("eval", expression, "--context", json.dumps(context))
    assert ran.status == 0, ran.err
    assert ran.json == value
    shown = gennaker("eval", expression, "--context", json.dumps(context), "-o", "json").json
    assert shown == {"expression": expression, "value": value, "type": kind, "problems": []}


def test_the_context_is_a_file(gennaker: Command, tmp_path: Path) -> None:
    path = tmp_path / "context.json"
    path.write_text(json.dumps({"名称": {"x": 1}}), encoding="utf-8")
    assert gennaker("eval", "#root['名称'].x", "--context", path).json == 1


def test_a_stage_sees_the_run_its_own_context_and_earlier_outputs(gennaker: Command, tmp_path: Path) -> None:
    path = tmp_path / "execution.json"
    path.write_text(json.dumps(EXECUTION))
    template = "${execution.name} ${image} ${region} ${parameters.env} ${#stage('Bake').status}"
    for stage in ("2", "B"):
        ran = gennaker("eval", template, "--execution", path, "--stage", stage)
        assert ran.json == "deploy web:1 eu prod SUCCEEDED"


def test_the_run_may_be_part_of_the_context(gennaker: Command) -> None:
    ran = gennaker("eval", "image", "--context", json.dumps({"execution": EXECUTION}), "--stage", "2")
    assert ran.json == "web:1"


def test_a_failure_has_a_caret_below_the_place(gennaker: Command) -> None:
    ran = gennaker("eval", "a.b.c", "--context", '{"a": {"b": null}}')
    assert ran.status == 1
    assert ran.out == ""
    error, line, caret = ran.err.splitlines()
    assert error.startswith("error: 'c' cannot be read from null")
    assert line == "  a.b.c"
    assert caret.index("^") == line.index(".c") + 1


def test_the_caret_knows_lines_and_wide_characters(gennaker: Command) -> None:
    ran = gennaker("eval", "first\n部署 ${ 1 + } end")
    _, line, caret = ran.err.splitlines()
    assert line == "  部署 ${ 1 + } end"
    # Two Chinese characters take four columns.
    assert caret.index("^") == line.index("}") + 2


def test_a_null_in_a_template_is_a_failure(gennaker: Command) -> None:
    ran = gennaker("eval", "image: ${missing}", "-o", "json")
    assert ran.status == 1
    assert ran.json["value"] == "image: ${missing}"
    assert ran.json["problems"] == [{"message": "missing not found", "position": 9}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--context", "/absent.json"],
            "--context: /absent.json could not be read: no such file or directory",
        ),
        (["--context", '{"a": '], "--context: not JSON"),
        (["--execution", __file__], "--execution: not JSON"),
        (["--stage", "9"], "--stage: the run has no stage '9' (it has: none)"),
        (["--stage", "9", "--execution", json.dumps(EXECUTION)], "it has: 1, 2"),
    ],
)
def test_wrong_arguments_are_told(gennaker: Command, arguments: list[str], message: str) -> None:
    ran = gennaker("eval", "1", *arguments)
    assert ran.status == 1
    assert message in ran.err


def test_a_list_is_no_context(gennaker: Command, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("[1]")
    assert "--context: expected an object, found [1]" in gennaker("eval", "1", "--context", path).err


def test_nothing_outside_the_sandbox_is_reached(gennaker: Command) -> None:
    ran = gennaker("eval", "T(java.lang.Runtime).getRuntime()")
    assert ran.status == 1
    assert "java.lang.Runtime is not allowed" in ran.err


def test_what_json_does_not_know_is_text(gennaker: Command) -> None:
    ran = gennaker("eval", "{1.0 / 0, 2.5}", "-o", "json")
    assert ran.json["value"] == ["inf", 2.5]
