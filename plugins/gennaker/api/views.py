"""Rows as answers: what somebody may see of a pipeline, and what they may do with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from gennaker.api.access import Access, Right
from gennaker.api.models.applications import ApplicationAnswer, MayInApplication
from gennaker.api.models.pipelines import (
    DeletedAnswer,
    DisableAnswer,
    LockAnswer,
    MayAnswer,
    PipelineAnswer,
    PipelineDetail,
)
from gennaker.api.models.revisions import RevisionAnswer
from gennaker.api.scheduled import scheduled
from gennaker.security.redact import redact
from gennaker.services import pipelines
from gennaker.services.governance import is_disabled
from gennaker.services.pipelines import Listed
from gennaker.store.models import Application, Pipeline, Revision


def application_answer(application: Application, access: Access, *, pipelines: int = 0) -> ApplicationAnswer:
    """Return an application as it is told."""
    may = MayInApplication(
        edit=access.may_in(Right.EDIT, application),
        delete=access.may_in(Right.DELETE, application),
        create=access.may_in(Right.CREATE, application),
    )
    return ApplicationAnswer.model_validate({**_columns(application), "pipelines": pipelines, "may": may})


def pipeline_answers(listed: Iterable[Listed], access: Access) -> list[PipelineAnswer]:
    """Return pipelines as they are listed."""
    return [PipelineAnswer(**_told(found.pipeline, access, found.errors)) for found in listed]


def pipeline_detail(pipeline: Pipeline, access: Access, *, session: Session) -> PipelineDetail:
    """Return a pipeline by itself, with what Airflow has of it."""
    errors = pipelines.errors_of(pipeline_ids=[pipeline.id], session=session)
    found = scheduled(pipeline, session=session)
    return PipelineDetail(
        **_told(pipeline, access, errors.get(pipeline.id, 0)),
        scheduled_revision=found.revision,
        build_error=found.build_error,
    )


def revision_answer(revision: Revision, pipeline: Pipeline) -> dict[str, Any]:
    """Return what the history tells of a revision, for its answers."""
    names = ("number", "author", "message", "source", "restored_from", "created_at", "sha256")
    return {
        **{name: getattr(revision, name) for name in names},
        "problems": revision.errors,
        "published": revision.number == pipeline.published,
    }


def history(revisions: Iterable[Revision], pipeline: Pipeline) -> list[RevisionAnswer]:
    """Return a part of the history."""
    return [RevisionAnswer(**revision_answer(revision, pipeline)) for revision in revisions]


def shown_spec(spec: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return a spec as somebody may see it, for its answers: also as text, and whether secrets are hidden."""
    shown = spec if whole else redact(spec)
    return {
        "spec": shown,
        "text": json.dumps(shown, indent=2, ensure_ascii=_has_half_pairs(shown)),
        "redacted": shown != spec,
    }


def _has_half_pairs(spec: dict[str, Any]) -> bool:
    """Tell whether a document has half a surrogate pair, which stands in a text only when it is escaped."""
    try:
        json.dumps(spec, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _told(pipeline: Pipeline, access: Access, errors: int) -> dict[str, Any]:
    edit = access.may(Right.EDIT, pipeline)
    return {
        **_columns(pipeline),
        "application": pipeline.application.name,
        "locked": _lock(pipeline),
        "disabled": _disable(pipeline),
        "deleted": DeletedAnswer(at=pipeline.deleted_at, by=pipeline.deleted_by)
        if pipeline.deleted_at
        else None,
        "problems": errors,
        "may": MayAnswer(
            edit=edit,
            lock=edit,
            disable=edit,
            delete=access.may(Right.DELETE, pipeline),
            run=access.may(Right.RUN, pipeline),
        ),
    }


def _lock(pipeline: Pipeline) -> LockAnswer | None:
    if not pipeline.locked:
        return None
    return LockAnswer(
        reason=pipeline.lock_reason,
        by=pipeline.locked_by,
        at=pipeline.locked_at,
        allows_api=pipeline.lock_allows_api,
    )


def _disable(pipeline: Pipeline) -> DisableAnswer | None:
    if pipeline.disabled_scope is None or not is_disabled(pipeline):
        return None
    return DisableAnswer(
        scope=pipeline.disabled_scope,
        projects=pipeline.disabled_projects,
        reason=pipeline.disabled_reason,
        by=pipeline.disabled_by,
        at=pipeline.disabled_at,
        until=pipeline.disabled_until,
    )


def _columns(row: Application | Pipeline) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
