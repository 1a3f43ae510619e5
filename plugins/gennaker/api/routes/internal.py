"""What workers ask: signed, never part of the public description."""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from gennaker.api.routes._parts import signed_router
from gennaker.services.admission import admit
from gennaker.services.cancel import cancel_run
from gennaker.services.halt import halt

router = signed_router()

ShortText = Annotated[str, Field(max_length=250, min_length=1)]
LongText = Annotated[str, Field(max_length=10_000)]


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class HaltBody(_Body):
    """Which stage failed, and why."""

    task_id: ShortText
    ti_id: ShortText
    reason: LongText = ""


class AdmitBody(_Body):
    """Which stage wants to work, and of which publication its worker has built the pipeline."""

    task_id: ShortText
    ti_id: ShortText
    sequence: Annotated[int, Field(ge=1)]


class CancelBody(_Body):
    """Who cancels a run, and why."""

    reason: LongText = ""
    requested_by: Annotated[str, Field(max_length=500)] = "gennaker"


@router.post("/runs/{dag_id}/{run_id}/halt")
def halt_run(dag_id: str, run_id: str, body: HaltBody, session: SessionDep) -> dict[str, Any]:
    """Stop the other branches of a run, because a stage failed."""
    return halt(
        dag_id=dag_id,
        run_id=run_id,
        task_id=body.task_id,
        ti_id=body.ti_id,
        reason=body.reason,
        session=session,
    )


@router.post("/runs/{dag_id}/{run_id}/admit")
def admit_stage(dag_id: str, run_id: str, body: AdmitBody, session: SessionDep) -> dict[str, Any]:
    """Tell whether a stage may work, and what it needs to know of its run."""
    return admit(
        dag_id=dag_id,
        run_id=run_id,
        task_id=body.task_id,
        ti_id=body.ti_id,
        sequence=body.sequence,
        session=session,
    )


@router.post("/runs/{dag_id}/{run_id}/cancel")
def cancel(dag_id: str, run_id: str, body: CancelBody, session: SessionDep) -> dict[str, Any]:
    """Cancel a run with its child runs."""
    return cancel_run(
        dag_id=dag_id, run_id=run_id, reason=body.reason, requested_by=body.requested_by, session=session
    )
