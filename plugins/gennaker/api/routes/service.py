"""The service itself: is it up, what can it do, and what may who asks do."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gennaker.api.access import AccessDep, Right
from gennaker.api.auth import ActorDep
from gennaker.api.description import told
from gennaker.api.models.service import May, Whoami

router = APIRouter(prefix="/api/v1", tags=["service"])


@router.get("/health")
def health() -> dict[str, str]:
    """Tell that the application answers; for load balancers, so without a login."""
    return {"status": "healthy"}


@router.get("/whoami", **told("login"))
def whoami(access: AccessDep) -> Whoami:
    """Tell who is logged in, with which roles and groups, and what they may do in general."""
    actor = access.actor
    may = May(
        read=access.may_at_all(Right.READ),
        create=access.may_at_all(Right.CREATE),
    )
    return Whoami(name=actor.name, roles=sorted(actor.roles), admin=actor.admin, door=actor.source, may=may)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, actor: ActorDep) -> dict[str, Any]:
    """Return the description of the API, for whoever is logged in."""
    description: dict[str, Any] = request.app.openapi()
    return description
