"""
Lock and disable: who may change a pipeline, and whether it may start.

A *lock* stops changes through the console; its option says whether machines may still change the pipeline.
Whoever may edit a pipeline may lock and unlock it: the lock guards against slips, not against colleagues.

A *disabled* pipeline does not start, whatever asks for it. For the whole team it is published so, which makes
Airflow itself refuse; for named projects only starts that name one of them are refused. A disabling that has
expired counts as over at once, whenever its traces are swept up. Runs that were active go on: each has its
count of clears noted, and with another count it is a new start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gennaker.errors import Denied, SpecError
from gennaker.services import audit, rights, run_record
from gennaker.services._rows import begin_write, lock_pipeline, no_control
from gennaker.services.actor import Actor
from gennaker.services.publishing import active_runs, publish_state
from gennaker.store.models import Pipeline, Run

Scope = Literal["team", "projects"]

_SWEEPER = "gennaker"
#: How many expired disablings one sweep takes away; the next one takes the rest.
_BATCH = 100


# ---- lock ------------------------------------------------------------------------------------------------


def check_editable(pipeline: Pipeline, actor: Actor) -> None:
    """
    Refuse to change a locked pipeline, except through a door that its lock leaves open.

    :raises Denied: the message says who locked it, when and why.
    """
    if not pipeline.locked or _is_open(pipeline, actor):
        return
    told = _told("locked", pipeline.locked_by, pipeline.locked_at, pipeline.lock_reason)
    hint = "unlock it first"
    if pipeline.provenance:
        hint = f"change it in {pipeline.provenance.get('repository') or 'its repository'}, or unlock it"
    raise Denied(f"pipeline '{pipeline.name}' {told}", hint=hint)


def lock(*, pipeline_id: str, allow_api: bool, reason: str, actor: Actor, session: Session) -> Pipeline:
    """Lock a pipeline, or change the option and the reason of its lock."""
    pipeline = _to_govern(pipeline_id, actor, session=session)
    set_lock(pipeline, reason=reason, allow_api=allow_api, by=actor.name)
    _audit("gennaker_lock", pipeline, actor.name, session, reason=reason, allowApi=allow_api)
    return pipeline


def set_lock(pipeline: Pipeline, *, reason: str, allow_api: bool, by: str) -> None:
    """Lock a pipeline that is under row lock already."""
    pipeline.locked, pipeline.lock_allows_api = True, allow_api
    pipeline.lock_reason, pipeline.locked_by, pipeline.locked_at = no_control(reason), by, datetime.now(UTC)


def unlock(*, pipeline_id: str, actor: Actor, session: Session) -> Pipeline:
    """Take the lock away; the same as doing nothing where there is none."""
    pipeline = _to_govern(pipeline_id, actor, session=session)
    if pipeline.locked:
        was = {"lockedBy": pipeline.locked_by, "reason": pipeline.lock_reason}
        pipeline.locked, pipeline.lock_allows_api, pipeline.lock_reason = False, True, ""
        pipeline.locked_by, pipeline.locked_at = "", None
        _audit("gennaker_unlock", pipeline, actor.name, session, **was)
    return pipeline


def _is_open(pipeline: Pipeline, actor: Actor) -> bool:
    if actor.source == "git" and pipeline.provenance:
        return True
    return actor.source != "ui" and pipeline.lock_allows_api


# ---- disable ---------------------------------------------------------------------------------------------


def is_disabled(pipeline: Pipeline, *, now: datetime | None = None) -> bool:
    """Tell whether a pipeline is disabled, for the team or for projects, and that has not expired."""
    if pipeline.disabled_scope is None:
        return False
    until = pipeline.disabled_until
    return until is None or until > (now or datetime.now(UTC))


def is_closed(pipeline: Pipeline) -> bool:
    """Tell whether nothing of a pipeline may start: it is deleted, or disabled for the whole team."""
    return pipeline.deleted_at is not None or (pipeline.disabled_scope == "team" and is_disabled(pipeline))


def why_closed(pipeline: Pipeline, *, project: str = "") -> str | None:
    """Return why a pipeline may not start (for a project), or None if it may."""
    if pipeline.deleted_at is not None:
        told = _told("deleted", pipeline.deleted_by, pipeline.deleted_at, "")
        return f"pipeline '{pipeline.name}' {told}"
    if not is_disabled(pipeline):
        return None
    if pipeline.disabled_scope == "projects" and project not in pipeline.disabled_projects:
        return None
    told = _told("disabled", pipeline.disabled_by, pipeline.disabled_at, pipeline.disabled_reason)
    where = f" for project '{project}'" if pipeline.disabled_scope == "projects" else ""
    until = f"; it may start again {_moment(pipeline.disabled_until)}" if pipeline.disabled_until else ""
    return f"pipeline '{pipeline.name}' {told}{where}{until}"


def disable(
    *,
    pipeline_id: str,
    scope: Scope,
    projects: Iterable[str] = (),
    reason: str,
    until: datetime | None = None,
    actor: Actor,
    session: Session,
) -> Pipeline:
    """
    Let a pipeline start no more: for the whole team, or for some projects.

    :param until: when it may start again by itself; with a time zone.
    :raises SpecError: no projects, or a time that is over.
    """
    pipeline = _to_govern(pipeline_id, actor, session=session)
    named = sorted(set(projects)) if scope == "projects" else []
    _check_disable(scope, named, until)
    was_closed, before = is_closed(pipeline), pipeline.disabled_scope
    moment = datetime.now(UTC)
    if scope == "team":
        moment = (
            pipeline.disabled_at if was_closed and pipeline.disabled_at else grant(pipeline, session=session)
        )
    pipeline.disabled_scope, pipeline.disabled_projects = scope, named
    pipeline.disabled_by, pipeline.disabled_reason = actor.name, no_control(reason)
    pipeline.disabled_at, pipeline.disabled_until = moment, until
    extra = {"scope": scope, "projects": named, "reason": reason, "until": until}
    _audit("gennaker_disable", pipeline, actor.name, session, **extra)
    if scope == "team" and before != "team":
        _publish(pipeline, by=actor.name, session=session)
    elif scope == "projects" and before == "team":
        _reopen(pipeline, by=actor.name, session=session)
    return pipeline


def enable(*, pipeline_id: str, actor: Actor, session: Session) -> Pipeline:
    """Let a pipeline start again; the same as doing nothing where it is enabled."""
    pipeline = _to_govern(pipeline_id, actor, session=session)
    if pipeline.disabled_scope is not None:
        _enable(pipeline, by=actor.name, event="gennaker_enable", session=session)
    return pipeline


def expire_disables(*, session: Session) -> list[str]:
    """
    Enable the pipelines whose disabling has expired, and return their DAG ids.

    Several servers may do this at once: what one has begun with, the others leave to it.
    """
    begin_write(session=session)
    query = (
        select(Pipeline)
        .where(Pipeline.disabled_scope.is_not(None), Pipeline.disabled_until <= datetime.now(UTC))
        .order_by(Pipeline.id)
        .limit(_BATCH)
        .with_for_update(of=Pipeline, key_share=True, skip_locked=True)
    )
    expired = session.scalars(query).unique().all()
    for pipeline in expired:
        _enable(pipeline, by=_SWEEPER, event="gennaker_disable_expired", session=session)
    return [pipeline.dag_id for pipeline in expired]


def grant(pipeline: Pipeline, *, session: Session) -> datetime:
    """
    Let the active runs of a pipeline go on, although it closes now (is disabled or deleted).

    Does nothing for a pipeline that is closed already: what is active there was started in vain.

    :returns: the moment of closing. A run that was queued after it was started, or cleared, too late; so it
        is never earlier than a granted run was queued, even by the clock of another machine.
    """
    moment = datetime.now(UTC)
    if is_closed(pipeline):
        return moment
    for run in active_runs(pipeline.dag_id, session=session):
        record = run_record.ensure(run, pipeline, session=session)
        record.granted_clear_number = run.clear_number
        moment = max(moment, run.queued_at or moment)
    session.flush()
    return moment


def forget_grants(pipeline: Pipeline, *, session: Session) -> None:
    """Take back what :func:`grant` gave, when a pipeline opens again."""
    granted = update(Run).where(Run.pipeline_id == pipeline.id, Run.granted_clear_number.is_not(None))
    session.execute(granted.values(granted_clear_number=None))


def _enable(pipeline: Pipeline, *, by: str, event: str, session: Session) -> None:
    was_team = pipeline.disabled_scope == "team"
    was = {"scope": pipeline.disabled_scope, "reason": pipeline.disabled_reason}
    pipeline.disabled_scope, pipeline.disabled_projects = None, []
    pipeline.disabled_by, pipeline.disabled_reason = "", ""
    pipeline.disabled_at = pipeline.disabled_until = None
    _audit(event, pipeline, by, session, **was)
    if was_team:
        _reopen(pipeline, by=by, session=session)


def _reopen(pipeline: Pipeline, *, by: str, session: Session) -> None:
    if pipeline.deleted_at is None:
        forget_grants(pipeline, session=session)
    _publish(pipeline, by=by, session=session)


def _publish(pipeline: Pipeline, *, by: str, session: Session) -> None:
    if pipeline.sequence:  # else Airflow does not know it
        publish_state(pipeline, by=by, session=session)


def _check_disable(scope: str, projects: list[str], until: datetime | None) -> None:
    if scope == "projects" and not projects:
        raise SpecError("no project is named", path="$.projects", hint="name at least one, or disable all")
    if until is not None and until <= datetime.now(UTC):
        raise SpecError("the time is over already", path="$.until", hint="give a later one, or none")


# ---- both ------------------------------------------------------------------------------------------------


def _to_govern(pipeline_id: str, actor: Actor, *, session: Session) -> Pipeline:
    pipeline = lock_pipeline(pipeline_id, session=session)
    rights.require("WRITE", pipeline.application, actor)
    return pipeline


def _audit(event: str, pipeline: Pipeline, by: str, session: Session, **extra: Any) -> None:
    audit.record(event, session=session, dag_id=pipeline.dag_id, by=by, extra=extra)


def _told(what: str, by: str, at: datetime | None, reason: str) -> str:
    told = f"was {what} by {by or 'somebody'}"
    if at is not None:
        told += f" {_moment(at)}"
    return f"{told}: {reason}" if reason else told


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("on %Y-%m-%d at %H:%M UTC")
