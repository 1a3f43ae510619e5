"""The commands as users start them: `airflow gennaker …`, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from tests.cli.conftest import Write, stage

PLUGINS = Path(__file__).parents[2] / "plugins"
ENTRY_POINTS = """[apache_airflow_provider]
provider_info = gennaker.provider_info:get_provider_info
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which Airflow finds the package, installed or not."""
    paths = [str(PLUGINS)]
    try:
        distribution("gennaker")
    except PackageNotFoundError:
        found = tmp_path / "site" / "gennaker-0.0.dist-info"
        found.mkdir(parents=True)
        (found / "METADATA").write_text("Metadata-Version: 2.1\nName: gennaker\nVersion: 0.0\n")
        (found / "entry_points.txt").write_text(ENTRY_POINTS)
        paths.append(str(found.parent))
    home = {"AIRFLOW_HOME": str(tmp_path / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    return {**os.environ, **home, "PYTHONPATH": os.pathsep.join(paths)}


def airflow(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "airflow", "gennaker", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_validate(environment: dict[str, str], write: Write) -> None:
    done = airflow(environment, "validate", str(write([stage("1", after="9")])), "--output", "json")
    assert done.returncode == 1, done.stderr
    [file] = json.loads(done.stdout)
    assert file["problems"][0]["code"] == "dangling-requisite"
    assert "Traceback" not in done.stderr


def test_plan(environment: dict[str, str], write: Write) -> None:
    path = write([stage("1", "wait", waitTime="${parameters.x}")])
    done = airflow(environment, "plan", str(path), "--param", "x=5", "--expect", "SUCCEEDED", "-o", "json")
    assert done.returncode == 0, done.stderr
    [planned] = json.loads(done.stdout)
    assert planned["stages"][0]["ends"] == 5.0


def test_eval(environment: dict[str, str]) -> None:
    done = airflow(environment, "eval", "${parameters.x + 1}", "--context", '{"parameters": {"x": 1}}')
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr
    failed = airflow(environment, "eval", "1 +")
    assert failed.returncode == 1
    assert failed.stderr.endswith("error: The expression ends too early\n  1 +\n     ^\n")
