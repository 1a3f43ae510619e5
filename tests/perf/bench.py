"""
Compare Gennaker with its peers in one run: ``python -m tests.perf.bench [--quick] [--no-airflow]``.

Prints a table with ratios and writes ``build/bench.json``. docs/performance.md tells what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.perf import fresh, machine, report, workload

DAG_FACTORY = "dag-factory==1.1.0"

#: Modules whose import every process, or every task, pays for.
IMPORTS = {
    "plugin": "gennaker.plugin",
    "bundle": "gennaker.bundle.files",
    "operator": "gennaker.operators.noop",
}

Figures = dict[str, Any]


class Bench:
    """The measurements, in the order in which they are made."""

    def __init__(self, work: Path, *, quick: bool) -> None:
        self.work = work
        self.quick = quick
        self.pipelines = 200 if quick else 1000
        self.repetitions = 3 if quick else 5
        self.files = {
            "gennaker": workload.write_specs(work / "gennaker", self.pipelines),
            "many": workload.write_specs(work / "many", 10 * self.pipelines),
            "dag-factory": workload.write_yaml(work / "dag-factory", self.pipelines),
            "plain": workload.write_plain(work / "plain", self.pipelines),
        }

    def child(self, what: str, *arguments: str, peers: bool = False) -> Callable[[], Figures]:
        """Return a measurement that runs in a process of its own."""
        return partial(fresh.run, self.work, what, *arguments, peers=peers)

    def building(self) -> Figures:
        """Build every DAG, as the dag processor does."""
        contestants = {
            name: self.child("build", name, str(self.files[name]), peers=name == "dag-factory")
            for name in ("plain", "gennaker", "dag-factory")
        }
        found = fresh.alternate(self.repetitions, contestants)
        expected = [[workload.TASKS], [workload.EDGES]]
        for name, figures in found.items():
            if figures["dags"] != self.pipelines or figures["shape"] != expected:
                raise RuntimeError(f"{name} built something else: {figures}")
        return found

    def parsing(self) -> Figures:
        """Parse for one task, as a worker does."""
        dag_id = workload.dag_id(self.pipelines // 2)
        contestants = {
            name: self.child("parse", "gennaker" if name == "many" else name, str(self.files[name]), dag_id)
            for name in ("gennaker", "many", "plain")
        }
        contestants["preloaded"] = self.child("preloaded", str(self.files["gennaker"]), dag_id)
        found = fresh.alternate(self.repetitions + 4, contestants)
        if not self.quick:
            peer = self.child("parse", "dag-factory", str(self.files["dag-factory"]), dag_id, peers=True)
            found |= fresh.alternate(3, {"dag-factory": peer})
        return found

    def imports(self) -> Figures:
        """Import what every process or every task imports of Gennaker, beyond Airflow's own."""
        contestants = {name: self.child("imports", module) for name, module in IMPORTS.items()}
        contestants["idle task"] = self.child("idle", str(self.files["gennaker"]), workload.dag_id(0))
        return fresh.alternate(self.repetitions, contestants)

    def steps(self) -> Figures:
        """Measure the steps from spec to serialized DAG."""
        return fresh.alternate(self.repetitions, {"gennaker": self.child("micro")})["gennaker"]

    def running(self) -> Figures:
        """Run ten idle stages on a real Airflow."""
        from tests.perf import real

        return real.measure(self.work, 3 if self.quick else 9)


def main() -> None:
    """Measure, print the table, write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 pipelines and fewer repetitions")
    parser.add_argument("--only", choices=("building", "parsing", "imports", "steps", "running"))
    options = parser.parse_args()
    fresh.install_peer(DAG_FACTORY)
    # The path of PostgreSQL's socket is short of room, hence the short prefix.
    work = Path(tempfile.mkdtemp(prefix="gbench-"))
    try:
        figures = _measure(Bench(work, quick=options.quick), options.only)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    target = fresh.ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures, indent=2) + "\n")
    print(report.table(figures))


def _measure(bench: Bench, only: str | None) -> Mapping[str, Any]:
    parts = {
        "steps": bench.steps,
        "imports": bench.imports,
        "building": bench.building,
        "parsing": bench.parsing,
        "running": bench.running,
    }
    found: Figures = {"machine": machine.describe(), "pipelines": bench.pipelines}
    for name, part in parts.items():
        if only in (None, name):
            print(f"{name} …", flush=True)
            found[name] = part()
    return found


if __name__ == "__main__":
    main()
