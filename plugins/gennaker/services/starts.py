"""Start a pipeline: a run of its DAG, with a record of who started it, for which project, and how."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.exceptions import ParamValidationError
from airflow.models.dag import DagModel
from airflow.models.dagbag import DBDagBag
from airflow.models.dagrun import DagRun
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from jsonschema import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import Conflict, NotFound, SpecError, Temporary
from gennaker.services import audit, governance, rights, run_record
from gennaker.services._rows import begin_write
from gennaker.services.actor import Actor
from gennaker.spec.publication import read_mark
from gennaker.store.models import Pipeline

_TRIGGERED_BY = {
    "ui": DagRunTriggeredByType.UI,
    "api": DagRunTriggeredByType.REST_API,
    "git": DagRunTriggeredByType.REST_API,
    "cli": DagRunTriggeredByType.CLI,
}


def start(
    *,
    pipeline_id: str,
    parameters: Mapping[str, Any],
    project: str = "",
    actor: Actor,
    session: Session,
) -> str:
    """
    Start a pipeline and return the id of the run.

    :param parameters: by name; what the pipeline does not declare is kept.
    :param project: for which project it runs.
    :raises Conflict: it is disabled or deleted, nothing of it is published, or it cannot be built.
    :raises SpecError: a value is not what its parameter asks for.
    :raises Temporary: Airflow has not read yet what was published a moment ago.
    """
    pipeline = _pipeline(pipeline_id, session=session)
    rights.require("EXECUTE", pipeline.application, actor)
    if (why := governance.why_closed(pipeline, project=project)) is not None:
        raise Conflict(why, hint="enable it first" if pipeline.deleted_at is None else "undelete it first")
    dag = _dag(pipeline, session=session)
    _check(dag, parameters)
    run = _create(dag, parameters, actor, session=session)
    revision, sequence = read_mark(dag.doc_md) or (None, None)
    values = {"project": project, "source": actor.source, "revision": revision, "sequence": sequence}
    session.add(run_record.made(run, pipeline, **values))
    extra = {"project": project, "revision": revision, "parameters": sorted(parameters)}
    audit.record(
        "gennaker_start",
        session=session,
        dag_id=run.dag_id,
        run_id=run.run_id,
        by=actor.name,
        extra=extra,
    )
    session.flush()
    return str(run.run_id)


def _pipeline(pipeline_id: str, *, session: Session) -> Pipeline:
    """Return a pipeline that nobody disables or deletes before this transaction ends."""
    begin_write(session=session)
    query = select(Pipeline).where(Pipeline.id == pipeline_id)
    locked = query.with_for_update(of=Pipeline, read=True).execution_options(populate_existing=True)
    pipeline: Pipeline | None = session.scalars(locked).unique().one_or_none()
    if pipeline is None:
        raise NotFound(f"there is no pipeline '{pipeline_id}'")
    return pipeline


def _dag(pipeline: Pipeline, *, session: Session) -> SerializedDAG:
    """Return the DAG that runs; these are core's own checks, which it makes only in its own routes."""
    if pipeline.published is None:
        raise Conflict(f"nothing of pipeline '{pipeline.name}' is published", hint="publish a revision")
    model = session.scalar(select(DagModel).where(DagModel.dag_id == pipeline.dag_id))
    if model is not None and not _allows_manual(model.allowed_run_types):
        raise Conflict(
            f"pipeline '{pipeline.name}' cannot be built", hint="its page in Airflow says what is wrong"
        )
    if model is not None and model.has_import_errors:
        raise Conflict(
            f"the file of pipeline '{pipeline.name}' cannot be read", hint="see Airflow's import errors"
        )
    dag = DBDagBag(load_op_links=False).get_latest_version_of_dag(pipeline.dag_id, session=session)
    if model is None or model.is_stale or dag is None or not _allows_manual(dag.allowed_run_types):
        raise Temporary(
            f"Airflow has not read pipeline '{pipeline.name}' yet",
            hint="try again in a few seconds; if that does not help, look whether its DAG processor runs",
        )
    return dag


def _allows_manual(run_types: Any) -> bool:
    return run_types is None or DagRunType.MANUAL in run_types


def _check(dag: SerializedDAG, parameters: Mapping[str, Any]) -> None:
    merged = dag.params.deep_merge(dict(parameters))
    for name in merged:
        try:
            merged.get_param(name).resolve(raises=True)
        except ValidationError as error:
            raise SpecError(error.message, path=f"$.parameters.{name}") from None
        except ValueError:
            raise SpecError("a value is missing", path=f"$.parameters.{name}") from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _create(dag: SerializedDAG, parameters: Mapping[str, Any], actor: Actor, *, session: Session) -> DagRun:
    now = datetime.now(UTC)
    try:
        return dag.create_dagrun(
            # Two starts may fall into one moment.
            run_id=f"{DagRunType.MANUAL.generate_run_id(suffix=now.isoformat())}_{secrets.token_hex(4)}",
            run_after=now,
            conf=dict(parameters),
            run_type=DagRunType.MANUAL,
            triggered_by=_TRIGGERED_BY[actor.source],
            triggering_user_name=actor.name,
            state=DagRunState.QUEUED,
            session=session,
        )
    except (ParamValidationError, ValueError) as error:
        raise SpecError(_first_line(error), path="$.parameters") from error
