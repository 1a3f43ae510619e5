"""Copy pipelines, and stages from one into another."""

from __future__ import annotations

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Response
from sqlalchemy.orm import Session

from gennaker.api.access import Access, AccessDep, Right
from gennaker.api.building import try_build
from gennaker.api.description import told
from gennaker.api.etags import OptionalBase, tag
from gennaker.api.models._base import Problem
from gennaker.api.models.copies import CopiedPipeline, NoteAnswer, StagesCopied
from gennaker.api.models.pipelines import CopyPipeline, CopyStages
from gennaker.api.routes._parts import PipelineIdPath, pipeline_for
from gennaker.api.routes._parts import router as router_at
from gennaker.api.secrecy import refuse_copy_of_secrets
from gennaker.api.views import pipeline_detail
from gennaker.services import applications, copies, revisions

router = router_at("/pipelines/{pipeline_id}", "pipelines")


@router.post("/copy", status_code=201, **told("create", 404, 409, 415))
def copy_pipeline(
    pipeline_id: PipelineIdPath,
    body: CopyPipeline,
    response: Response,
    access: AccessDep,
    session: SessionDep,
) -> CopiedPipeline:
    """
    Copy a pipeline into an application, with ids, hooks and secrets of triggers of its own.

    Its lock and its state stay behind. Who may not edit the original copies it only if it holds no secrets.
    """
    return copied(pipeline_id, body, response, access, session)


@router.post("/stages/copy", **told("edit", 404, 409, 415))
def copy_stages(
    *,
    pipeline_id: PipelineIdPath,
    body: CopyStages,
    response: Response,
    base: OptionalBase,
    access: AccessDep,
    session: SessionDep,
) -> StagesCopied:
    """
    Copy stages of another pipeline (or of the same) to the end of this one, with new refIds.

    With `If-Match` only if nobody has saved since.
    """
    target = pipeline_for(Right.EDIT, pipeline_id, access, session)
    _check_source(body.from_, access, session, ref_ids=frozenset(body.ref_ids))
    done = copies.copy_stages(
        source_id=body.from_,
        ref_ids=body.ref_ids,
        target_id=pipeline_id,
        after=body.after,
        base=target.latest if base is None else base,
        message=body.message,
        actor=access.actor,
        build=try_build,
        session=session,
    )
    tag(response, done.saved.revision)
    notes = [NoteAnswer.model_validate(note) for note in done.notes]
    return StagesCopied.of(done.saved, ref_ids=dict(done.ref_ids), notes=notes)


def copied(
    pipeline_id: str, body: CopyPipeline, response: Response, access: Access, session: Session
) -> CopiedPipeline:
    """Copy a pipeline for somebody who may."""
    _check_source(pipeline_id, access, session)
    access.require_in(Right.CREATE, applications.get(name=body.application, session=session))
    made = copies.copy_pipeline(
        pipeline_id=pipeline_id,
        application=body.application,
        name=body.name,
        message=body.message,
        actor=access.actor,
        build=try_build,
        session=session,
    )
    tag(response, made.saved.revision)
    response.headers["Location"] = f"/gennaker/api/v1/pipelines/{made.pipeline.id}"
    return CopiedPipeline(
        **pipeline_detail(made.pipeline, access, session=session).model_dump(),
        report=[Problem.of(found) for found in made.saved.problems],
        notes=[NoteAnswer.model_validate(note) for note in made.notes],
    )


def _check_source(
    pipeline_id: str, access: Access, session: Session, *, ref_ids: frozenset[str] | None = None
) -> None:
    """Refuse to copy what may not be seen, and secrets that may not; stages are looked at by themselves."""
    source = pipeline_for(Right.READ, pipeline_id, access, session)
    if not access.may(Right.EDIT, source):
        spec = revisions.spec_of(pipeline_id=pipeline_id, session=session)
        if ref_ids is not None and isinstance(spec.get("stages"), list):
            named = [s for s in spec["stages"] if isinstance(s, dict) and str(s.get("refId")) in ref_ids]
            spec = {"stages": named}
        refuse_copy_of_secrets(spec)
