"""What new pipelines can start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends

from gennaker.api.access import AccessDep, Right, access_of
from gennaker.api.description import told
from gennaker.api.models.templates import Template, TemplateSummary
from gennaker.api.templates import template, templates

router = APIRouter(prefix="/api/v1/templates", tags=["documents"], dependencies=[Depends(access_of)])


@router.get("", **told("read"))
def list_templates(access: AccessDep) -> list[TemplateSummary]:
    """List the templates that come with Gennaker."""
    access.require_at_all(Right.READ)
    return [TemplateSummary(**_summary(name, spec)) for name, spec in templates().items()]


@router.get("/{name}", **told("read", 404))
def get_template(name: str, access: AccessDep) -> Template:
    """Return a template with its JSON."""
    access.require_at_all(Right.READ)
    spec = template(name)
    return Template(**_summary(name, spec), spec=spec)


def _summary(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "title": spec.get("name") or name,
        "description": spec.get("description") or "",
        "stages": len(spec.get("stages") or ()),
    }
