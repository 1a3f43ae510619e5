"""The run record: what we know of a DAG run beside its conf, where nobody can forge it."""

from __future__ import annotations

from typing import Any

from airflow.models.dagrun import DagRun
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gennaker.operators._execution import trigger_of
from gennaker.services._rows import begin_write
from gennaker.store.models import Pipeline, Run


def find(dag_id: str, run_id: str, *, session: Session) -> Run | None:
    """Return the record of a run, locked until the transaction ends, or None."""
    query = select(Run).where(Run.dag_id == dag_id, Run.run_id == run_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def ensure(run: DagRun, pipeline: Pipeline, *, session: Session) -> Run:
    """
    Return the record of a run, locked; make it where core started the run.

    The first stages of a run ask at the same time, and only one of them can make it.
    """
    begin_write(session=session)
    if (record := find(run.dag_id, run.run_id, session=session)) is not None:
        return record
    try:
        with session.begin_nested():
            session.add(made(run, pipeline))
    except IntegrityError:
        pass  # somebody else was first
    record = find(run.dag_id, run.run_id, session=session)
    if record is None:
        raise RuntimeError(f"the record of run '{run.run_id}' was made and is not there")
    return record


def made(run: DagRun, pipeline: Pipeline, **values: Any) -> Run:
    """Return a new record of a run; ``values`` are what only its starter knows."""
    return Run(
        dag_id=run.dag_id,
        run_id=run.run_id,
        pipeline_id=pipeline.id,
        clear_number=run.clear_number,
        **{"trigger": trigger(run), "started_by": run.triggering_user_name or "", **values},
    )


def trigger(run: DagRun) -> dict[str, Any]:
    """Return what started a run, without its parameters: those are its conf."""
    return {key: value for key, value in trigger_of(run, {}).items() if key != "parameters"}
