"""What a worker reads: the pipeline of its task at one version, and which pipeline a name means. Signed."""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Query

from gennaker.api.routes._parts import signed_router
from gennaker.services.directory import lookup
from gennaker.store.published import pipeline_at

router = signed_router()

ShortText = Annotated[str, Query(max_length=250, min_length=1)]


@router.get("/specs/{dag_id}")
def spec(
    dag_id: str, session: SessionDep, version: Annotated[int | None, Query(ge=0)] = None
) -> dict[str, Any]:
    """Return a pipeline as it is at a version; without one, as it is now."""
    version, pipeline = pipeline_at(dag_id, version, session=session)
    return {"version": version, **pipeline.to_json()}


@router.get("/pipelines/lookup")
def find(application: ShortText, pipeline: ShortText, session: SessionDep) -> dict[str, Any]:
    """Return the DAG and the id of a pipeline, given its id or its name."""
    found = lookup(application=application, pipeline=pipeline, session=session)
    return {"dagId": found.dag_id, "id": found.id}
