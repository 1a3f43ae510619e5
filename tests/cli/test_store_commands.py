"""The commands that change the store, on a real database."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.database import postgresql

from gennaker.cli.main import main

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    postgresql()

    def run(*arguments: object) -> tuple[int, Any]:
        capsys.readouterr()
        status = main([*map(str, arguments), "--output", "json"])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def application() -> str:
    return f"app-{uuid.uuid4().hex[:8]}"


def write(file: Path, **keys: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(keys))
    return file


def noop(name: str = "a") -> list[dict[str, object]]:
    return [{"refId": "1", "type": "noop", "name": name, "requisiteStageRefIds": []}]


def actions(results: Any) -> dict[str, str]:
    return {result["name"]: result["action"] for result in results}


def test_a_list_of_pipelines_is_imported(command: Command, application: str, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    broken = [{"refId": "1", "type": "noop", "name": "a", "requisiteStageRefIds": ["9"]}]
    specs = [{"name": "one", "stages": noop()}, {"name": "two", "stages": broken}]
    file.write_text(json.dumps([{"application": application, **spec} for spec in specs]))

    status, planned = command("import", file, "--dry-run")
    assert (status, actions(planned)) == (1, {"one": "created", "two": "created"})
    status, done = command("import", file)
    one, two = done
    assert status == 1
    assert (one["published"], two["published"]) == (True, False)
    assert [found["code"] for found in two["problems"]] == ["dangling-requisite"]
    assert one["report"]["summary"]
    assert actions(command("import", file)[1]) == {"one": "unchanged", "two": "unchanged"}


def test_what_cannot_be_imported_is_named(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("{")

    status, (first, second) = command("import", file, tmp_path / "nowhere.json")

    assert status == 1
    assert "line 1, column 2" in first["error"]
    assert "could not be read" in second["error"]


def test_what_is_exported_is_read_back(
    command: Command, application: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("import", write(tmp_path / "x.json", name="部署", stages=noop()), "--application", application)

    assert main(["export", str(tmp_path / "out"), "--application", application]) == 0
    (file,) = (tmp_path / "out" / application).glob("*.json")
    assert json.loads(file.read_text())["name"] == "部署"
    assert file.stat().st_mode & 0o077 == 0
    assert actions(command("import", tmp_path / "out")[1]) == {"部署": "unchanged"}


def test_an_application_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    postgresql()

    assert main(["export", str(tmp_path), "--application", "nowhere"]) == 1
    assert "there is no application 'nowhere'" in capsys.readouterr().err


def test_a_folder_is_kept_in_step(command: Command, application: str, tmp_path: Path) -> None:
    repository = f"https://git.example.com/{application}"
    sync = ("sync", tmp_path, "--repository", repository, "--prune")
    write(tmp_path / application / "one.json", stages=noop())
    write(tmp_path / application / "two.json", stages=noop())

    assert actions(command(*sync, "--dry-run")[1]) == {"one": "create", "two": "create"}
    assert actions(command(*sync)[1]) == {"one": "create", "two": "create"}
    assert actions(command(*sync)[1]) == {"one": "unchanged", "two": "unchanged"}
    write(tmp_path / application / "one.json", stages=noop("b"))
    (tmp_path / application / "two.json").unlink()
    assert actions(command(*sync)[1]) == {"one": "update", "two": "delete"}
    write(tmp_path / application / "two.json", stages=noop())
    assert actions(command(*sync)[1]) == {"one": "unchanged", "two": "undelete"}


def test_a_pipeline_made_by_hand_is_not_overwritten(
    command: Command, application: str, tmp_path: Path
) -> None:
    command("import", write(tmp_path / "x.json", name="one", stages=noop()), "--application", application)
    write(tmp_path / "specs" / application / "one.json", stages=noop("b"))
    sync = ("sync", tmp_path / "specs", "--repository", f"https://git.example.com/{application}")

    status, refused = command(*sync)
    assert (status, actions(refused)) == (1, {"one": "refused"})
    assert actions(command(*sync, "--adopt")[1]) == {"one": "update"}


def test_git_says_where_a_folder_comes_from(tmp_path: Path) -> None:
    from gennaker.cli._git import origin

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        done = subprocess.run(
            ["git", "-C", tmp_path, *identity, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    assert origin(tmp_path) == (str(tmp_path), "")
    git("init", "--quiet")
    write(tmp_path / "shop" / "one.json")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    assert origin(tmp_path / "shop") == (str(tmp_path), git("rev-parse", "HEAD"))
    git("remote", "add", "origin", "https://me:secret@git.example.com/shop.git")
    write(tmp_path / "shop" / "two.json")
    assert origin(tmp_path / "shop") == ("https://git.example.com/shop.git", "")
