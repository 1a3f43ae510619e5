"""Lock and disable."""

from __future__ import annotations

from airflow.api_fastapi.common.db.common import SessionDep

from gennaker.api.access import AccessDep, Right
from gennaker.api.description import told
from gennaker.api.models.governance import DisableBody, LockBody
from gennaker.api.models.pipelines import PipelineDetail
from gennaker.api.routes._parts import PipelineIdPath, pipeline_for
from gennaker.api.routes._parts import router as router_at
from gennaker.api.views import pipeline_detail
from gennaker.services import governance

router = router_at("/pipelines/{pipeline_id}", "governance")


@router.put("/lock", **told("edit", 404, 409, 415))
def lock_pipeline(
    pipeline_id: PipelineIdPath, body: LockBody, access: AccessDep, session: SessionDep
) -> PipelineDetail:
    """Stop changes through the UI, and on request those through the API; or change the reason."""
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    locked = governance.lock(
        pipeline_id=pipeline_id,
        allow_api=body.allow_api,
        reason=body.reason,
        actor=access.actor,
        session=session,
    )
    return pipeline_detail(locked, access, session=session)


@router.delete("/lock", **told("edit", 404, 409, 415))
def unlock_pipeline(pipeline_id: PipelineIdPath, access: AccessDep, session: SessionDep) -> PipelineDetail:
    """Take the lock away."""
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    unlocked = governance.unlock(pipeline_id=pipeline_id, actor=access.actor, session=session)
    return pipeline_detail(unlocked, access, session=session)


@router.put("/disable", **told("edit", 404, 409, 415))
def disable_pipeline(
    pipeline_id: PipelineIdPath, body: DisableBody, access: AccessDep, session: SessionDep
) -> PipelineDetail:
    """Let a pipeline start no more, whatever asks for it; runs that are active go on."""
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    disabled = governance.disable(
        pipeline_id=pipeline_id,
        scope=body.scope,
        projects=body.projects,
        reason=body.reason,
        until=body.until,
        actor=access.actor,
        session=session,
    )
    return pipeline_detail(disabled, access, session=session)


@router.delete("/disable", **told("edit", 404, 409, 415))
def enable_pipeline(pipeline_id: PipelineIdPath, access: AccessDep, session: SessionDep) -> PipelineDetail:
    """Let a pipeline start again."""
    pipeline_for(Right.EDIT, pipeline_id, access, session)
    enabled = governance.enable(pipeline_id=pipeline_id, actor=access.actor, session=session)
    return pipeline_detail(enabled, access, session=session)
