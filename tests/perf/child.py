"""
One measurement in a process of its own: ``python -m tests.perf.child ANSWER WHAT [ARGUMENT …]``.

The figures go to the file ANSWER as JSON. They are CPU time, since other work on the machine stretches
the wall clock much more. Airflow is imported before any clock starts.
"""

from __future__ import annotations

import gc
import importlib
import json
import runpy
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time
from types import SimpleNamespace
from typing import Any

#: What any worker or dag processor has imported before it meets a DAG file.
AIRFLOW = (
    "airflow.sdk",
    "airflow.dag_processing.dagbag",
    "airflow.sdk.execution_time.task_runner",
    "airflow.providers.standard.operators.bash",
    "airflow.providers.standard.operators.empty",
)

#: What a DAG file imports, by its front end.
FRONT_ENDS = {
    "gennaker": (
        "gennaker.bundle.files",
        "gennaker.operators.noop",
        "gennaker.operators.wait",
        "gennaker.operators.evaluate",
        "gennaker.stages.noop",
        "gennaker.stages.wait",
        "gennaker.stages.evaluate_variables",
        "gennaker.stages.unsupported",
    ),
    "dag-factory": ("dagfactory",),
    "plain": (),
}

#: Clients and parsers that no task may pay for before its stage needs them.
HEAVY = frozenset(
    {
        "lark",
        "yaml",
        "httpx",
        "requests",
        "kubernetes",
        "kubernetes_asyncio",
        "jsonpath_ng",
        "gennaker.expr",
        "gennaker.client",
        "airflow.providers.cncf.kubernetes",
    }
)


def build(front_end: str, dag_file: str) -> dict[str, Any]:
    """Build every DAG of a file, as the dag processor does."""
    started = process_time()
    _import(FRONT_ENDS[front_end])
    imported = process_time()
    found = runpy.run_path(dag_file)
    done = process_time()
    dags = {id(value): value for value in found.values() if hasattr(value, "task_dict")}.values()
    tasks = {len(dag.tasks) for dag in dags}
    edges = {sum(len(task.upstream_task_ids) for task in dag.tasks) for dag in dags}
    return {
        "import": imported - started,
        "build": done - imported,
        "dags": len({dag.dag_id for dag in dags}),
        "shape": [sorted(tasks), sorted(edges)],
    }


def parse(front_end: str, dag_file: str, dag_id: str) -> dict[str, Any]:
    """Parse a file for one task, with its imports apart."""
    started = process_time()
    _import(FRONT_ENDS[front_end])
    imported = process_time()
    bag = _parsed(dag_file, dag_id)
    done = process_time()
    return {"import": imported - started, "parse": done - imported, "dags": len(bag.dags)}


def preloaded(dag_file: str, dag_id: str) -> dict[str, Any]:
    """Parse a file for one task where the parent process had loaded Gennaker before it forked."""
    from gennaker.bundle.preload import preload

    preload()
    gc.freeze()
    started = process_time()
    _parsed(dag_file, dag_id)
    return {"parse": process_time() - started}


def imports(module: str) -> dict[str, Any]:
    """Import a module."""
    before = set(sys.modules)
    started = process_time()
    _import((module,))
    return {"import": process_time() - started, **_added(before)}


def idle(dag_file: str, dag_id: str) -> dict[str, Any]:
    """Parse for a task and run it: the task of a `noop` stage, with a stand-in for the supervisor."""
    before = set(sys.modules)
    pushed: list[str] = []
    ti = SimpleNamespace(
        id="1", dag_id=dag_id, run_id="1", task_id="stage-1", xcom_push=lambda key, value: pushed.append(key)
    )
    started = process_time()
    task = _parsed(dag_file, dag_id).dags[dag_id].get_task("stage-1")
    parsed = process_time()
    task.execute({"ti": ti, "dag_run": SimpleNamespace()})
    return {"parse": parsed - started, "work": process_time() - parsed, "xcoms": pushed, **_added(before)}


def micro() -> dict[str, Any]:
    """Measure the steps from spec to serialized DAG."""
    from tests.perf import micro as steps

    return steps.measure()


def _parsed(dag_file: str, dag_id: str) -> Any:
    """Parse a file for one task, with the calls of Airflow's ``task_runner.parse()``."""
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.sdk.definitions._internal.dag_parsing_context import (
        _airflow_parsing_context_manager as parsing,
    )

    with parsing(dag_id=dag_id, task_id="stage-1"):
        bag = BundleDagBag(
            dag_folder=dag_file,
            safe_mode=False,
            load_op_links=False,
            bundle_path=Path(dag_file).parent,
            bundle_name="bench",
        )
    if dag_id not in bag.dags:
        raise RuntimeError(f"{dag_id} was not built: {bag.import_errors}")
    return bag


def _added(before: set[str]) -> dict[str, Any]:
    added = set(sys.modules) - before
    return {"modules": len(added), "heavy": sorted(added & HEAVY)}


def _import(modules: Iterable[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def main(answer: str, what: str, *arguments: str) -> None:
    """Measure, and write the figures to a file."""
    known: dict[str, Callable[..., dict[str, Any]]] = {
        "build": build,
        "parse": parse,
        "preloaded": preloaded,
        "imports": imports,
        "idle": idle,
        "micro": micro,
    }
    _import(AIRFLOW)
    # As the LocalExecutor does before it forks a worker: Airflow's own objects are not collected again.
    gc.freeze()
    Path(answer).write_text(json.dumps(known[what](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
