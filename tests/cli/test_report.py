from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Command, Write, stage


def report(gennaker: Command, path: Path, *arguments: object) -> Any:
    [found] = gennaker("report", path, *arguments, "-o", "json").json
    return found


def test_each_stage_has_its_support(gennaker: Command, write: Write) -> None:
    stages = [stage("1", "wait"), stage("2", "monitorPipeline"), stage("3", "madeUp")]
    found = report(gennaker, write([*stages, stage("4", "madeUp", alias="wait")]))
    assert [(s["refId"], s["support"]) for s in found["stages"]] == [
        ("1", "exact"),
        ("2", "approximated"),
        ("3", "unsupported"),
        ("4", "exact"),
    ]
    assert found["stages"][1]["notes"] == "execution ids are `dag_id/run_id`"
    assert found["stages"][2]["path"] == "$.stages[2]"
    assert found["summary"]["stages"] == {
        "total": 4,
        "exact": 2,
        "approximated": 1,
        "unsupported": 1,
        "exact_percent": 50.0,
        "approximated_percent": 25.0,
        "unsupported_percent": 25.0,
    }


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("${ 1 + }", "The expression ends too early", 7),
        ("see ${#madeUp(1)}", "there is no function #madeUp()", 6),
        ("${T(java.lang.Runtime).getRuntime()}", "The type java.lang.Runtime is not allowed", 2),
        ("${new java.io.File('x')}", "The type java.io.File is not allowed", 2),
        ("${'a'.chars()}", "no value has a method chars()", 6),
        ("${T(java.lang.Math).madeUp()}", "Math has no static method madeUp()", 20),
        ("a ${ b", "The expression that starts here is not closed with }", 2),
    ],
)
def test_a_refused_expression_has_reason_and_place(
    gennaker: Command, write: Write, text: str, reason: str, position: int
) -> None:
    [found] = report(gennaker, write([stage("1", comments=text)]))["expressions"]
    assert found["status"] == "refused"
    assert found["path"] == "$.stages[0].comments"
    assert found["stage"] == "Stage 1"
    assert reason in found["reason"]
    assert found["position"] == position


@pytest.mark.parametrize(
    "text",
    [
        "${parameters.a} and ${#stage('x')['status'].toString() == 'SUCCEEDED'}",
        "${T(java.time.LocalDate).now().plusDays(1).toString()}",
        "${new java.text.SimpleDateFormat('yyyy').format(new java.util.Date())}",
        "${execution.stages.?[type == 'wait'].![name.toUpperCase()]}",
        "${#stage('x').getContext().get('a')}",
        "${{1, 2}.contains(1) ? {a: 1} : null}",
    ],
)
def test_usual_expressions_are_understood(gennaker: Command, write: Write, text: str) -> None:
    found = report(gennaker, write([stage("1", comments=text)]))
    assert {one["status"] for one in found["expressions"]} == {"translated"}
    assert found["summary"]["expressions"]["translated_percent"] == 100.0


def test_conditions_keys_and_the_pipeline_itself_count_too(gennaker: Command, write: Write) -> None:
    checks = [{"type": "expression", "context": {"expression": "#madeUp()"}}]
    path = write(
        [
            stage("1", stageEnabled={"type": "expression", "expression": "1 =="}),
            stage("2", "checkPreconditions", preconditions=checks),
            stage("3", labels={"${parameters.key}": 1}),
            stage("4", "madeUp", manifests=[{"a": "${HOME}"}], skipExpressionEvaluation=True),
        ],
        description="${ parameters.a }",
    )
    found = {one["path"]: one["status"] for one in report(gennaker, path)["expressions"]}
    assert found == {
        "$.description": "translated",
        "$.stages[0].stageEnabled.expression": "refused",
        "$.stages[1].preconditions[0].context.expression": "refused",
        "$.stages[2].labels['${parameters.key}']": "translated",
    }


def kinds(gennaker: Command, path: Path) -> list[tuple[str, str]]:
    return [(one["kind"], one["expression"]) for one in report(gennaker, path)["differences"]]


OLD: dict[str, Any] = {"spelEvaluator": "v3"}


def test_what_the_older_engine_computes_at_the_start_is_named(gennaker: Command, write: Write) -> None:
    early = "T(java.time.LocalDate).now()"
    stages = [
        stage(
            "1", a="${" + early + "}", b="${new java.util.Date()}", c="${parameters.x}", d="${#fromUrl('u')}"
        )
    ]
    assert kinds(gennaker, write(stages, **OLD)) == [
        ("computed-later", early),
        ("computed-later", "new java.util.Date()"),
        ("computed-later", "#fromUrl('u')"),
    ]
    assert kinds(gennaker, write(stages)) == []
    assert report(gennaker, write(stages))["attempted_early"] == 0


def test_an_absent_engine_is_the_older_one(gennaker: Command, write: Write) -> None:
    path = write([stage("1", a="${new java.util.Date()}")])
    document = json.loads(path.read_text())
    del document["spelEvaluator"]
    path.write_text(json.dumps(document))
    assert kinds(gennaker, path) == [("computed-later", "new java.util.Date()")]


