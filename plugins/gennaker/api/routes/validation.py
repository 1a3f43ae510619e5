"""Check a pipeline without saving it."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from gennaker.api.access import AccessDep, Right, access_of
from gennaker.api.building import validate
from gennaker.api.deps import require_json
from gennaker.api.description import told
from gennaker.api.models._base import Problem
from gennaker.api.models.validation import SpecBody, Validation, graph_of

router = APIRouter(
    prefix="/api/v1",
    tags=["documents"],
    dependencies=[Depends(access_of), Depends(require_json)],
)


@router.post("/validate", **told("read", 413, 415))
def validate_pipeline(body: SpecBody, access: AccessDep) -> Validation:
    """
    Tell everything that would go wrong with a pipeline, and its graph.

    Nothing is saved. A text that is not JSON gives a problem with line and column.
    """
    access.require_at_all(Right.READ)
    loaded, problems = validate(body.source)
    return Validation(problems=[Problem.of(found) for found in problems], graph=graph_of(loaded))
