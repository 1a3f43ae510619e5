from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import HALT_BRANCH, Command, Write, stage


def test_json_describes_the_dag(gennaker: Command, write: Write) -> None:
    always: dict[str, Any] = {"finally": True}
    path = write(
        [
            stage("1", "wait", waitTime=5, retries={"count": 2, "delaySeconds": 1}),
            stage("2", "manualJudgment", "1", **HALT_BRANCH),
            stage("3", after="1", **always),
        ],
        limitConcurrent=True,
        parameterConfig=[
            {"name": "tag", "default": "v1", "required": True},
            {"name": "count", "type": "number", "required": True},
        ],
    )
    ran = gennaker("compile", path, "-o", "json")
    assert ran.status == 0
    [shown] = ran.json
    assert shown["ok"] is True
    assert shown["dag_id"] == "shop.deploy"
    assert shown["max_active_runs"] == 1
    assert shown["verdict"] is True
    assert shown["tags"] == ["app:shop"]
    assert sorted(shown["edges"]) == [["stage-1", "stage-2"], ["stage-1", "stage-3"]]
    tasks = {task["task_id"]: task for task in shown["tasks"]}
    assert tasks["stage-1"] == {
        "task_id": "stage-1",
        "stage": "Stage 1",
        "type": "wait",
        "operator": "WaitOperator",
        "trigger_rule": "none_failed",
        "policy": "halt-pipeline",
        "retries": 2,
        "finally": False,
    }
    assert tasks["stage-2"]["policy"] == "halt-branch"
    assert tasks["stage-2"]["operator"] == "ManualJudgmentOperator"
    assert tasks["stage-3"]["finally"] is True
    assert tasks["stage-3"]["trigger_rule"] != "none_failed"
    assert shown["params"]["tag"]["default"] == "v1"
    assert "default" not in shown["params"]["count"]
    assert shown["params"]["count"]["schema"]["type"] == "number"


def test_the_table_shows_tasks_and_what_follows_them(gennaker: Command, write: Write) -> None:
    path = write([stage("1"), stage("2", after="1")], parameterConfig=[{"name": "tag"}])
    ran = gennaker("compile", path)
    assert ran.status == 0
    assert f"{path}: shop.deploy" in ran.out
    assert "NoopOperator" in ran.out
    assert "verdict task: no; runs at a time: 10000" in ran.out
    assert "1 parameter: tag" in ran.out


def test_a_file_with_errors_is_not_compiled(gennaker: Command, write: Write, tmp_path: Path) -> None:
    bad = write([stage("1", after="1")], name="bad")
    ran = gennaker("compile", bad, write([stage("1")]), tmp_path / "absent.json", "-o", "json")
    assert ran.status == 1
    first, second, third = ran.json
    assert "dag_id" not in first
    assert first["problems"][0]["code"] == "self-reference"
    assert second["dag_id"] == "shop.deploy"
    assert third["problems"][0]["code"] == "unreadable-file"
    assert f"{bad}: not compiled" in gennaker("compile", bad).out


def test_names_that_collide_get_the_ids_of_the_files_only_mode(gennaker: Command, write: Write) -> None:
    write([stage("1")], name="deploy")
    write([stage("1")], name="Deploy")
    folder = write([stage("1")], name="部署").parent
    found = {Path(one["file"]).stem: one["dag_id"] for one in gennaker("compile", folder, "-o", "json").json}
    assert found["deploy"] == "shop.deploy"
    assert found["Deploy"] == "shop.deploy-2"
    assert found["部署"].startswith("shop.p-")


def test_a_pipeline_without_stages_compiles(gennaker: Command, write: Write) -> None:
    [shown] = gennaker("compile", write([]), "-o", "json").json
    assert shown["tasks"] == []
