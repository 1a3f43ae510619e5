"""The service itself: is it up, and what can it do."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Request

router = APIRouter(prefix="/api/v1")


@router.get("/health", tags=["service"])
def health() -> dict[str, str]:
    """Tell that the application answers; for load balancers, so without a login."""
    return {"status": "healthy"}


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, user: GetUserDep) -> dict[str, Any]:
    """Return the description of the API, for whoever is logged in."""
    description: dict[str, Any] = request.app.openapi()
    return description
