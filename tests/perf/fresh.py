"""Measure in fresh processes: one run of :mod:`tests.perf.child` each, in turn, and medians."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "build" / "peers"

#: What one child measured: seconds and counts by name.
Figures = Mapping[str, Any]


def install_peer(requirement: str) -> None:
    """
    Put a peer where only its own children find it.

    dag-factory registers an Airflow plugin, which would be loaded into every Airflow of the environment.
    """
    name, _, version = requirement.partition("==")
    if (PEERS / f"{name.replace('-', '_')}-{version}.dist-info").is_dir():
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    subprocess.run([*command, "--target", str(PEERS), requirement], check=True)


def run(work: Path, what: str, *arguments: str, peers: bool = False) -> dict[str, Any]:
    """Run one measurement in a process of its own and return its figures."""
    with tempfile.NamedTemporaryFile(dir=work, suffix=".json") as answer:
        command = [sys.executable, "-m", "tests.perf.child", answer.name, what, *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=_environment(work, peers=peers),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout.decode(errors='replace')[-4000:]}")
        figures: dict[str, Any] = json.loads(Path(answer.name).read_bytes())
        return figures


def alternate(
    repetitions: int, contestants: Mapping[str, Callable[[], Figures]]
) -> dict[str, dict[str, Any]]:
    """Run every contestant in turn, over and over; return the medians of each, and the spread."""
    found: dict[str, list[Figures]] = {name: [] for name in contestants}
    for _ in range(repetitions):
        for name, measure in contestants.items():
            found[name].append(measure())
    return {name: summary(figures) for name, figures in found.items()}


def summary(figures: list[Figures]) -> dict[str, Any]:
    """Return the median of each number, with minimum and maximum; other values as they were first."""
    found: dict[str, Any] = {"runs": len(figures)}
    for name, first in figures[0].items():
        if isinstance(first, int | float):
            values = [each[name] for each in figures]
            found[name] = median(values)
            found[f"{name}_range"] = [min(values), max(values)]
        else:
            found[name] = first
    return found


def _environment(work: Path, *, peers: bool) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    home = work / "airflow"
    home.mkdir(exist_ok=True)
    paths = [ROOT / "plugins", ROOT, *([PEERS] if peers else [])]
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "600",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
        "SCARF_NO_ANALYTICS": "true",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
    }
