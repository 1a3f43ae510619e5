"""
Take deleted pipelines out of Airflow when nothing of them runs any more, and keep them out.

While runs of a deleted pipeline are active its DAG stays, closed to every start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.utils.state import DagRunState, State
from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session

from gennaker.services import cancel, governance
from gennaker.services._rows import begin_write
from gennaker.services.publishing import NOTHING, publish_state
from gennaker.store.models import Pipeline, Publication

_BY = "gennaker"
#: How many of a kind one sweep takes; the next one takes the rest.
_BATCH = 100


def remove_deleted(*, session: Session) -> list[str]:
    """
    Take away what has ended since it was deleted, hide what Airflow shows again, and end what cannot run.

    :returns: the DAG ids of the pipelines that were taken away now.
    """
    begin_write(session=session)
    removed = _take_away(session=session)
    _hide(session=session)
    _end_runs(session=session)
    return removed


def _take_away(*, session: Session) -> list[str]:
    query = (
        select(Pipeline)
        .join(Publication, Publication.sequence == Pipeline.sequence)
        .where(Pipeline.deleted_at.is_not(None), Publication.deleted.is_(False), ~_has_runs())
        .order_by(Pipeline.id)
        .limit(_BATCH)
        .with_for_update(of=Pipeline, key_share=True, skip_locked=True)
    )
    ended = session.scalars(query).unique().all()
    for pipeline in ended:
        publish_state(pipeline, by=_BY, session=session)
    return [pipeline.dag_id for pipeline in ended]


def _hide(*, session: Session) -> None:
    """Hide DAGs that a file brought back which was being read when they were taken away."""
    gone = select(DagModel.dag_id).where(DagModel.is_stale.is_(False), DagModel.dag_id.in_(_gone()))
    if dag_ids := session.scalars(gone).all():
        hide = update(DagModel).where(DagModel.dag_id.in_(dag_ids))
        session.execute(hide.values(is_stale=True, allowed_run_types=NOTHING))


def _end_runs(*, session: Session) -> None:
    """End runs of DAGs that are gone: Airflow would leave them waiting, until they start by an undeletion."""
    for run in _waiting(session=session):
        pipeline = session.scalars(select(Pipeline).where(Pipeline.dag_id == run.dag_id)).unique().one()
        why = governance.why_closed(pipeline) or "it was deleted"
        cancel.cancel_run(dag_id=run.dag_id, run_id=run.run_id, reason=why, requested_by=_BY, session=session)
        if run.state not in State.finished_dr_states:  # its finally stages cannot run either
            run.set_state(DagRunState.FAILED)


def _waiting(*, session: Session) -> Sequence[DagRun]:
    query = select(DagRun).where(DagRun.state.in_(State.unfinished_dr_states), DagRun.dag_id.in_(_gone()))
    return session.scalars(query.limit(_BATCH)).unique().all()


def _gone() -> Select[Any]:
    last = select(Publication.sequence).where(Publication.deleted.is_(True))
    return select(Pipeline.dag_id).where(Pipeline.deleted_at.is_not(None), Pipeline.sequence.in_(last))


def _has_runs() -> ColumnElement[bool]:
    return exists().where(DagRun.dag_id == Pipeline.dag_id, DagRun.state.in_(State.unfinished_dr_states))
