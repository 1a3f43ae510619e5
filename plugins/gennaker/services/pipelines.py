"""Pipelines: made, found, listed, renamed, put in order, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from airflow.models.dag import DagModel
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager, selectinload

from gennaker.errors import Conflict, NotFound, SpecError
from gennaker.services import applications, audit, contents, governance, paging, revisions, rights
from gennaker.services._rows import clean_name, deleted_key, lock_application, name_key
from gennaker.services.actor import Actor
from gennaker.services.publishing import publish_state
from gennaker.services.revisions import Build, Saved, Source, open_for_edit
from gennaker.spec import naming
from gennaker.store._base import new_id, utc_now
from gennaker.store.models import SHARD_SIZE, Application, Pipeline, Revision, Shard

State = Literal["enabled", "disabled", "locked", "draft", "broken"]

#: Two who make pipelines with one slug in different applications at once: the second takes the next number.
_TRIES = 5


@dataclass(frozen=True)
class Created:
    """A new pipeline, and what became of its first revision."""

    pipeline: Pipeline
    saved: Saved


@dataclass(frozen=True)
class Listed:
    """A pipeline in a list; ``errors`` is how many its latest revision has."""

    pipeline: Pipeline
    errors: int


# ---- make ------------------------------------------------------------------------------------------------


def create(
    *,
    application: str,
    name: str,
    spec: contents.Given,
    actor: Actor,
    source: Source | None = None,
    message: str = "",
    publish: bool = True,
    build: Build,
    wanted_id: str | None = None,
    prepare: Callable[[Pipeline], None] | None = None,
    session: Session,
) -> Created:
    """
    Make a pipeline with a first revision, which runs at once if nothing is wrong with it.

    :param wanted_id: the id that it shall have, if no pipeline has it yet.
    :param prepare: sets further fields (provenance, disabled) before anything is published.
    :raises Conflict: the application has a pipeline of that name, whatever its case.
    :raises InvalidPipeline: the spec is not a JSON object.
    """
    content = contents.read_content(spec)
    name = clean_name(name, "a pipeline")
    owner = lock_application(application, session=session)
    rights.require("WRITE", owner, actor)
    pipeline = _insert(owner, name, _free_id(wanted_id, session=session), actor, session=session)
    if prepare is not None:
        prepare(pipeline)
    source = source or actor.source
    _audit("gennaker_create", pipeline, actor, session, application=owner.name, name=name, source=source)
    saved = revisions.write(
        pipeline,
        content,
        message=message,
        actor=actor,
        source=source,
        publish=publish,
        build=build,
        session=session,
    )
    return Created(pipeline, saved)


def _insert(owner: Application, name: str, uid: str, actor: Actor, *, session: Session) -> Pipeline:
    _check_free(owner, name, session=session)
    last = _last_position(owner, session=session)
    shard = _shard(owner, session=session)
    for _ in range(_TRIES):
        pipeline = Pipeline(
            id=uid,
            application=owner,
            application_id=owner.id,
            name=name,
            name_key=name_key(name),
            dag_id=_dag_id(owner.name, name, uid, session=session),
            shard=shard.number,
            position=0 if last is None else last + 1,
            created_by=actor.name,
            updated_by=actor.name,
        )
        try:
            with session.begin_nested():
                session.add(pipeline)
        except IntegrityError:
            _check_free(owner, name, session=session)
        else:
            shard.size += 1
            return pipeline
    raise Conflict(f"no DAG id could be found for '{owner.name}' '{name}'", hint="try again")


def _last_position(owner: Application, *, session: Session) -> int | None:
    living = (Pipeline.application_id == owner.id) & Pipeline.deleted_at.is_(None)
    return session.scalar(select(func.max(Pipeline.position)).where(living))


def _free_id(wanted: str | None, *, session: Session) -> str:
    if wanted and session.get(Pipeline, wanted) is None:
        return wanted
    return new_id()


def _check_free(owner: Application, name: str, *, session: Session) -> None:
    query = select(Pipeline.id).where(
        Pipeline.application_id == owner.id, Pipeline.name_key == name_key(name)
    )
    if session.scalar(query) is not None:
        raise _taken(owner.name, name)


def _taken(application: str, name: str) -> Conflict:
    return Conflict(
        f"application '{application}' has a pipeline '{name}' already", hint="choose another name"
    )


def _dag_id(application: str, name: str, uid: str, *, session: Session) -> str:
    base = naming.dag_id(application, name, uid=uid)
    taken: set[str] = set()
    for column in (Pipeline.dag_id, DagModel.dag_id):
        taken |= set(session.scalars(select(column).where(column.startswith(base, autoescape=True))))
    return naming.dag_id(application, name, uid=uid, taken=taken)


def _shard(owner: Application, *, session: Session) -> Shard:
    newest = select(Shard).where(Shard.application_id == owner.id).order_by(Shard.number.desc()).limit(1)
    shard = session.scalar(newest.execution_options(populate_existing=True))
    if shard is None or shard.size >= SHARD_SIZE:
        shard = Shard(application_id=owner.id, size=0)
        session.add(shard)
        session.flush()
    return shard


# ---- find ------------------------------------------------------------------------------------------------


def get(*, pipeline_id: str, session: Session) -> Pipeline:
    """
    Return a pipeline, a deleted one too.

    :raises NotFound: there is none.
    """
    if (pipeline := session.get(Pipeline, pipeline_id)) is None:
        raise NotFound(f"there is no pipeline '{pipeline_id}'")
    return pipeline


def find(*, application: str, name: str, session: Session) -> Pipeline | None:
    """Return the pipeline of that name that is not deleted, or None."""
    query = select(Pipeline).join(Pipeline.application).options(contains_eager(Pipeline.application))
    return session.scalar(
        query.where(Application.name_key == name_key(application), Pipeline.name_key == name_key(name))
    )


def errors_of(*, pipeline_ids: Collection[str], session: Session) -> dict[str, int]:
    """Return how many errors the latest revisions have, by pipeline."""
    query = (
        select(Pipeline.id, Revision.errors)
        .join(Revision, (Revision.pipeline_id == Pipeline.id) & (Revision.number == Pipeline.latest))
        .where(Pipeline.id.in_(pipeline_ids))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_(
    *,
    application: str | None = None,
    q: str | None = None,
    state: State | None = None,
    deleted: bool = False,
    dag_ids: Collection[str] | None = None,
    cursor: str | None = None,
    limit: int = 50,
    session: Session,
) -> paging.Page[Listed]:
    """
    Return pipelines by application, position and name; their specs are not read.

    :param q: part of the name or of the application's name.
    :param state: ``draft`` has changes that do not run, ``broken`` has errors in its latest revision.
    :param deleted: return those that are deleted instead of those that are not.
    :param dag_ids: return no others; for those who may not see all.
    """
    size = paging.page_size(limit)
    order = (Application.name_key, Pipeline.position, Pipeline.name_key, Pipeline.id)
    columns: tuple[Any, ...] = (Pipeline, func.coalesce(Revision.errors, 0))
    query = (
        select(*columns)
        .join(Pipeline.application)
        .outerjoin(Revision, (Revision.pipeline_id == Pipeline.id) & (Revision.number == Pipeline.latest))
        .options(selectinload(Pipeline.application))
        .where(Pipeline.deleted_at.is_not(None) if deleted else Pipeline.deleted_at.is_(None))
        .order_by(*order)
        .limit(size + 1)
    )
    query = _filtered(query, application=application, q=q, state=state, dag_ids=dag_ids)
    if cursor:
        query = query.where(tuple_(*order) > tuple(paging.decode(cursor, str, int, str, str)))
    found = [Listed(pipeline, errors) for pipeline, errors in session.execute(query)]
    if len(found) <= size:
        return paging.Page(found)
    last = found[size - 1].pipeline
    more = paging.encode(last.application.name_key, last.position, last.name_key, last.id)
    return paging.Page(found[:size], more)


def _filtered(
    query: Select[Any],
    *,
    application: str | None,
    q: str | None,
    state: State | None,
    dag_ids: Collection[str] | None,
) -> Select[Any]:
    if application is not None:
        query = query.where(Application.name_key == name_key(application))
    if q and (part := name_key(q)):
        names = (Pipeline.name_key, Application.name_key)
        in_name, in_application = (name.contains(part, autoescape=True) for name in names)
        query = query.where(in_name | in_application)
    if state is not None:
        query = query.where(_STATES[state])
    if dag_ids is not None:
        query = query.where(Pipeline.dag_id.in_(dag_ids))
    return query


_STATES: Mapping[str, Any] = {
    "enabled": Pipeline.disabled_scope.is_(None),
    "disabled": Pipeline.disabled_scope.is_not(None),
    "locked": Pipeline.locked.is_(True),
    "draft": Pipeline.published.is_distinct_from(Pipeline.latest),
    "broken": Revision.errors > 0,
}


# ---- change ----------------------------------------------------------------------------------------------


def rename(*, pipeline_id: str, name: str, actor: Actor, session: Session) -> Pipeline:
    """
    Give a pipeline another name; its DAG id and its history stay.

    :raises Conflict: the application has another pipeline of that name.
    """
    name = clean_name(name, "a pipeline")
    pipeline = open_for_edit(pipeline_id, actor, session=session)
    before = pipeline.name
    if name == before:
        return pipeline
    _set_name(pipeline, name, session=session)
    _touch(pipeline, actor)
    _audit("gennaker_rename", pipeline, actor, session, before=before, after=name)
    publish_state(pipeline, by=actor.name, session=session)
    return pipeline


def delete(*, pipeline_id: str, actor: Actor, session: Session) -> Pipeline:
    """
    Delete a pipeline so that it can be brought back: nothing starts any more, its history stays.

    Its active runs go on. The same as doing nothing for one that is deleted already.
    """
    pipeline = open_for_edit(pipeline_id, actor, session=session, deleted=True)
    if pipeline.deleted_at is not None:
        return pipeline
    closed = governance.grant(pipeline, session=session)
    pipeline.deleted_at, pipeline.deleted_by = closed, actor.name
    pipeline.name_key = deleted_key(name_key(pipeline.name), pipeline.id)
    _touch(pipeline, actor)
    _audit("gennaker_delete", pipeline, actor, session, name=pipeline.name)
    publish_state(pipeline, by=actor.name, session=session)
    return pipeline


def undelete(*, pipeline_id: str, name: str | None = None, actor: Actor, session: Session) -> Pipeline:
    """
    Bring a deleted pipeline back, at the end of its application.

    :param name: another name, where the old one was given to a new pipeline.
    :raises Conflict: the name is taken, or its application's name is.
    """
    application_id = get(pipeline_id=pipeline_id, session=session).application_id
    owner = applications.revive(application_id=application_id, actor=actor, session=session)
    pipeline = open_for_edit(pipeline_id, actor, session=session, deleted=True)
    if pipeline.deleted_at is None:
        return pipeline
    _set_name(pipeline, clean_name(name or pipeline.name, "a pipeline"), session=session)
    pipeline.position = (_last_position(owner, session=session) or 0) + 1
    pipeline.deleted_at, pipeline.deleted_by = None, ""
    if not governance.is_closed(pipeline):
        governance.forget_grants(pipeline, session=session)
    _touch(pipeline, actor)
    _audit("gennaker_undelete", pipeline, actor, session, name=pipeline.name)
    publish_state(pipeline, by=actor.name, session=session)
    return pipeline


def reorder(*, application: str, ids: Sequence[str], actor: Actor, session: Session) -> None:
    """
    Put the pipelines of an application in this order; those that are not named follow in theirs.

    :raises NotFound: an id is none of the application's pipelines.
    :raises SpecError: an id stands there twice.
    """
    owner = lock_application(application, session=session)
    rights.require("WRITE", owner, actor)
    query = (
        select(Pipeline)
        .where(Pipeline.application_id == owner.id, Pipeline.deleted_at.is_(None))
        .order_by(Pipeline.id)
        .with_for_update(of=Pipeline, key_share=True)
        .execution_options(populate_existing=True)
    )
    known = {pipeline.id: pipeline for pipeline in session.scalars(query)}
    if len(set(ids)) < len(ids):
        raise SpecError("a pipeline stands in the order twice", path="$.ids")
    if unknown := [uid for uid in ids if uid not in known]:
        raise NotFound(f"application '{owner.name}' has no pipeline '{unknown[0]}'")
    rest = sorted(known.values(), key=lambda each: (each.position, each.name_key))
    ordered = [known[uid] for uid in ids] + [each for each in rest if each.id not in set(ids)]
    for position, pipeline in enumerate(ordered):
        pipeline.position = position
    audit.record(
        "gennaker_reorder",
        session=session,
        by=actor.name,
        extra={"application": owner.name, "order": [pipeline.name for pipeline in ordered]},
    )
    session.flush()


def _set_name(pipeline: Pipeline, name: str, *, session: Session) -> None:
    try:
        with session.begin_nested():
            pipeline.name, pipeline.name_key = name, name_key(name)
    except IntegrityError:
        session.refresh(pipeline, ["name", "name_key"])
        raise _taken(pipeline.application.name, name) from None


def _touch(pipeline: Pipeline, actor: Actor) -> None:
    pipeline.updated_at, pipeline.updated_by = utc_now(), actor.name


def _audit(event: str, pipeline: Pipeline, actor: Actor, session: Session, **extra: Any) -> None:
    told = {"door": actor.source, **extra}
    audit.record(event, session=session, dag_id=pipeline.dag_id, by=actor.name, extra=told)
