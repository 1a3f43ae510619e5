"""Compile a loaded pipeline to an Airflow DAG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from airflow.sdk import DAG
from airflow.sdk.definitions.param import ParamsDict

from gennaker.compiler.arguments import dag_arguments
from gennaker.compiler.disabled import refuse_starts
from gennaker.compiler.params import dag_params
from gennaker.compiler.semantics import VERDICT_TASK, awaited, needs_verdict, unsure
from gennaker.compiler.tasks import TaskBuilder, operator_class
from gennaker.errors import CompileError
from gennaker.operators._pipeline import Directory, EmptyDirectory, PipelineInfo
from gennaker.spec.graph import Graph
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.model import Pipeline
from gennaker.spec.publication import mark
from gennaker.stages._base import Stage

#: Airflow's "16 at once" is not what a pipeline without a limit means.
UNLIMITED = 10_000


def compile_pipeline(
    loaded: LoadedPipeline,
    *,
    dag_id: str,
    application: str,
    name: str,
    pipeline_id: str = "",
    revision: int | None = None,
    sequence: int | None = None,
    settings: Mapping[str, Any] | None = None,
    disabled: bool = False,
    note: str = "",
    directory: Directory | None = None,
) -> DAG:
    """
    Return the DAG of a pipeline.

    :param application: where the pipeline lives; the JSON's own ``application`` is for its own world.
    :param pipeline_id: the pipeline's id in the store; without one, the JSON's own.
    :param revision: what is compiled, and with ``sequence`` its publication: both end the DAG's
        documentation, so that each publication has a DAG version of its own.
    :param settings: what the application adds: ``maxActiveRuns``, ``accessControl``.
    :param disabled: nobody may start it. It has no parameters then, which could keep it from being built.
    :param note: something else for the documentation.
    :raises SpecError: the pipeline has errors.
    :raises CompileError: a stage could not be built.
    """
    settings = settings or {}
    loaded.raise_for_errors()
    pipeline, graph = cast(Pipeline, loaded.pipeline), cast(Graph, loaded.graph)
    info = _info(
        loaded,
        graph,
        dag_id=dag_id,
        application=application,
        name=name,
        id=pipeline_id or str(loaded.spec.get("id") or dag_id),
        revision=revision,
        sequence=sequence,
        directory=directory or EmptyDirectory(),
    )
    dag = DAG(
        dag_id,
        **dag_arguments(application, name, _documentation(pipeline, note, revision, sequence)),
        max_active_runs=min(_concurrency(pipeline), settings.get("maxActiveRuns") or UNLIMITED),
        max_active_tasks=UNLIMITED,
        fail_fast=False,
        access_control=settings.get("accessControl"),
        **(refuse_starts() if disabled else {"schedule": None}),
    )
    with dag:
        _add_tasks(pipeline, info)
    # Only now: a task copies the params of its DAG, and Airflow validates, compares and stores each copy. A
    # task instance finds those of the DAG all the same.
    if not disabled:
        dag.params = ParamsDict(dag_params(pipeline.parameter_config))
    return dag


def _info(loaded: LoadedPipeline, graph: Graph, **known: Any) -> PipelineInfo:
    document = loaded.spec
    return PipelineInfo(
        graph=graph,
        stages=[stage for stage in document.get("stages") or () if isinstance(stage, dict)],
        parameters=[p for p in document.get("parameterConfig") or () if isinstance(p, dict)],
        template_variables=document.get("templateVariables") or {},
        **known,
    )


def _add_tasks(pipeline: Pipeline, info: PipelineInfo) -> None:
    tasks: dict[str, Any] = {}
    stages: dict[str, Stage] = {}
    graph = info.graph
    for node in graph.nodes:
        stage = cast(Stage, pipeline.stages[node.index])
        builder = TaskBuilder(node=node, stage=stage, raw=info.stages[node.index], pipeline=info)
        stage.build(builder)
        if builder.built is None:
            raise CompileError(f"stage {node.name!r} ({node.type}) built no task")
        stages[node.ref_id], tasks[node.ref_id] = stage, builder.built
    for node in graph.nodes:
        if upstream := awaited(graph, node):
            tasks[node.ref_id].set_upstream([tasks[ref_id] for ref_id in upstream])
    if needs_verdict(graph, stages):
        verdict = operator_class("gennaker.operators.verdict:VerdictOperator")(
            task_id=VERDICT_TASK,
            task_display_name="Verdict",
            trigger_rule="all_done",
            pipeline=info,
            unsure=unsure(graph, stages),
            retries=2,
        )
        if any(node.finally_ for node in graph.nodes):
            verdict.as_teardown(on_failure_fail_dagrun=True)
        verdict.set_upstream(list(tasks.values()))


def _concurrency(pipeline: Pipeline) -> int:
    if pipeline.limit_concurrent is True:
        return 1
    most = pipeline.max_concurrent_executions
    return most if isinstance(most, int) and most > 0 else UNLIMITED


def _documentation(pipeline: Pipeline, note: str, revision: int | None, sequence: int | None) -> str:
    parts = [pipeline.description or "", note, mark(revision, sequence)]
    return "\n\n".join(part for part in parts if part)
