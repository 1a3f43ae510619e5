"""Reading a run of the metadata database under lock, and changing the states of its tasks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from airflow.models.dagbag import DBDagBag
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.utils.state import State, TaskInstanceState
from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import NotFound

log = logging.getLogger(__name__)

#: The task that judges a run; never stopped, or the run would be judged without it.
VERDICT = "verdict"

#: The states of a task whose stage has begun: when it is stopped it counts as canceled, not as never started.
BEGUN = frozenset(
    {
        TaskInstanceState.RUNNING,
        TaskInstanceState.DEFERRED,
        TaskInstanceState.AWAITING_INPUT,
        TaskInstanceState.UP_FOR_RETRY,
        TaskInstanceState.UP_FOR_RESCHEDULE,
        TaskInstanceState.RESTARTING,
    }
)


def lock_run(dag_id: str, run_id: str, *, session: Session) -> DagRun:
    """Return a run, locked against the scheduler and against everybody else who changes runs here."""
    query = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
    run: DagRun | None = session.scalar(
        query.with_for_update(of=DagRun).execution_options(populate_existing=True)
    )
    if run is None:
        raise NotFound(f"DAG '{dag_id}' has no run '{run_id}'")
    return run


def lock_tasks(run: DagRun, *, session: Session) -> Sequence[TaskInstance]:
    """Return the run's task instances, locked in one order so that two callers cannot block each other."""
    query = (
        select(TaskInstance)
        .where(TaskInstance.dag_id == run.dag_id, TaskInstance.run_id == run.run_id)
        .order_by(TaskInstance.task_id, TaskInstance.map_index)
        .with_for_update(of=TaskInstance)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).unique().all()


def dag_of(run: DagRun, *, session: Session) -> SerializedDAG:
    """Return the DAG at the version that the run is pinned to."""
    dag = DBDagBag().get_dag_for_run(dag_run=run, session=session)
    if dag is None:
        raise NotFound(f"the DAG of run '{run.run_id}' is not in the database any more")
    return dag


def unfinished(tasks: Iterable[TaskInstance], dag: SerializedDAG) -> list[TaskInstance]:
    """Return the tasks that are not over, without teardowns: ``finally`` stages run whatever happened."""
    return [ti for ti in tasks if ti.state not in State.finished and not _is_teardown(ti, dag)]


def display_name(dag: SerializedDAG, task_id: str) -> str:
    """Return what people call a task."""
    task = dag.task_dict.get(task_id)
    return (task.task_display_name if task else None) or task_id


def tell_listeners(tasks: Iterable[TaskInstance], message: str) -> None:
    """Tell listeners that tasks have failed, as core does; a broken listener stops nothing."""
    from airflow.listeners.listener import get_listener_manager

    for ti in tasks:
        try:
            get_listener_manager().hook.on_task_instance_failed(
                previous_state=None, task_instance=ti, error=message
            )
        except Exception:
            log.exception("A listener failed")


def _is_teardown(ti: TaskInstance, dag: SerializedDAG) -> bool:
    task = dag.task_dict.get(ti.task_id)
    return bool(task and task.is_teardown)
