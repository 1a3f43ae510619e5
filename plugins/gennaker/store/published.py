"""
Read what is published: for the DAG processor all pipelines of some shards, for a worker one pipeline.

Rows of publications and revisions never change and are numbered in the order of their commits, so everything
up to a version can be read in several queries, now or in a year, and is always the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from airflow.utils.session import create_session
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from gennaker.errors import NotFound
from gennaker.spec.publication import Candidate, PublishedPipeline, Snapshot
from gennaker.store import fab, sequence
from gennaker.store.models import Pipeline, Publication, Revision

#: How many publications of a pipeline are tried, newest first, until one can be built.
CANDIDATES = 3


class DatabaseSource:
    """Where a process that may open sessions gets pipelines from; named in ``[gennaker] spec_source``."""

    def __init__(self, sessions: Callable[[], AbstractContextManager[Session]] | None = None) -> None:
        self._sessions = sessions or (lambda: create_session(scoped=False))
        self._roles: frozenset[str] | None = None

    def snapshot(self, *, since: int = 0, at: int | None = None) -> Snapshot:
        """
        Return the shards that have changed after version ``since``, whole.

        Airflow refuses a whole file for one right of a role that is not there, so roles that are not are
        left out; when roles have come or gone, all shards have changed.

        :param at: the version to return; None for the newest.
        """
        with self._sessions() as session:
            roles = fab.role_names(session=session) if fab.uses_fab() else None
            if roles != self._roles:
                since, self._roles = 0, roles
            found = snapshot(since=since, at=at, session=session)
            if roles is not None and at is None and found.shards:
                fab.ensure_permissions(_dag_ids(found), session=session)
        return found if roles is None else _without_other_roles(found, roles)


def snapshot(*, since: int = 0, at: int | None = None, session: Session) -> Snapshot:
    """Return the shards that have changed after version ``since``, whole, as they are at a version."""
    version = sequence.current(session=session) if at is None else at
    if version <= since:
        return Snapshot(version, {})
    changed = select(Pipeline.shard).join(Publication, Publication.pipeline_id == Pipeline.id)
    changed = changed.where(Publication.sequence > since, Publication.sequence <= version).distinct()
    numbers = session.scalars(changed).all()
    wanted = Pipeline.shard.in_(numbers) if since else None
    shards: dict[int, list[PublishedPipeline]] = {number: [] for number in sorted(numbers)}
    for pipeline in _published(version, wanted, session=session):
        shards[pipeline.shard].append(pipeline)
    return Snapshot(version, shards)


def pipeline_at(
    dag_id: str, version: int | None = None, *, session: Session
) -> tuple[int, PublishedPipeline]:
    """
    Return a pipeline as it is at a version, with the version; None is the newest.

    :raises NotFound: there is no such pipeline, it was deleted, or nothing of it was published.
    """
    if version is None:
        version = sequence.current(session=session)
    found = _published(version, Pipeline.dag_id == dag_id, session=session)
    if not found:
        raise NotFound(
            f"no pipeline with the DAG id '{dag_id}' is published at version {version}",
            hint="it was deleted, or its rows were removed while a run still needed them",
        )
    return version, found[0]


def _dag_ids(snapshot: Snapshot) -> list[str]:
    return [pipeline.dag_id for pipelines in snapshot.shards.values() for pipeline in pipelines]


def _without_other_roles(snapshot: Snapshot, roles: frozenset[str]) -> Snapshot:
    shards = {
        number: [_keep_roles(pipeline, roles) for pipeline in pipelines]
        for number, pipelines in snapshot.shards.items()
    }
    return Snapshot(snapshot.version, shards)


def _keep_roles(pipeline: PublishedPipeline, roles: frozenset[str]) -> PublishedPipeline:
    rights = pipeline.settings.get("accessControl")
    if not rights or rights.keys() <= roles:
        return pipeline
    kept = {role: right for role, right in rights.items() if role in roles}
    return replace(pipeline, settings={**pipeline.settings, "accessControl": kept})


def _published(
    version: int, wanted: ColumnElement[bool] | None, *, session: Session
) -> list[PublishedPipeline]:
    condition = () if wanted is None else (wanted,)
    newest = (
        select(func.max(Publication.sequence))
        .join(Pipeline, Pipeline.id == Publication.pipeline_id)
        .where(Publication.sequence <= version, *condition)
        .group_by(Publication.pipeline_id)
    )
    query = (
        select(Pipeline.id, Pipeline.dag_id, Pipeline.shard, Publication)
        .join(Publication, Publication.pipeline_id == Pipeline.id)
        .where(Publication.sequence.in_(newest))
        .where(Publication.deleted.is_(False), Publication.revision.is_not(None))
        .order_by(Pipeline.dag_id)
    )
    candidates = _candidates(version, condition, session=session)
    return [
        PublishedPipeline(
            pipeline_id=pipeline_id,
            dag_id=dag_id,
            application=state.application,
            name=state.name,
            shard=shard,
            disabled=state.disabled,
            settings=state.settings,
            candidates=tuple(candidates[pipeline_id]),
        )
        for pipeline_id, dag_id, shard, state in session.execute(query)
    ]


def _candidates(
    version: int, condition: Sequence[ColumnElement[bool]], *, session: Session
) -> dict[str, list[Candidate]]:
    """Return the last few different revisions that were published, by pipeline, newest first."""
    by_revision = (
        select(
            Publication.pipeline_id,
            Publication.revision,
            func.max(Publication.sequence).label("sequence"),
        )
        .join(Pipeline, Pipeline.id == Publication.pipeline_id)
        .where(Publication.sequence <= version, Publication.revision.is_not(None), *condition)
        .group_by(Publication.pipeline_id, Publication.revision)
        .subquery()
    )
    place = func.row_number().over(
        partition_by=by_revision.c.pipeline_id, order_by=by_revision.c.sequence.desc()
    )
    placed = select(by_revision, place.label("place")).subquery()
    query: Any = (
        select(Revision.pipeline_id, placed.c.sequence, Revision.number, Revision.sha256, Revision.spec)
        .join(placed, (placed.c.pipeline_id == Revision.pipeline_id) & (placed.c.revision == Revision.number))
        .where(placed.c.place <= CANDIDATES)
        .order_by(Revision.pipeline_id, placed.c.sequence.desc())
    )
    found: dict[str, list[Candidate]] = defaultdict(list)
    for pipeline_id, number, revision, sha256, spec in session.execute(query):
        found[pipeline_id].append(Candidate(number, revision, sha256, spec))
    return found
