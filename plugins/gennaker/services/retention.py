"""
Delete old revisions, if the administrator wants that.

A run is pinned to a version of the store, and a worker builds the newest revision up to that version that can
be built. So what stays is not only what runs now, but all of these candidates for every version that a run in
the database still has; Airflow's own ``airflow db clean`` makes them go.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from airflow.models.dagrun import DagRun
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gennaker.services import audit
from gennaker.settings import from_airflow
from gennaker.store.models import Pipeline, Publication, Revision
from gennaker.store.published import CANDIDATES


def after_save(pipeline: Pipeline, *, session: Session) -> None:
    """Keep a pipeline that was saved within ``retain_revisions``."""
    keep = from_airflow().retain_revisions
    if keep and pipeline.latest > keep:
        prune(pipeline, keep=keep, by="gennaker", session=session)


def prune(pipeline: Pipeline, *, keep: int, by: str, session: Session) -> list[int]:
    """
    Delete the revisions of a pipeline beyond the newest ``keep`` that nothing needs any more.

    :param pipeline: under lock, so that nobody publishes meanwhile.
    :returns: the numbers of the deleted ones.
    """
    session.flush()
    mine = Revision.pipeline_id == pipeline.id
    query = select(Revision.number, Revision.restored_from).where(mine).order_by(Revision.number.desc())
    rows = session.execute(query).all()
    old = {row.number for row in rows[keep:]}
    if not old:
        return []
    needed = {pipeline.latest, pipeline.published, *(row.restored_from for row in rows[:keep])}
    needed |= _reachable(pipeline, session=session)
    gone = sorted(old - needed)
    if gone:
        session.execute(delete(Revision).where(mine, Revision.number.in_(gone)))
        audit.record(
            "gennaker_prune_revisions",
            session=session,
            dag_id=pipeline.dag_id,
            by=by,
            extra={"revisions": gone},
        )
    return gone


def _reachable(pipeline: Pipeline, *, session: Session) -> set[int]:
    """Return the revisions that may be built for the newest version and for those of runs."""
    query = (
        select(Publication.sequence, Publication.revision)
        .where(Publication.pipeline_id == pipeline.id, Publication.revision.is_not(None))
        .order_by(Publication.sequence)
    )
    published = [(number, revision) for number, revision in session.execute(query) if revision is not None]
    sequences = [number for number, _ in published]
    found: set[int] = set()
    ends = {bisect_right(sequences, version) for version in _versions(pipeline.dag_id, session=session)}
    for end in {len(published), *ends}:
        found |= _candidates(revision for _, revision in reversed(published[:end]))
    return found


def _candidates(newest_first: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for revision in newest_first:
        found.add(revision)
        if len(found) == CANDIDATES:
            break
    return found


def _versions(dag_id: str, *, session: Session) -> list[int]:
    """Return the versions of the store that runs are pinned to."""
    query = select(DagRun.bundle_version).where(DagRun.dag_id == dag_id).distinct()
    return [int(text) for text in session.scalars(query) if text and text.isdecimal()]
