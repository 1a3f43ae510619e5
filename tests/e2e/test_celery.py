"""A pipeline whose stages a Celery worker runs, with Redis between it and the scheduler."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import AirflowStack

pytestmark = pytest.mark.e2e

# Airflow skips a file that holds no "airflow".
DAG = """
'''A DAG of Airflow whose tasks all have an executor.'''
from pathlib import Path

from gennaker.bundle.files import SpecFolder, build

folder = SpecFolder(Path({folder!r}))
dag = build("celery.five", folder.find("celery.five"), folder)
for task in dag.tasks:
    task.executor = "CeleryExecutor"
"""


def stage(ref: str, kind: str, *after: str, **fields: Any) -> dict[str, Any]:
    return {"refId": ref, "type": kind, "name": ref, "requisiteStageRefIds": list(after), **fields}


STAGES = [
    stage("image", "evaluateVariables", variables=[{"key": "image", "value": "shop:1"}]),
    stage("soak", "wait", "image", waitTime=1),
    stage(
        "check",
        "checkPreconditions",
        "image",
        preconditions=[{"type": "expression", "context": {"expression": "image == 'shop:1'"}}],
    ),
    stage("ask", "manualJudgment", "soak", "check"),
    stage("end", "evaluateVariables", "ask", variables=[{"key": "told", "value": "${ image }"}]),
]


@pytest.fixture
def worker(airflow_stack: AirflowStack, tmp_path: Path) -> Iterator[Path]:
    """Start Redis and a Celery worker, and return the worker's log."""
    if not (server := shutil.which("redis-server")):
        pytest.skip("no redis-server on this machine")
    stack = airflow_stack.stack
    port = str(urlsplit(stack.home.extra["celery", "broker_url"]).port)
    command = [server, "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as redis:
        stack.start_worker()
        try:
            yield stack.processes.log("worker")
        finally:
            stack.processes.end("worker")
            redis.terminate()


def test_a_celery_worker_runs_a_pipeline(airflow_stack: AirflowStack, worker: Path, tmp_path: Path) -> None:
    path = tmp_path / "celery" / "five.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"name": "five", "spelEvaluator": "v4", "stages": STAGES}))
    airflow_stack.write_dag("celery_five", DAG.format(folder=str(tmp_path)))
    airflow_stack.wait_dag("celery.five")
    run_id = airflow_stack.trigger("celery.five")

    airflow_stack.wait_for(
        lambda: airflow_stack.task_states("celery.five", run_id)["stage-ask"] == "awaiting_input",
        what="the judgment",
        timeout=90,
    )
    airflow_stack.answer("celery.five", run_id, "stage-ask", ["Continue"])

    assert airflow_stack.wait_run("celery.five", run_id) == "success"
    assert set(airflow_stack.task_states("celery.five", run_id).values()) == {"success"}
    outcome = airflow_stack.xcom("celery.five", run_id, "stage-end", "stage")
    assert outcome["outputs"] == {"told": "shop:1"}
    assert worker.read_text().count("succeeded in") >= len(STAGES)
