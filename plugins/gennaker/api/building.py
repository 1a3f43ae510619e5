"""
Try to build a DAG before anything is saved.

Airflow keeps the DAG that is being built in a variable of the process: only one thread may build at a time.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from gennaker.catalog import load
from gennaker.errors import CompileError
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import SpecProblem, problem
from gennaker.store.models import Pipeline

_one_at_a_time = Lock()
#: A pipeline has its name and its application from the store.
_NOT_ITS_OWN = frozenset({"missing-application", "missing-name"})


def build(loaded: LoadedPipeline, *, dag_id: str, application: str, name: str) -> None:
    """
    Build the DAG of a pipeline and throw it away.

    :raises SpecError: the pipeline has errors.
    :raises CompileError: a stage could not be built.
    """
    from gennaker.compiler.dag import compile_pipeline

    with _one_at_a_time:
        compile_pipeline(loaded, dag_id=dag_id, application=application, name=name)


def try_build(loaded: LoadedPipeline, pipeline: Pipeline) -> None:
    """Build the DAG that a pipeline would have; what services call before they publish."""
    build(loaded, dag_id=pipeline.dag_id, application=pipeline.application.name, name=pipeline.name)


def validate(source: str | dict[str, Any]) -> tuple[LoadedPipeline, list[SpecProblem]]:
    """Load a pipeline and, if it may run, build it; return it with everything that is wrong."""
    loaded = load(source)
    problems = [found for found in loaded.problems if found.code not in _NOT_ITS_OWN]
    if loaded.ok:
        try:
            build(loaded, dag_id="validation", application="validation", name="validation")
        except CompileError as error:
            problems.append(problem("build-failed", path="$", message=error.message, hint=error.hint))
    return loaded, problems
