"""What a pipeline does, now and formerly."""

from __future__ import annotations

import json
from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Query, Response
from sqlalchemy.orm import Session

from gennaker.api.access import AccessDep, Right
from gennaker.api.building import try_build
from gennaker.api.description import told
from gennaker.api.etags import OptionalBase, RequiredBase, tag
from gennaker.api.models._base import Page, Problem
from gennaker.api.models.revisions import (
    ComparisonAnswer,
    RestoreBody,
    RevisionAnswer,
    RevisionDetail,
    Saved,
    SaveSpec,
    SpecAnswer,
)
from gennaker.api.models.validation import GraphAnswer, graph_of
from gennaker.api.routes._parts import Cursor, Limit, NumberPath, PipelineIdPath, pipeline_for
from gennaker.api.routes._parts import router as router_at
from gennaker.api.secrecy import has_secrets, refuse_masks
from gennaker.api.views import history, revision_answer, shown_spec
from gennaker.security.redact import redact
from gennaker.services import contents, revisions

router = router_at("/pipelines/{pipeline_id}", "revisions")

Revision = Annotated[int, Query(ge=1, le=999_999_999)]


@router.get("/spec", **told("read", 404))
def get_spec(
    pipeline_id: PipelineIdPath,
    response: Response,
    access: AccessDep,
    session: SessionDep,
    revision: Annotated[int | None, Query(ge=1, description="The newest one when absent.")] = None,
) -> SpecAnswer:
    """
    Return a pipeline's JSON, without the keys that are rows here (name, lock and the like).

    The `ETag` is what a save of it sends as `If-Match`.
    """
    pipeline = pipeline_for(Right.READ, pipeline_id, access, session)
    found = revisions.read(pipeline_id=pipeline_id, number=revision, session=session)
    shown = shown_spec(json.loads(found.spec), whole=access.may(Right.EDIT, pipeline))
    _, problems = contents.examine(contents.read_content(shown["spec"]), pipeline)
    tag(response, found.number)
    return SpecAnswer(revision=found.number, problems=[Problem.of(p) for p in problems], **shown)


@router.put("/spec", **told("edit", 404, 409, 413, 415, 428))
def save_spec(
    *,
    pipeline_id: PipelineIdPath,
    body: SaveSpec,
    response: Response,
    base: RequiredBase,
    access: AccessDep,
    session: SessionDep,
) -> Saved:
    """
    Save a pipeline as a new revision, and let it run unless it has errors.

    `If-Match` says which revision was edited. When it is not the newest one any more, nothing is saved and
    the answer (409) holds both sides. What is the same as the newest revision makes no new one.
    """
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    content = contents.read_content(body.source)
    refuse_masks(content.value, lambda: _newest(pipeline_id, session))
    saved = revisions.save(
        pipeline_id=pipeline_id,
        spec=content,
        base=base,
        message=body.message,
        actor=access.actor,
        publish=body.publish,
        build=try_build,
        session=session,
    )
    return _saved(saved, response)


@router.get("/graph", **told("read", 404))
def get_graph(
    pipeline_id: PipelineIdPath,
    access: AccessDep,
    session: SessionDep,
    revision: Annotated[int | None, Query(ge=1, description="The newest one when absent.")] = None,
) -> GraphAnswer:
    """Return the stages and who waits for whom; nothing where the stages make no graph."""
    pipeline = pipeline_for(Right.READ, pipeline_id, access, session)
    spec = revisions.spec_of(pipeline_id=pipeline_id, number=revision, session=session)
    shown = shown_spec(spec, whole=access.may(Right.EDIT, pipeline))["spec"]
    loaded, _ = contents.examine(contents.read_content(shown), pipeline)
    return graph_of(loaded) or GraphAnswer()


@router.get("/revisions", **told("read", 404))
def list_revisions(
    pipeline_id: PipelineIdPath,
    access: AccessDep,
    session: SessionDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RevisionAnswer]:
    """List the revisions, newest first."""
    pipeline = pipeline_for(Right.READ, pipeline_id, access, session)
    page = revisions.list_(pipeline_id=pipeline_id, cursor=cursor, limit=limit, session=session)
    return Page(items=history(page.items, pipeline), next_cursor=page.next_cursor)


@router.get("/revisions/{number}", **told("read", 404))
def get_revision(
    pipeline_id: PipelineIdPath, number: NumberPath, access: AccessDep, session: SessionDep
) -> RevisionDetail:
    """Return a revision with its JSON."""
    pipeline = pipeline_for(Right.READ, pipeline_id, access, session)
    found = revisions.read(pipeline_id=pipeline_id, number=number, session=session)
    shown = shown_spec(json.loads(found.spec), whole=access.may(Right.EDIT, pipeline))
    return RevisionDetail(**revision_answer(found, pipeline), **shown)


@router.get("/compare", **told("read", 404), response_model_exclude_unset=True)
def compare_revisions(
    pipeline_id: PipelineIdPath,
    access: AccessDep,
    session: SessionDep,
    from_: Annotated[int, Query(alias="from", ge=1, le=999_999_999)],
    to: Annotated[int, Query(ge=1, le=999_999_999)],
) -> ComparisonAnswer:
    """Tell what changed from one revision to another: as text, by what it means, and what is risky."""
    whole = access.may(Right.EDIT, pipeline_for(Right.READ, pipeline_id, access, session))
    found = revisions.compare(
        pipeline_id=pipeline_id, a=from_, b=to, mask=None if whole else redact, session=session
    )
    told = found.to_dict()
    return ComparisonAnswer.model_validate(
        {
            "from": from_,
            "to": to,
            "text": told["text"],
            "changes": told["changes"],
            "risk": told["risks"],
            "redacted": not whole
            and any(
                has_secrets(revisions.spec_of(pipeline_id=pipeline_id, number=number, session=session))
                for number in (from_, to)
            ),
        }
    )


@router.post("/revisions/{number}/restore", **told("edit", 404, 409, 415))
def restore_revision(
    *,
    pipeline_id: PipelineIdPath,
    number: NumberPath,
    body: RestoreBody,
    response: Response,
    base: OptionalBase,
    access: AccessDep,
    session: SessionDep,
) -> Saved:
    """
    Save again what an old revision holds, as a new one; name, lock and disable stay as they are.

    With `If-Match` only if nobody has saved since.
    """
    pipeline = pipeline_for(Right.EDIT, pipeline_id, access, session)
    saved = revisions.restore(
        pipeline_id=pipeline_id,
        number=number,
        base=pipeline.latest if base is None else base,
        message=body.message,
        actor=access.actor,
        build=try_build,
        session=session,
    )
    return _saved(saved, response)


@router.post("/revisions/{number}/publish", **told("edit", 404, 409, 415))
def publish_revision(
    pipeline_id: PipelineIdPath,
    number: NumberPath,
    response: Response,
    access: AccessDep,
    session: SessionDep,
) -> Saved:
    """Let the newest revision run, which was kept as a draft."""
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    saved = revisions.publish(
        pipeline_id=pipeline_id, number=number, actor=access.actor, build=try_build, session=session
    )
    return _saved(saved, response)


def _newest(pipeline_id: str, session: Session) -> dict[str, Any]:
    return revisions.spec_of(pipeline_id=pipeline_id, session=session)


def _saved(saved: revisions.Saved, response: Response) -> Saved:
    tag(response, saved.revision)
    return Saved.of(saved)
