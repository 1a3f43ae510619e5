"""
What stopping a stage takes besides its task's state, for a halt and for a cancelled run alike.

Airflow shows a canceled task as failed, so its outcome is written beside it, or nobody could tell it from one
that really failed.  A cancelled approval would stay open and take answers.  A child run would go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from sqlalchemy import delete
from sqlalchemy.orm import Session

from gennaker.operators._execution import CHILD_KEY, STAGE_KEY, child_run_id, millis
from gennaker.operators._outcome import Status
from gennaker.services import records

OVER = frozenset(str(status) for status in Status) - {str(Status.NOT_STARTED), str(Status.RUNNING)}


def write_canceled(tasks: Iterable[TaskInstance], message: str, *, session: Session) -> None:
    """Leave the outcome CANCELED with tasks that were stopped."""
    for ti in tasks:
        outcome: dict[str, Any] = {
            "status": str(Status.CANCELED),
            "context": {},
            "outputs": {},
            "startTime": millis(ti.start_date),
            "endTime": millis(ti.end_date or datetime.now(UTC)),
            "error": {"message": message},
        }
        records.write(STAGE_KEY, ti, outcome, session=session)


def close_approvals(tasks: Iterable[TaskInstance], *, session: Session) -> None:
    """Delete the open questions of tasks that were stopped."""
    ids = [ti.id for ti in tasks]
    if ids:
        session.execute(
            delete(HITLDetail).where(HITLDetail.ti_id.in_(ids), HITLDetail.responded_at.is_(None))
        )


def children_of(tasks: Collection[TaskInstance], run: DagRun, *, session: Session) -> list[tuple[str, str]]:
    """Return the child runs that tasks were waiting for, as pairs of DAG id and run id."""
    told = records.read(CHILD_KEY, run, tasks, session=session)
    return [pair for ti in tasks if (pair := _child(ti, told.get(ti.task_id))) is not None]


def _child(ti: TaskInstance, record: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """
    Return the child that a task started.

    Any code in a task may write any XCom, so the record alone would let it cancel anybody's run; the id of
    a true child follows from its parent.
    """
    if record is None or record.get("runId") != child_run_id(ti):
        return None
    return str(record.get("dagId")), str(record["runId"])
