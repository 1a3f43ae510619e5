"""
Start many runs at once on the embedded PostgreSQL: ``python -m tests.perf.many_runs [RUNS]``.

Prints how long they took, fails unless every run succeeded and every process of Airflow lived through it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gennaker.cli.up.health import wait_for
from gennaker.cli.up.stack import Stack

ROOT = Path(__file__).parents[2]
DAG_ID = "load.five-stages"
SPEC = {
    "application": "load",
    "name": "five-stages",
    "spelEvaluator": "v4",
    "stages": [
        {
            "refId": "1",
            "requisiteStageRefIds": [],
            "type": "evaluateVariables",
            "name": "Start",
            "variables": [{"key": "number", "value": "${1 + 1}"}],
        },
        *(
            {
                "refId": ref,
                "requisiteStageRefIds": ["1"],
                "type": "checkPreconditions",
                "name": f"Branch {ref}",
                "preconditions": [{"type": "expression", "context": {"expression": "number == 2"}}],
            }
            for ref in ("2", "3")
        ),
        {"refId": "4", "requisiteStageRefIds": ["2"], "type": "wait", "name": "Wait", "waitTime": 30},
        {
            "refId": "5",
            "requisiteStageRefIds": ["3", "4"],
            "type": "evaluateVariables",
            "name": "Join",
            "variables": [{"key": "end", "value": "${number}"}],
        },
    ],
}


def main(runs: int) -> int:
    """Run the load and print the figures."""
    with tempfile.TemporaryDirectory(prefix="gennaker-load-") as folder:
        home = Path(folder)
        (home / "specs" / "load").mkdir(parents=True)
        (home / "specs" / "load" / "five-stages.json").write_text(json.dumps(SPEC))
        with Stack(home, dags=ROOT / "dags", specs=home / "specs", api_workers=2) as stack:
            states, started, ended = _load(stack, runs)
            stack.processes.check()
    print(
        f"{runs} runs of {len(SPEC['stages'])} stages: started in {started:.1f} s, ended after {ended:.1f} s"
    )
    print("states:", dict(states))
    return 0 if states == {"success": runs} else 1


def _load(stack: Stack, runs: int) -> tuple[Counter[str], float, float]:
    api = stack.api()
    api.wait_dag(DAG_ID)
    begin = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: api.trigger(DAG_ID), range(runs)))
    started = time.monotonic() - begin

    def counted() -> Counter[str] | None:
        stack.processes.check()
        found: list[str] = []
        while page := api.api("GET", f"/dags/{DAG_ID}/dagRuns?limit=100&offset={len(found)}")["dag_runs"]:
            found += [run["state"] for run in page]
        states = Counter(found)
        return states if states["success"] + states["failed"] == runs else None

    states = wait_for(counted, timeout=1200, what="the end of all runs", interval=1.0)
    api.close()
    return states or Counter(), started, time.monotonic() - begin


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
