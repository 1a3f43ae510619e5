"""What people do to the stages of a run."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import APIRouter, Depends

from gennaker.api.deps import require_json
from gennaker.api.description import told
from gennaker.services.skip_wait import skip_wait

router = APIRouter(prefix="/api/v1/runs/{dag_id}/{run_id}/stages/{task_id}", tags=["stages"])

# The right that core asks for when a person changes the state of a task.
_may_change_tasks = requires_access_dag(method="PUT", access_entity=DagAccessEntity.TASK_INSTANCE)


@router.post(
    "/skip-wait",
    dependencies=[Depends(_may_change_tasks), Depends(require_json)],
    **told("run", 404, 409, 415),
)
def skip_wait_of_stage(
    dag_id: str, run_id: str, task_id: str, user: GetUserDep, session: SessionDep
) -> dict[str, Any]:
    """End the pause of a waiting stage at once."""
    return skip_wait(dag_id=dag_id, run_id=run_id, task_id=task_id, by=user.get_name(), session=session)
