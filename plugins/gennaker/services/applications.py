"""Applications: what is deployed, who owns it, and who may do what with its pipelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gennaker.errors import Conflict, Denied, NotFound, SpecError
from gennaker.services import audit, rights
from gennaker.services._rows import (
    DELETED,
    begin_write,
    clean_name,
    deleted_key,
    lock_application,
    name_key,
)
from gennaker.services.actor import Actor
from gennaker.services.publishing import dag_settings, publish_state
from gennaker.store.models import Application, Pipeline

#: What may be changed, with the type that a value must have.
FIELDS: Mapping[str, type] = {
    "owner": str,
    "description": str,
    "projects": list,
    "permissions": dict,
    "parallel_runs": bool,
    "restart_running": bool,
}
RIGHTS = ("READ", "WRITE", "EXECUTE")


def create(*, name: str, actor: Actor, session: Session, **fields: Any) -> Application:
    """
    Create an application.

    :param fields: any of :data:`FIELDS`.
    :raises Conflict: there is one of that name, whatever its case.
    """
    name = clean_name(name, "an application")
    values = _checked(fields)
    _check_not_locked_out(values.get("permissions", {}), actor)
    begin_write(session=session)
    made = Application(
        name=name, name_key=name_key(name), created_by=actor.name, updated_by=actor.name, **values
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise Conflict(f"there is an application '{name}' already", hint="choose another name") from None
    _audit("gennaker_create_application", made, actor, session, **fields)
    return made


def find(*, name: str, session: Session) -> Application | None:
    """Return an application, or None."""
    return session.scalar(select(Application).where(Application.name_key == name_key(name)))


def get(*, name: str, session: Session) -> Application:
    """
    Return an application.

    :raises NotFound: there is none.
    """
    if (found := find(name=name, session=session)) is None:
        raise NotFound(f"there is no application '{name}'", hint="create it first")
    return found


def ensure(*, name: str, actor: Actor, session: Session) -> Application:
    """Return an application; make it where there is none."""
    if (found := find(name=name, session=session)) is not None:
        return found
    try:
        return create(name=name, actor=actor, session=session)
    except Conflict:
        return get(name=name, session=session)  # somebody else was first


def list_(*, session: Session) -> Sequence[Application]:
    """Return all applications by name."""
    living = select(Application).where(Application.name_key.not_like(f"%{DELETED}%"))
    return session.scalars(living.order_by(Application.name_key)).all()


def sizes(*, session: Session) -> dict[str, int]:
    """Return how many pipelines each application has, by the application's id; 0 is left out."""
    query = select(Pipeline.application_id, func.count()).where(Pipeline.deleted_at.is_(None))
    rows = session.execute(query.group_by(Pipeline.application_id))
    return {row[0]: row[1] for row in rows}


def update(
    *, name: str, changes: Mapping[str, Any], if_version: int | None = None, actor: Actor, session: Session
) -> Application:
    """
    Change fields of an application, and publish its pipelines where that changes their DAGs.

    :param changes: any of :data:`FIELDS`.
    :param if_version: the ``version`` that the change is based on; None for any.
    :raises Conflict: it has another version by now.
    """
    values = _checked(changes)
    application = lock_application(name, session=session)
    rights.require("WRITE", application, actor)
    if if_version is not None and application.version != if_version:
        raise Conflict(
            f"application '{application.name}' has version {application.version} by now, not {if_version}",
            hint="read it again, and change that",
        )
    changed = {key: value for key, value in values.items() if getattr(application, key) != value}
    if not changed:
        return application
    _check_not_locked_out(changed.get("permissions", {}), actor)
    before = dag_settings(application)
    for key, value in changed.items():
        setattr(application, key, value)
    application.updated_by = actor.name
    session.flush()
    _audit("gennaker_update_application", application, actor, session, **changed)
    if dag_settings(application) != before:
        _publish_all(application, by=actor.name, session=session)
    return application


def delete(*, name: str, actor: Actor, session: Session) -> Application:
    """
    Delete an application that has no pipelines; undeleting one of its pipelines brings it back.

    :raises Conflict: it has pipelines.
    """
    application = lock_application(name, session=session)
    rights.require("WRITE", application, actor)
    living = select(func.count()).where(
        Pipeline.application_id == application.id, Pipeline.deleted_at.is_(None)
    )
    if number := session.scalar(living):
        raise Conflict(f"application '{application.name}' has {number} pipelines", hint="delete them first")
    application.name_key = deleted_key("", application.id)
    application.updated_by = actor.name
    session.flush()
    _audit("gennaker_delete_application", application, actor, session)
    return application


def revive(*, application_id: str, actor: Actor, session: Session) -> Application:
    """
    Return an application under lock; one that was deleted gets its name back.

    :raises Conflict: another one has the name by now.
    """
    begin_write(session=session)
    query = select(Application).where(Application.id == application_id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    application = session.scalars(locked).one()
    if DELETED not in application.name_key:
        return application
    try:
        with session.begin_nested():
            application.name_key = name_key(application.name)
            application.updated_by = actor.name
    except IntegrityError:
        raise Conflict(f"there is another application '{application.name}' by now") from None
    _audit("gennaker_undelete_application", application, actor, session)
    return application


def _publish_all(application: Application, *, by: str, session: Session) -> None:
    query = (
        select(Pipeline)
        .where(Pipeline.application_id == application.id, Pipeline.deleted_at.is_(None))
        .where(Pipeline.published.is_not(None))
        .order_by(Pipeline.id)
        .with_for_update(of=Pipeline, key_share=True)
        .execution_options(populate_existing=True)
    )
    for pipeline in session.scalars(query).unique().all():
        publish_state(pipeline, by=by, session=session)


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in fields.items():
        if key not in FIELDS:
            raise SpecError(f"an application has no '{key}'", path=f"$.{key}", hint=f"it has {list(FIELDS)}")
        if not isinstance(value, FIELDS[key]):
            raise SpecError(f"expected {FIELDS[key].__name__}, got {value!r}", path=f"$.{key}")
    values = dict(fields)
    if "projects" in values:
        values["projects"] = _texts(values["projects"], "$.projects")
    if "permissions" in values:
        values["permissions"] = _permissions(values["permissions"])
    return values


def _permissions(given: Mapping[str, Any]) -> dict[str, list[str]]:
    if unknown := sorted(set(given) - set(RIGHTS)):
        raise SpecError(f"unknown rights {unknown}", path="$.permissions", hint=f"rights are {list(RIGHTS)}")
    named = {key: _texts(given[key], f"$.permissions.{key}") for key in RIGHTS if key in given}
    return {key: roles for key, roles in named.items() if roles}


def _texts(value: Any, path: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise SpecError("expected a list of names", path=path)
    return list(dict.fromkeys(item.strip() for item in value))


def _check_not_locked_out(permissions: Mapping[str, list[str]], actor: Actor) -> None:
    wanted = permissions.get("WRITE")
    if wanted and not actor.admin and actor.roles.isdisjoint(wanted):
        raise Denied(
            f"{actor.name} has none of the roles that may change it from then on",
            path="$.permissions.WRITE",
            hint="name a role of yours, or ask an administrator",
        )


def _audit(event: str, application: Application, actor: Actor, session: Session, **extra: Any) -> None:
    told = {"application": application.name, "door": actor.source, **extra}
    audit.record(event, session=session, by=actor.name, extra=told)
