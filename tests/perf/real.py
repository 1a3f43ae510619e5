"""The same ten idle tasks in a row on one real Airflow: as a pipeline, and as a plain DAG."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gennaker.cli.up.api import AirflowApi
from gennaker.cli.up.stack import Stack
from tests.perf.fresh import ROOT, alternate

STAGES = 10

#: The least that a task can be: it runs on a worker (an EmptyOperator would not) and returns nothing.
_PLAIN = f"""
from airflow.sdk import DAG, BaseOperator


class Idle(BaseOperator):
    def execute(self, context):
        return None


with DAG("plain_idle", schedule=None, max_active_tasks=100) as dag:
    before = None
    for number in range({STAGES}):
        task = Idle(task_id=f"stage-{{number}}")
        if before is not None:
            before >> task
        before = task
"""


def measure(work: Path, repetitions: int) -> dict[str, dict[str, Any]]:
    """Start Airflow, run both in turn, and return the medians."""
    dags, specs = work / "real" / "dags", work / "real" / "specs"
    shutil.copytree(ROOT / "dags", dags)
    (dags / "plain_idle.py").write_text(_PLAIN.lstrip())
    (specs / "bench").mkdir(parents=True)
    (specs / "bench" / "idle.json").write_text(_pipeline())
    with Stack(work / "real" / "home", dags=dags, specs=specs, durable=False, report=_say) as stack:
        api = stack.api()
        contestants: dict[str, Callable[[], Mapping[str, Any]]] = {}
        for name, dag_id in (("gennaker", "bench.idle"), ("plain", "plain_idle")):
            api.wait_dag(dag_id)
            contestants[name] = _runner(api, dag_id)
        for run in contestants.values():
            run()
        found = alternate(repetitions, contestants)
        api.close()
    return found


def _pipeline() -> str:
    import json

    stages = [{"type": "noop", "name": f"Stage {number}"} for number in range(STAGES)]
    return json.dumps({"application": "bench", "name": "idle", "spelEvaluator": "v4", "stages": stages})


def _runner(api: AirflowApi, dag_id: str) -> Callable[[], Mapping[str, Any]]:
    def run() -> Mapping[str, Any]:
        run_id = api.trigger(dag_id)
        state = api.wait_run(dag_id, run_id)
        tasks = api.task_instances(dag_id, run_id)
        if state != "success" or len(tasks) != STAGES:
            raise RuntimeError(f"{dag_id} ended as {state} with {len(tasks)} tasks")
        details = api.run(dag_id, run_id)
        return {
            "run": _seconds(details["start_date"], details["end_date"]),
            "tasks": sum(_seconds(task["start_date"], task["end_date"]) for task in tasks),
        }

    return run


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _say(line: str) -> None:
    print(f"  Airflow: {line}", flush=True)
