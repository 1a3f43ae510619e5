"""Run commands in this process, on real files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gennaker.cli.main import main


class Ran(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Ran]
Write = Callable[..., Path]


@pytest.fixture
def gennaker(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: object) -> Ran:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        caught = capsys.readouterr()
        assert "Traceback" not in caught.out + caught.err
        return Ran(status, caught.out, caught.err)

    return call


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a pipeline below the folder of an application, and return its path."""

    def file(stages: Any, /, name: str = "deploy", **keys: Any) -> Path:
        path = tmp_path / "specs" / "shop" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"application": "shop", "name": name, "spelEvaluator": "v4", **keys, "stages": stages}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return file


def stage(ref: str, kind: str = "noop", after: str = "", **keys: Any) -> dict[str, Any]:
    """Return a stage; `after` lists the refIds that it waits for."""
    return {"refId": ref, "type": kind, "name": f"Stage {ref}", "requisiteStageRefIds": after.split(), **keys}


HALT_BRANCH: dict[str, Any] = {"failPipeline": False, "continuePipeline": False}
HALT_BRANCH_THEN_FAIL: dict[str, Any] = {**HALT_BRANCH, "completeOtherBranchesThenFail": True}
IGNORE: dict[str, Any] = {"failPipeline": False, "continuePipeline": True}
