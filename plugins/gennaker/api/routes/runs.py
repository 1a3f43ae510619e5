"""Start pipelines."""

from __future__ import annotations

from airflow.api_fastapi.common.db.common import SessionDep

from gennaker.api.access import AccessDep, Right
from gennaker.api.description import told
from gennaker.api.models.runs import StartBody, Started
from gennaker.api.routes._parts import PipelineIdPath, pipeline_for
from gennaker.api.routes._parts import router as router_at
from gennaker.services import starts

router = router_at("/pipelines/{pipeline_id}/runs", "runs")


@router.post("", status_code=201, **told("run", 404, 409, 415))
def start_run(
    pipeline_id: PipelineIdPath, body: StartBody, access: AccessDep, session: SessionDep
) -> Started:
    """Start a pipeline; refused while it is disabled for everybody or for the project."""
    pipeline = pipeline_for(Right.RUN, pipeline_id, access, session)
    run_id = starts.start(
        pipeline_id=pipeline_id,
        parameters=body.parameters,
        project=body.project,
        actor=access.actor,
        session=session,
    )
    return Started(run_id=run_id, dag_id=pipeline.dag_id)
