"""What the routes of applications and pipelines have in common."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session

from gennaker.api.access import Access, Right, access_of
from gennaker.api.deps import require_json, require_signature
from gennaker.services import pipelines
from gennaker.store.models import Pipeline

#: Who is asking comes before how they ask: nobody learns anything without a login.
LOGGED_IN = [Depends(access_of), Depends(require_json)]

PipelineIdPath = Annotated[str, Path(description="Id of the pipeline.", max_length=36)]
NamePath = Annotated[str, Path(description="Name of the application.", max_length=200)]
NumberPath = Annotated[int, Path(description="Number of the revision.", ge=1, le=999_999_999)]
Cursor = Annotated[str | None, Query(description="`nextCursor` of the page before.", max_length=2_000)]
Limit = Annotated[int, Query(description="Most items of a page.", ge=1, le=200)]


def router(prefix: str, tag: str) -> APIRouter:
    """Return a router for whoever is logged in."""
    return APIRouter(prefix=f"/api/v1{prefix}", tags=[tag], dependencies=LOGGED_IN)


def signed_router() -> APIRouter:
    """Return a router for what workers ask: signed, never part of the public description."""
    dependencies = [Depends(require_json), Depends(require_signature)]
    return APIRouter(prefix="/internal/v1", dependencies=dependencies, include_in_schema=False)


def pipeline_for(right: Right, pipeline_id: str, access: Access, session: Session) -> Pipeline:
    """
    Return a pipeline on which whoever asks has a right.

    :raises NotFound: there is none, or it may not even be seen.
    :raises Denied: it may be seen, but that is all.
    """
    pipeline = pipelines.get(pipeline_id=pipeline_id, session=session)
    access.require(right, pipeline)
    return pipeline
