"""The collection of real pipelines, and the command that tries it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Command, Write, stage

from gennaker.cli._files import load_file
from gennaker.cli.corpus.survival import lost

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "pipelines"


def test_every_real_pipeline_is_treated_well(gennaker: Command) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"the collection of real pipelines is not at {CORPUS}")
    ran = gennaker("corpus", CORPUS, "-o", "json")
    mistreated = {Path(one["file"]).name: one["reason"] for one in ran.json if not one["ok"]}
    assert mistreated == {}
    assert ran.status == 0
    assert len(ran.json) == len(list(CORPUS.glob("*.json")))


def test_every_real_pipeline_is_planned_and_reported(gennaker: Command) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"the collection of real pipelines is not at {CORPUS}")
    for path in sorted(CORPUS.glob("*.json")):
        [planned] = gennaker("plan", path, "--unknown-succeed", "-o", "json").json
        assert not planned["ok"] or planned["verdict"]["status"] in ("SUCCEEDED", "TERMINAL", "CANCELED")
    for one in gennaker("report", CORPUS, "-o", "json").json:
        assert not one["ok"] or one["summary"]["stages"]["total"] == len(one["stages"])


def test_invalid_pipelines_do_well_when_they_say_why(gennaker: Command, write: Write) -> None:
    write([stage("1"), stage("2", after="1")], name="good")
    write([stage("1", after="9")], name="dangling")
    folder = write([], name="broken").parent
    (folder / "broken.json").write_text("{")
    found = {Path(one["file"]).stem: one for one in gennaker("corpus", folder, "-o", "json").json}
    good, dangling, broken = found["good"], found["dangling"], found["broken"]
    assert (good["valid"], good["round_trips"], good["compiles"], good["imports"]) == (True, True, True, True)
    assert (dangling["valid"], dangling["round_trips"]) == (False, True)
    assert (dangling["compiles"], dangling["imports"]) == (None, None)
    assert (broken["valid"], broken["round_trips"]) == (False, None)
    assert all(one["ok"] for one in found.values())
    ran = gennaker("corpus", folder)
    assert ran.status == 0
    assert (
        "3 pipelines: 3 load, 2 round-trip, 1 of 1 valid ones compile, 1 are imported by Airflow" in ran.out
    )
    assert "2 are invalid and say why; 0 mistreated" in ran.out


def test_a_file_that_cannot_be_read_is_mistreated(gennaker: Command, tmp_path: Path) -> None:
    ran = gennaker("corpus", tmp_path / "absent.json")
    assert ran.status == 1
    assert "absent.json: the file could not be read: no such file or directory" in ran.out


@pytest.mark.parametrize(
    "document",
    [
        {"stages": [{"type": "wait", "madeUp": {"a": [1, {"b": None}]}}], "unknown": 1},
        [{"name": "one of one", "stages": []}],
        {"pipeline": {"stages": []}, "schema": "v2", "variables": []},
        {"stages": [{"type": "wait", "waitTime": "${parameters.x}", "stageTimeoutMs": ""}]},
    ],
)
def test_nothing_is_lost(tmp_path: Path, document: object) -> None:
    path = tmp_path / "pipeline.json"
    path.write_text(json.dumps(document))
    file = load_file(path)
    assert file.ok(), file.problems
    assert lost(file) is None


def test_a_loss_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.json"
    path.write_text('{"stages": [], "kept": 1}')
    file = load_file(path)
    path.write_text('{"stages": [], "kept": 2}')
    assert lost(file) == "the JSON that is written back is not the JSON that was read"
