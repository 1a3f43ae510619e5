"""
One measurement in a process of its own: ``python -m tests.perf.child ANSWER WHAT [ARGUMENT …]``.

The figures go to the file ANSWER as JSON. Airflow is imported before any clock starts.
"""

from __future__ import annotations

import importlib
import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

#: What is imported before the clock starts, by the front end that a DAG file uses.
FRONT_ENDS = {
    "gennaker": (
        "gennaker.bundle.files",
        "gennaker.operators.noop",
        "gennaker.operators.wait",
        "gennaker.operators.evaluate",
    ),
    "dag-factory": ("dagfactory",),
    "plain": (),
}

#: Clients and parsers that a worker must not pay for before a stage needs them.
HEAVY = (
    "lark",
    "yaml",
    "httpx",
    "requests",
    "kubernetes",
    "kubernetes_asyncio",
    "jsonpath_ng",
    "jsonschema",
    "airflow.providers.cncf.kubernetes",
)


def build(front_end: str, dag_file: str) -> dict[str, Any]:
    """Build every DAG of a file, as the dag processor does."""
    _import_airflow()
    started = perf_counter()
    _import(FRONT_ENDS[front_end])
    imported = perf_counter()
    found = runpy.run_path(dag_file)
    done = perf_counter()
    from airflow.sdk import DAG

    dags = [value for value in found.values() if isinstance(value, DAG)]
    tasks = {len(dag.tasks) for dag in dags}
    edges = {sum(len(task.upstream_task_ids) for task in dag.tasks) for dag in dags}
    unique = len({dag.dag_id for dag in dags})
    return {
        "import": imported - started,
        "build": done - imported,
        "dags": unique,
        "shape": [sorted(tasks), sorted(edges)],
    }


def parse(front_end: str, dag_file: str, dag_id: str) -> dict[str, Any]:
    """Parse a file for one task, with the calls of Airflow's ``task_runner.parse()``."""
    _import_airflow()
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.sdk.definitions._internal.dag_parsing_context import (
        _airflow_parsing_context_manager as parsing,
    )

    started = perf_counter()
    _import(FRONT_ENDS[front_end])
    imported = perf_counter()
    with parsing(dag_id=dag_id, task_id="stage-1"):
        bag = BundleDagBag(
            dag_folder=dag_file,
            safe_mode=False,
            load_op_links=False,
            bundle_path=Path(dag_file).parent,
            bundle_name="bench",
        )
    done = perf_counter()
    if dag_id not in bag.dags:
        raise RuntimeError(f"{dag_id} was not built: {bag.import_errors}")
    return {"import": imported - started, "parse": done - imported, "dags": len(bag.dags)}


def imports(module: str) -> dict[str, Any]:
    """Import a module beyond what Airflow imports anyway."""
    _import_airflow()
    before = set(sys.modules)
    started = perf_counter()
    _import((module,))
    done = perf_counter()
    added = set(sys.modules) - before
    return {"import": done - started, "modules": len(added), "heavy": sorted(added.intersection(HEAVY))}


def micro() -> dict[str, Any]:
    """Measure the steps from spec to serialized DAG."""
    _import_airflow()
    from tests.perf import micro as steps

    return steps.measure()


def _import_airflow() -> None:
    """Import what any worker or dag processor has imported before it meets a DAG file."""
    _import(
        (
            "airflow.sdk",
            "airflow.dag_processing.dagbag",
            "airflow.sdk.execution_time.task_runner",
            "airflow.providers.standard.operators.bash",
            "airflow.providers.standard.operators.empty",
        )
    )


def _import(modules: tuple[str, ...]) -> None:
    for module in modules:
        importlib.import_module(module)


def main(answer: str, what: str, *arguments: str) -> None:
    """Measure, and write the figures to a file."""
    known: dict[str, Callable[..., dict[str, Any]]] = {
        "build": build,
        "parse": parse,
        "imports": imports,
        "micro": micro,
    }
    Path(answer).write_text(json.dumps(known[what](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
