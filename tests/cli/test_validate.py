from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Command, Write, stage


def test_a_good_file_is_ok(gennaker: Command, write: Write) -> None:
    path = write([stage("1")])
    ran = gennaker("validate", path)
    assert ran.status == 0
    assert f"{path}: ok" in ran.out
    assert "1 file checked, 0 files with errors" in ran.out


def test_a_problem_is_shown_with_place_code_message_and_hint(gennaker: Command, write: Write) -> None:
    ran = gennaker("validate", write([stage("1", after="9")]))
    assert ran.status == 1
    assert "1 error" in ran.out
    for text in (
        "dangling-requisite",
        "$.stages[0].requisiteStageRefIds",
        "'Stage 1'",
        "no stage has the refId '9'",
    ):
        assert text in ran.out
    assert "Correct `requisiteStageRefIds`." in ran.out


def test_json_has_one_object_for_each_file(gennaker: Command, write: Write) -> None:
    good, bad = write([stage("1")], name="good"), write([stage("1", after="9")], name="bad")
    ran = gennaker("validate", good, bad, "--output", "json")
    assert ran.status == 1
    first, second = ran.json
    assert first == {"file": str(good), "ok": True, "problems": []}
    assert second["ok"] is False
    [problem] = second["problems"]
    assert problem.keys() == {"path", "code", "severity", "message", "hint", "stage"}
    assert (problem["code"], problem["severity"]) == ("dangling-requisite", "error")


def test_strict_counts_warnings(gennaker: Command, write: Write) -> None:
    path = write([stage("1", "madeUp")])
    assert gennaker("validate", path).status == 0
    assert gennaker("validate", path, "--strict").status == 1
    [file] = gennaker("validate", path, "--strict", "-o", "json").json
    assert file["ok"] is False


def test_a_note_does_not_count_even_when_strict(gennaker: Command, write: Write) -> None:
    path = write([stage("1", comments="${1 + 1}")], spelEvaluator="v3")
    ran = gennaker("validate", path, "--strict")
    assert "1 note" in ran.out
    assert ran.status == 0


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        ('{"stages": [', "invalid-json", "line 1, column 13"),
        ("", "invalid-json", "line 1, column 1"),
        ('{"stages": [NaN]}', "invalid-json", "NaN"),
        ("[1, 2]", "several-pipelines", "a list of 2"),
        ("42", "not-a-pipeline", "not an object"),
        ("[" * 100_000, "invalid-json", "nested too deeply"),
    ],
)
def test_text_that_is_no_pipeline_is_a_problem_of_its_file(
    gennaker: Command, write: Write, content: str, code: str, message: str
) -> None:
    good, path = write([stage("1")], name="good"), write([], name="broken")
    path.write_text(content, encoding="utf-8")
    ran = gennaker("validate", path, good, "-o", "json")
    assert ran.status == 1
    broken, other = ran.json
    assert [p["code"] for p in broken["problems"]] == [code]
    assert message in broken["problems"][0]["message"]
    assert other["ok"] is True


def test_bytes_that_are_no_text_are_a_problem(gennaker: Command, write: Write) -> None:
    path = write([])
    path.write_bytes(b'{"name": "\xff"}')
    [file] = gennaker("validate", path, "-o", "json").json
    assert file["problems"][0]["message"] == "byte 10 is not UTF-8"


def test_a_missing_file_is_a_problem_of_that_file(gennaker: Command, write: Write, tmp_path: Path) -> None:
    ran = gennaker("validate", tmp_path / "absent.json", write([stage("1")]), "-o", "json")
    assert ran.status == 1
    absent, other = ran.json
    assert absent["problems"][0]["code"] == "unreadable-file"
    assert "no such file or directory" in absent["problems"][0]["message"]
    assert other["ok"] is True


def test_a_folder_means_every_pipeline_below_it(gennaker: Command, write: Write, tmp_path: Path) -> None:
    root = tmp_path / "specs"
    path = write([stage("1")])
    for other in ("schema/pipeline.schema.json", "templates/blank.json", ".hidden/x.json", "shop/notes.txt"):
        (root / other).parent.mkdir(parents=True, exist_ok=True)
        (root / other).write_text("{", encoding="utf-8")
    deep = root / "shop" / "templates" / "deep.json"
    deep.parent.mkdir()
    deep.write_text(path.read_text())
    files = gennaker("validate", root, "-o", "json").json
    assert [file["file"] for file in files] == [str(path), str(deep)]


def test_a_file_that_is_named_twice_is_checked_once(gennaker: Command, write: Write) -> None:
    path = write([stage("1")])
    assert len(gennaker("validate", path, path.parent, path, "-o", "json").json) == 1


def test_a_folder_without_pipelines_is_a_problem(gennaker: Command, tmp_path: Path) -> None:
    ran = gennaker("validate", tmp_path)
    assert ran.status == 1
    assert "a folder without *.json files" in ran.out


def test_templates_are_expanded(gennaker: Command, write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "known"
    folder.mkdir()
    template = {
        "schema": "v2",
        "id": "waiting",
        "variables": [],
        "pipeline": {"stages": [stage("1", "wait")]},
    }
    (folder / "waiting.json").write_text(json.dumps(template))
    path = write([], schema="v2", type="templatedPipeline", template={"reference": "spinnaker://waiting"})
    [unknown] = gennaker("validate", path, "-o", "json").json
    assert "template-not-found" in [p["code"] for p in unknown["problems"]]
    [known] = gennaker("validate", path, "--templates", folder, "-o", "json").json
    assert "template-not-found" not in [p["code"] for p in known["problems"]]


def test_control_characters_never_reach_the_terminal(gennaker: Command, write: Write) -> None:
    path = write([stage("1", after="9", name="\x1b[31mred\ud800")])
    ran = gennaker("validate", path)
    assert "\x1b" not in ran.out
    assert "[31mred?" in ran.out
    [file] = gennaker("validate", path, "-o", "json").json
    assert file["problems"][0]["stage"] == "\x1b[31mred\ud800"


def test_the_same_advice_is_given_once(gennaker: Command, write: Write) -> None:
    ran = gennaker("validate", write([stage("1", after="8"), stage("2", after="9")]))
    assert ran.out.count("dangling-requisite") == 2
    assert ran.out.count("Correct `requisiteStageRefIds`.") == 1


def test_chinese_names_are_shown_as_they_are(gennaker: Command, write: Write) -> None:
    path = write([stage("1", after="9", name="人工确认")])
    assert "人工确认" in gennaker("validate", path).out
    assert "人工确认" in gennaker("validate", path, "-o", "json").out


def test_without_files_it_says_how_it_is_used(gennaker: Command) -> None:
    ran = gennaker("validate")
    assert ran.status == 2
    assert "FILE" in ran.err


def test_validating_does_not_import_airflow(write: Write) -> None:
    code = (
        "import argparse, sys\n"
        "from gennaker.cli import validate\n"
        "parser = argparse.ArgumentParser()\n"
        "validate.configure(parser)\n"
        "assert 'gennaker.catalog' not in sys.modules\n"
        "assert validate.run(parser.parse_args(sys.argv[1:])) == 0\n"
        "assert 'airflow' not in sys.modules, 'airflow was imported'\n"
    )
    plugins = Path(__file__).parents[2] / "plugins"
    done = subprocess.run(
        [sys.executable, "-c", code, str(write([stage("1")]))],
        env={"PYTHONPATH": str(plugins)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
