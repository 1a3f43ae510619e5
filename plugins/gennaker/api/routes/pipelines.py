"""Pipelines: create, find, rename, delete."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Query, Response
from sqlalchemy.orm import Session

from gennaker.api.access import Access, AccessDep, Right
from gennaker.api.building import try_build
from gennaker.api.description import told
from gennaker.api.etags import tag
from gennaker.api.models._base import Page, Problem
from gennaker.api.models.pipelines import (
    ChangePipeline,
    CopyPipeline,
    CreatedPipeline,
    CreatePipeline,
    PipelineAnswer,
    PipelineDetail,
    UndeletePipeline,
)
from gennaker.api.routes._parts import Cursor, Limit, PipelineIdPath, pipeline_for
from gennaker.api.routes._parts import router as router_at
from gennaker.api.routes.copies import copied
from gennaker.api.secrecy import refuse_masks
from gennaker.api.templates import content
from gennaker.api.views import pipeline_answers, pipeline_detail
from gennaker.services import applications, contents, pipelines

router = router_at("/pipelines", "pipelines")


@router.get("", **told("read"))
def list_pipelines(
    *,
    access: AccessDep,
    session: SessionDep,
    application: Annotated[str | None, Query(max_length=200, description="Only those of this one.")] = None,
    q: Annotated[
        str | None, Query(max_length=200, description="A part of the pipeline's or application's name.")
    ] = None,
    state: Annotated[
        pipelines.State | None,
        Query(description="`draft`: the newest revision does not run; `broken`: it has errors."),
    ] = None,
    deleted: Annotated[bool, Query(description="Those that are deleted instead.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PipelineAnswer]:
    """List the pipelines that you may see, by application and position."""
    access.require_at_all(Right.READ)
    page = pipelines.list_(
        application=application,
        q=q,
        state=state,
        deleted=deleted,
        dag_ids=access.readable_dag_ids(session=session),
        cursor=cursor,
        limit=limit,
        session=session,
    )
    return Page(items=pipeline_answers(page.items, access), next_cursor=page.next_cursor)


@router.post("", status_code=201, **told("create", 404, 409, 413, 415))
def create_pipeline(
    body: CreatePipeline, response: Response, access: AccessDep, session: SessionDep
) -> CreatedPipeline:
    """
    Create a pipeline in an application: blank, with a spec, from a template, or as a copy.

    It runs at once unless its spec has errors; then it is a draft, and `report` says what is wrong.
    """
    if body.copy_of is not None:
        wanted = CopyPipeline(application=body.application, name=body.name, message=body.message)
        return copied(body.copy_of, wanted, response, access, session)
    made = _made(body, access, session)
    tag(response, made.saved.revision)
    response.headers["Location"] = f"/gennaker/api/v1/pipelines/{made.pipeline.id}"
    detail = pipeline_detail(made.pipeline, access, session=session)
    report = [Problem.of(found) for found in made.saved.problems]
    return CreatedPipeline(**detail.model_dump(), report=report)


@router.get("/{pipeline_id}", **told("read", 404))
def get_pipeline(
    pipeline_id: PipelineIdPath, response: Response, access: AccessDep, session: SessionDep
) -> PipelineDetail:
    """Return a pipeline with its state and what Airflow has of it; its `ETag` is its newest revision."""
    pipeline = pipeline_for(Right.READ, pipeline_id, access, session)
    tag(response, pipeline.latest)
    return pipeline_detail(pipeline, access, session=session)


@router.patch("/{pipeline_id}", **told("edit", 404, 409, 415))
def rename_pipeline(
    pipeline_id: PipelineIdPath, body: ChangePipeline, access: AccessDep, session: SessionDep
) -> PipelineDetail:
    """Give a pipeline another name; its DAG and its history stay."""
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    renamed = pipelines.rename(pipeline_id=pipeline_id, name=body.name, actor=access.actor, session=session)
    return pipeline_detail(renamed, access, session=session)


@router.delete("/{pipeline_id}", status_code=204, **told("delete", 404, 409, 415))
def delete_pipeline(pipeline_id: PipelineIdPath, access: AccessDep, session: SessionDep) -> None:
    """Delete a pipeline so that it can be brought back; runs that are active go on."""
    pipeline_for(Right.DELETE, pipeline_id, access, session)
    pipelines.delete(pipeline_id=pipeline_id, actor=access.actor, session=session)


@router.post("/{pipeline_id}/undelete", **told("delete", 404, 409, 415))
def undelete_pipeline(
    pipeline_id: PipelineIdPath,
    access: AccessDep,
    session: SessionDep,
    body: UndeletePipeline | None = None,
) -> PipelineDetail:
    """Bring a deleted pipeline back, under another name if its own was given away."""
    pipeline_for(Right.DELETE, pipeline_id, access, session)
    name = body.name if body else None
    revived = pipelines.undelete(pipeline_id=pipeline_id, name=name, actor=access.actor, session=session)
    return pipeline_detail(revived, access, session=session)


def _made(body: CreatePipeline, access: Access, session: Session) -> pipelines.Created:
    access.require_in(Right.CREATE, applications.get(name=body.application, session=session))
    return pipelines.create(
        application=body.application,
        name=body.name,
        spec=_spec(body),
        source="template" if body.template else None,
        message=body.message,
        actor=access.actor,
        build=try_build,
        session=session,
    )


def _spec(body: CreatePipeline) -> contents.Given:
    given: contents.Given | None = body.text if body.text is not None else body.spec
    if given is None:
        return content(body.template or "blank")
    read = contents.read_content(given)
    refuse_masks(read.value)
    return read
