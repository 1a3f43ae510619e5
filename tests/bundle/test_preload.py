"""What a long-lived process imports before it forks the processes of tasks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys, warnings
warnings.simplefilter("ignore")
from gennaker.bundle.preload import Preload
component = type({name!r}, (), {{}})()
Preload().on_starting(component)
loaded = {{"gennaker.expr", "gennaker.operators.noop", "gennaker.compiler.dag"}} & set(sys.modules)
from gennaker.stages import wait
print(len(loaded), wait.Wait.__pydantic_complete__)
"""


@pytest.mark.parametrize(("name", "found"), [("Job", "3 True"), ("TaskRunnerMarker", "0 False")])
def test_only_a_long_lived_process_loads_everything(name: str, found: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(name=name)],
        env={"AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": "plugins"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip().splitlines()[-1:] == [found], done.stderr
