"""Import pipelines as Airflow does in the files-only mode: with its DagBag, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import gennaker

#: The application that the pipelines stand in; what they are called inside their JSON does not count.
_APPLICATION = "corpus"
_PACKAGE = Path(gennaker.__file__).parent
_FACTORY = _PACKAGE.parents[1] / "dags" / "gennaker_pipelines.py"


def import_all(paths: Sequence[Path]) -> dict[Path, str]:
    """Return why files did not become DAGs; a file that did is not in it."""
    if not paths:
        return {}
    with tempfile.TemporaryDirectory(prefix="gennaker-corpus-") as name:
        folder = Path(name)
        specs = folder / "pipeline_specs" / _APPLICATION
        specs.mkdir(parents=True)
        (folder / "dags").mkdir()
        shutil.copy(_FACTORY, folder / "dags")
        copies = {path: specs / f"{index:05}-{path.name}" for index, path in enumerate(paths)}
        for path, copy in copies.items():
            shutil.copy(path, copy)
        outcomes = _run(folder)
        return {
            path: outcomes.get(copy.name, "Airflow did not see the file")
            for path, copy in copies.items()
            if outcomes.get(copy.name, "absent") != ""
        }


def _run(folder: Path) -> dict[str, str]:
    """Return what each file became, by its name: nothing to say, or why it is no DAG."""
    answer = folder / "answer.json"
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__GENNAKER__SPECS_FOLDER": str(folder / "pipeline_specs"),
        "PYTHONPATH": os.pathsep.join([str(_PACKAGE.parent), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "gennaker.cli.corpus.dagbag", str(folder), str(answer)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode or not answer.exists():
        last = done.stderr.strip().splitlines()[-1:] or ["no answer"]
        return {path.name: f"Airflow failed: {last[0]}" for path in folder.glob("pipeline_specs/*/*.json")}
    found: dict[str, str] = json.loads(answer.read_text(encoding="utf-8"))
    return found
