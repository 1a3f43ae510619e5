"""Pipelines that come from elsewhere and go elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Query, Response
from sqlalchemy.orm import Session

from gennaker.api.access import Access, AccessDep, Right
from gennaker.api.building import try_build
from gennaker.api.description import told
from gennaker.api.models._base import Problem
from gennaker.api.models.imports import ImportAnswer, ImportBody, ImportedAnswer
from gennaker.api.routes._parts import PipelineIdPath, pipeline_for
from gennaker.api.routes._parts import router as router_at
from gennaker.api.secrecy import refuse_masks
from gennaker.api.views import shown_spec
from gennaker.services import applications, importing, pipelines, revisions

router = router_at("", "documents")


@router.get("/pipelines/{pipeline_id}/export", **told("read", 404))
def export_pipeline(
    pipeline_id: PipelineIdPath,
    response: Response,
    access: AccessDep,
    session: SessionDep,
    revision: Annotated[int | None, Query(ge=1, description="The newest one when absent.")] = None,
) -> dict[str, Any]:
    """Return a pipeline as Spinnaker's JSON, with its name, its state and its lock, as a file."""
    pipeline = pipeline_for(Right.READ, pipeline_id, access, session)
    exported = revisions.export(pipeline_id=pipeline_id, number=revision, session=session)
    response.headers["Content-Disposition"] = f'attachment; filename="{pipeline.dag_id}.json"'
    shown: dict[str, Any] = shown_spec(exported, whole=access.may(Right.EDIT, pipeline))["spec"]
    return shown


@router.post("/import", **told("create", 404, 409, 413, 415))
def import_pipelines(body: ImportBody, access: AccessDep, session: SessionDep) -> ImportAnswer:
    """
    Create or update every pipeline of a document.

    What is wrong with one does not stop the others; but a single one that you may not write stops them all.
    """
    access.require_at_all(Right.CREATE)
    for spec in importing.split(body.document):
        _check(spec, body.application, access, session)
    found = importing.import_document(
        document=body.document,
        application=body.application,
        message=body.message,
        actor=access.actor,
        publish=body.publish,
        build=try_build,
        dry_run=body.dry_run,
        session=session,
    )
    return ImportAnswer(dry_run=body.dry_run, items=[_told(item) for item in found])


def _check(spec: Mapping[str, Any], application: str | None, access: Access, session: Session) -> None:
    """Refuse what may not be written; what is not there yet needs no more than the right to create."""
    name = application or str(spec.get("application") or "")
    owner = applications.find(name=name, session=session)
    if owner is None:
        refuse_masks(spec)
        return
    access.require_in(Right.CREATE, owner)
    existing = pipelines.find(application=name, name=str(spec.get("name") or ""), session=session)
    if existing is None:
        refuse_masks(spec)
        return
    access.require(Right.EDIT, existing)
    refuse_masks(spec, lambda: revisions.spec_of(pipeline_id=existing.id, session=session))


def _told(item: importing.Imported) -> ImportedAnswer:
    return ImportedAnswer(
        application=item.application,
        name=item.name,
        id=item.pipeline_id,
        action=item.action,
        created=item.action == "created",
        published=item.published,
        error=item.error,
        report=[Problem.of(found) for found in item.problems],
    )
