"""Applications: what pipelines belong to."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Response

from gennaker.api.access import AccessDep, Right
from gennaker.api.description import told
from gennaker.api.etags import OptionalBase, tag
from gennaker.api.models._base import Page
from gennaker.api.models.applications import (
    ApplicationAnswer,
    ChangeApplication,
    CreateApplication,
    OrderBody,
)
from gennaker.api.routes._parts import NamePath
from gennaker.api.routes._parts import router as router_at
from gennaker.api.views import application_answer
from gennaker.services import applications, pipelines

router = router_at("/applications", "applications")


@router.get("", **told("read"))
def list_applications(access: AccessDep, session: SessionDep) -> Page[ApplicationAnswer]:
    """List the applications that you may see, by name, all on one page."""
    access.require_at_all(Right.READ)
    sizes = applications.sizes(session=session)
    return Page(
        items=[
            application_answer(application, access, pipelines=sizes.get(application.id, 0))
            for application in applications.list_(session=session)
            if access.may_in(Right.READ, application)
        ]
    )


@router.post("", status_code=201, **told("create", 409, 415))
def create_application(
    body: CreateApplication, response: Response, access: AccessDep, session: SessionDep
) -> ApplicationAnswer:
    """Create an application."""
    access.require_at_all(Right.CREATE)
    made = applications.create(actor=access.actor, session=session, **_changes(body))
    tag(response, made.version)
    return application_answer(made, access)


@router.get("/{name}", **told("read", 404))
def get_application(
    name: NamePath, response: Response, access: AccessDep, session: SessionDep
) -> ApplicationAnswer:
    """Return an application; its `ETag` is its version."""
    application = applications.get(name=name, session=session)
    access.require_in(Right.READ, application)
    tag(response, application.version)
    sizes = applications.sizes(session=session)
    return application_answer(application, access, pipelines=sizes.get(application.id, 0))


@router.patch("/{name}", **told("edit", 404, 409, 415))
def change_application(
    *,
    name: NamePath,
    body: ChangeApplication,
    response: Response,
    base: OptionalBase,
    access: AccessDep,
    session: SessionDep,
) -> ApplicationAnswer:
    """
    Change what is given, and leave the rest.

    Its pipelines are published anew where that changes their DAGs. With `If-Match`, only the version that you
    have read is changed.
    """
    access.require_in(Right.EDIT, applications.get(name=name, session=session))
    changed = applications.update(
        name=name, changes=_changes(body), if_version=base, actor=access.actor, session=session
    )
    tag(response, changed.version)
    sizes = applications.sizes(session=session)
    return application_answer(changed, access, pipelines=sizes.get(changed.id, 0))


@router.delete("/{name}", status_code=204, **told("delete", 404, 409, 415))
def delete_application(name: NamePath, access: AccessDep, session: SessionDep) -> None:
    """Delete an application that has no pipelines."""
    access.require_in(Right.DELETE, applications.get(name=name, session=session))
    applications.delete(name=name, actor=access.actor, session=session)


@router.put("/{name}/order", status_code=204, **told("edit", 404, 409, 415))
def order_pipelines(name: NamePath, body: OrderBody, access: AccessDep, session: SessionDep) -> None:
    """Put the pipelines of an application into another order."""
    access.require_in(Right.EDIT, applications.get(name=name, session=session))
    pipelines.reorder(application=name, ids=body.ids, actor=access.actor, session=session)


def _changes(body: ChangeApplication) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in body.model_fields_set}
    if body.permissions is not None:
        given["permissions"] = body.permissions.stored()
    return {name: value for name, value in given.items() if value is not None}
