"""What the routes of applications and pipelines have in common."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from gennaker.api.access import access_of
from gennaker.api.deps import require_json

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
