"""Cancel a run: stop what runs, skip what has not begun, and the same for the child runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.api.common.mark_tasks import set_dag_run_state_to_failed
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.utils.state import State, TaskInstanceState
from sqlalchemy.orm import Session

from gennaker.errors import NotFound
from gennaker.services import audit, runs, stopping


def cancel_run(
    *, dag_id: str, run_id: str, reason: str, requested_by: str, session: Session
) -> dict[str, Any]:
    """
    Cancel a run and, recursively, the child runs that its stages wait for.

    A run that is over stays as it is, so asking twice does no harm.  ``finally`` stages still run; the run
    then ends as failed once they have.
    """
    run = runs.lock_run(dag_id, run_id, session=session)
    if run.state in State.finished_dr_states:
        return {"canceled": False, "state": str(run.state), "tasks": {}, "children": []}
    tasks = runs.lock_tasks(run, session=session)
    dag = runs.dag_of(run, session=session)
    before = {ti.task_id: ti.state for ti in runs.unfinished(tasks, dag)}
    stopped = _stop(run, tasks, dag, session=session)
    message = f"canceled: {reason}" if reason else "canceled"
    stopping.write_canceled(stopped, message, session=session)
    stopping.close_approvals(stopped, session=session)
    runs.tell_listeners(stopped, message)
    children = cancel_children(stopped, run, reason=reason, requested_by=requested_by, session=session)
    extra = {"reason": reason, "tasks": before, "children": children}
    audit.record(
        "gennaker_cancel", session=session, dag_id=dag_id, run_id=run_id, by=requested_by, extra=extra
    )
    return {"canceled": True, "state": str(run.state), "tasks": before, "children": children}


def cancel_children(
    tasks: Sequence[TaskInstance], run: DagRun, *, reason: str, requested_by: str, session: Session
) -> list[str]:
    """Cancel the child runs that stopped tasks were waiting for; return them as ``dag_id/run_id``."""
    canceled = []
    for dag_id, run_id in stopping.children_of(tasks, run, session=session):
        try:
            answer = cancel_run(
                dag_id=dag_id,
                run_id=run_id,
                reason=reason or "the parent pipeline was canceled",
                requested_by=requested_by,
                session=session,
            )
        except NotFound:
            continue  # deleted meanwhile: nothing runs there
        if answer["canceled"]:
            canceled += [f"{dag_id}/{run_id}", *answer["children"]]
    return canceled


def _stop(
    run: DagRun, tasks: Sequence[TaskInstance], dag: SerializedDAG, *, session: Session
) -> list[TaskInstance]:
    """Set the states; return the tasks whose stages have been canceled."""
    pending = runs.unfinished(tasks, dag)
    begun = [ti for ti in pending if ti.state in runs.BEGUN]
    for ti in begun:
        ti.set_state(TaskInstanceState.FAILED, session=session)
    if verdict := _open_teardown_verdict(tasks, dag):
        # Core leaves the run to the scheduler until the teardowns are over; then this one decides.
        verdict.set_state(TaskInstanceState.FAILED, session=session)
    set_dag_run_state_to_failed(dag=dag, run_id=run.run_id, commit=True, session=session)
    return begun


def _open_teardown_verdict(tasks: Sequence[TaskInstance], dag: SerializedDAG) -> TaskInstance | None:
    verdict = next((ti for ti in tasks if ti.task_id == runs.VERDICT), None)
    if verdict is None or verdict.state in State.finished or not dag.get_task(runs.VERDICT).is_teardown:
        return None
    return verdict