def test_other_differences_from_the_older_engine_are_named(gennaker: Command, write: Write) -> None:
    variables = [{"key": "a", "value": "1"}, {"key": "b", "value": "${a}"}]
    stages = [
        stage("1", name="To ${parameters.env}"),
        stage("2", comments="${#root['image'] ?: 'none'}"),
        stage("3", comments="${parameters.text}"),
        stage("4", "evaluateVariables", variables=variables),
        stage("5", comments="${#stage('Stage 2').status} ${#judgment('j')}"),
    ]
    parameters = [{"name": "text", "default": "${execution.id}"}, {"name": "env"}]
    path = write(stages, parameterConfig=parameters, **OLD)
    assert kinds(gennaker, path) == [
        ("name", "parameters.env"),
        ("decided-early", "#root['image'] ?: 'none'"),
        ("parameter-text", "parameters.text"),
        ("variable-order", "${a}"),
    ]
    # Later values: the older engine tries them in vain, and the value in the end is the same.
    assert report(gennaker, path)["attempted_early"] == 2
    out = gennaker("report", path).out
    assert "2 expressions that v3 also tries, in vain" in out
    assert "different from v3 at" in out


def test_triggers_and_notifications_are_honest(gennaker: Command, write: Write) -> None:
    path = write(
        [stage("1", notifications=[{"type": "slack"}])],
        triggers=[{"type": "cron", "cronExpression": "0 0 1 * * ?", "enabled": True}, {"type": "git"}],
        notifications=[{"type": "email", "address": "a@example.com"}],
    )
    found = report(gennaker, path)
    assert [(t["type"], t["enabled"]) for t in found["triggers"]] == [("cron", True), ("git", False)]
    assert all("does not fire in this version" in t["support"] for t in found["triggers"])
    places = [(n["path"], n["type"]) for n in found["notifications"]]
    assert places == [("$.notifications[0]", "email"), ("$.stages[0].notifications[0]", "slack")]
    assert (found["summary"]["triggers"], found["summary"]["notifications"]) == (2, 2)


def test_what_only_coding_writes_is_named(gennaker: Command, write: Write) -> None:
    artifact = {"matchArtifact": {"type": "coding_docker/image", "name": "web"}}
    path = write(
        [stage("1")],
        codingNickname="ann",
        relationProjects=[],
        roles=["团队管理员"],
        expectedArtifacts=[artifact],
    )
    found = {one["key"]: one["fate"] for one in report(gennaker, path)["coding"]}
    assert found.keys() == {"codingNickname", "relationProjects", "roles", "coding_docker/image"}
    assert all(fate.startswith("kept") for fate in found.values())
    assert report(gennaker, write([stage("1")], roles=["ops"]))["coding"] == []


def test_templates_are_named(gennaker: Command, write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "known"
    folder.mkdir()
    template = {"schema": "v2", "id": "t", "variables": [], "pipeline": {"stages": [stage("1", "wait")]}}
    (folder / "t.json").write_text(json.dumps(template))
    path = write([], schema="v2", type="templatedPipeline", template={"reference": "spinnaker://t"})
    assert report(gennaker, path)["template"]["expanded"] is False
    known = report(gennaker, path, "--templates", folder)
    assert known["template"] == {
        "kind": "configuration",
        "expanded": True,
        "notes": "its stages come from the template",
    }
    assert [s["type"] for s in known["stages"]] == ["wait"]
    assert report(gennaker, folder / "t.json")["template"]["kind"] == "template"
    assert report(gennaker, write([stage("1")]))["template"] is None


def test_the_table_ends_with_the_whole(gennaker: Command, write: Write) -> None:
    write([stage("1", "wait", image="${ 1 + }")], name="one")
    folder = write([stage("1", "madeUp")], name="two").parent
    ran = gennaker("report", folder)
    assert ran.status == 1
    assert "$.stages[0].image, character 8" in ran.out
    assert "2 files together" in ran.out
    assert "stages: 2, of which 50 % run exactly, 0 % approximately, 50 % not at all" in ran.out
    assert "expressions: 1, of which 0 % are understood" in ran.out


def test_markdown_is_a_document(gennaker: Command, write: Write) -> None:
    path = write(
        [
            stage("1", "madeUp", name="a|b"),
            stage("2", after="1", comments="${new java.util.Date()} ${ 1 + }"),
        ],
        triggers=[{"type": "cron", "cronExpression": "0 0 1 * * ?", "enabled": True}],
        **OLD,
    )
    text = gennaker("report", path, "--output", "markdown").out
    for title in (
        "# Migration report",
        "## Pipelines",
        "## Stage types that are not supported",
        f"## {path}",
        "### Stages that differ",
        "### Refused expressions",
        "### Different from the older expression engine (v3)",
        "### Kept, but without effect",
    ):
        assert f"\n{title}\n" in f"\n{text}"
    assert "| a\\|b | madeUp | unsupported |" in text
    assert "| madeUp | 1 |" in text
    assert f"| {path} | 1 of 2 | 1 of 2 | 1 | 1 |" in text


def test_broken_files_are_reported_and_fail(gennaker: Command, write: Write, tmp_path: Path) -> None:
    absent, good = tmp_path / "absent.json", write([stage("1")])
    for output in ("table", "markdown"):
        ran = gennaker("report", absent, good, "-o", output)
        assert ran.status == 1
        assert "no such file or directory" in ran.out
    first, second = gennaker("report", absent, good, "-o", "json").json
    assert "summary" not in first
    assert second["ok"] is True
    assert gennaker("report", good).status == 0
