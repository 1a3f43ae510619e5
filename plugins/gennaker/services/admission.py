"""
Admission: the one gate that every run passes, whatever started it.

Each stage asks before it works. The first of a run that Airflow started makes the run record. A run of a
pipeline that is disabled or deleted is refused, unless it was active at that moment and has been neither
cleared nor queued again since: a clear raises Airflow's count of clears, and whatever else revives a run that
has ended queues it again. A worker whose code is not what the run was made for is refused too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.models.dagbag import DBDagBag
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.state import State
from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import Conflict, NotFound
from gennaker.operators._execution import millis
from gennaker.services import audit, governance, people, rights, run_record
from gennaker.spec.publication import read_mark
from gennaker.store.models import Pipeline, Run

ADMITTED, REFUSED = "admitted", "refused"


def admit(
    *, dag_id: str, run_id: str, task_id: str, ti_id: str, sequence: int, session: Session
) -> dict[str, Any]:
    """
    Tell whether a task may work: ``allowed``, ``reason`` if not, and ``context``, the run for expressions.

    :param ti_id: the task instance; one that has been cleared or retried meanwhile may do nothing.
    :param sequence: the publication that the worker has built.
    """
    pipeline = _pipeline(dag_id, session=session)
    run = _run(dag_id, run_id, session=session)
    _check_caller(run, task_id, ti_id, session=session)
    mark = _mark(run, session=session)
    record = run_record.ensure(run, pipeline, session=session)
    reason = _objection(run, record, pipeline, session=session) or _other_code(mark, sequence)
    if mark is not None:
        record.revision, record.sequence = mark
    _note(record, run, task_id, reason, session=session)
    return {"allowed": reason is None, "reason": reason, "context": _context(run, record, pipeline)}


def _objection(run: DagRun, record: Run, pipeline: Pipeline, *, session: Session) -> str | None:
    why = governance.why_closed(pipeline, project=record.project)
    if why is not None and not _may_go_on(run, record, pipeline):
        return why
    return _lacks_right(record, pipeline, session=session)


def _may_go_on(run: DagRun, record: Run, pipeline: Pipeline) -> bool:
    if governance.is_closed(pipeline) and record.granted_clear_number != run.clear_number:
        return False
    return run.queued_at is None or run.queued_at <= _closed_at(pipeline)


def _closed_at(pipeline: Pipeline) -> datetime:
    disabled = pipeline.disabled_at if governance.is_disabled(pipeline) else None
    moments = [moment for moment in (disabled, pipeline.deleted_at) if moment is not None]
    return min(moments, default=datetime.min.replace(tzinfo=UTC))


def _lacks_right(record: Run, pipeline: Pipeline, *, session: Session) -> str | None:
    application = pipeline.application
    if not application.permissions.get("EXECUTE"):
        return None
    person = people.find(record.started_by, session=session)
    if person is None or rights.may("EXECUTE", application, roles=person.roles, admin=person.admin):
        return None
    wanted = ", ".join(application.permissions["EXECUTE"])
    return (
        f"{record.started_by} started it and may not run pipelines of application '{application.name}'"
        f" (it asks for one of the roles: {wanted})"
    )


def _other_code(mark: tuple[int, int] | None, sequence: int) -> str | None:
    if mark is None or mark[1] == sequence:
        return None
    return (
        f"the run was made for publication {mark[1]} of the pipeline, and the worker has built publication"
        f" {sequence}: the pipeline was published while Airflow read it; start it again"
    )


def _note(record: Run, run: DagRun, task_id: str, reason: str | None, *, session: Session) -> None:
    state = ADMITTED if reason is None else REFUSED
    if reason is not None and (record.state, record.clear_number) != (REFUSED, run.clear_number):
        audit.record(
            "gennaker_refuse",
            session=session,
            dag_id=run.dag_id,
            run_id=run.run_id,
            task_id=task_id,
            by=record.started_by or "airflow",
            extra={"reason": reason},
        )
    record.state, record.reason, record.clear_number = state, reason or "", run.clear_number
    session.flush()


def _context(run: DagRun, record: Run, pipeline: Pipeline) -> Mapping[str, Any]:
    return {
        "executionId": run.run_id,
        "pipelineId": pipeline.id,
        "application": pipeline.application.name,
        "name": pipeline.name,
        "trigger": record.trigger,
        "project": record.project,
        "startedBy": record.started_by,
        "revision": record.revision,
        "sequence": record.sequence,
        "buildTime": millis(run.run_after),
        "startTime": millis(run.start_date),
    }


def _pipeline(dag_id: str, *, session: Session) -> Pipeline:
    query = select(Pipeline).where(Pipeline.dag_id == dag_id)
    pipeline: Pipeline | None = session.scalars(query).unique().one_or_none()
    if pipeline is None:
        raise NotFound(f"no pipeline has the DAG '{dag_id}'")
    return pipeline


def _run(dag_id: str, run_id: str, *, session: Session) -> DagRun:
    query = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
    run: DagRun | None = session.scalars(query).unique().one_or_none()
    if run is None:
        raise NotFound(f"DAG '{dag_id}' has no run '{run_id}'")
    return run


def _check_caller(run: DagRun, task_id: str, ti_id: str, *, session: Session) -> None:
    query = select(TaskInstance.id, TaskInstance.state).where(
        TaskInstance.dag_id == run.dag_id,
        TaskInstance.run_id == run.run_id,
        TaskInstance.task_id == task_id,
        TaskInstance.map_index == -1,
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"run '{run.run_id}' has no task '{task_id}'")
    if str(found.id) != ti_id.lower() or found.state in State.finished:
        raise Conflict(f"task '{task_id}' is over, or has been cleared or retried meanwhile")


def _mark(run: DagRun, *, session: Session) -> tuple[int, int] | None:
    """Return revision and publication of the DAG that a run is pinned to."""
    model = DBDagBag(load_op_links=False).get_serialized_dag_model_for_run(run, session=session)
    data: Mapping[str, Any] = (model.data if model else None) or {}
    return read_mark(data.get("dag", {}).get("doc_md"))
