"""
Tell Airflow what a pipeline is now.

Every change that alters a DAG ends here: it gets the next number of the publish sequence, and the DAG
processor is asked to read the pipeline's file at once, both in the transaction of the change itself. What
must hold before the file has been read (a disabled pipeline cannot be started) is set on Airflow's row of
the DAG.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.models.dag import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.models.dagrun import DagRun
from airflow.utils.state import State
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gennaker.settings import from_airflow
from gennaker.spec.naming import shard_file
from gennaker.store import sequence
from gennaker.store.models import Application, Pipeline, Publication

#: What Airflow may start of a disabled pipeline: an empty list would mean "anything".
NOTHING = ["scheduled"]

#: Rights of an application as Airflow's permissions on the DAG.
_ACTIONS = {
    "READ": {"DAGs": ["can_read"], "DAG Runs": ["can_read"]},
    "WRITE": {"DAGs": ["can_read", "can_edit", "can_delete"], "DAG Runs": ["can_read"]},
    "EXECUTE": {"DAGs": ["can_read", "can_edit"], "DAG Runs": ["can_read", "can_create"]},
}


def publish_state(pipeline: Pipeline, *, by: str, session: Session) -> int:
    """
    Publish what a pipeline's row says, and return the number of the publication.

    Airflow does not go on with the runs of a DAG that is gone, so a deleted pipeline with active runs is
    published as a disabled one; `removal` takes it away when they have ended.

    Call it last: whoever publishes next waits until this transaction ends.
    """
    gone = pipeline.deleted_at is not None and not active_runs(pipeline.dag_id, session=session)
    closed = pipeline.disabled_scope == "team" or pipeline.deleted_at is not None
    _tell_airflow(pipeline, gone=gone, closed=closed, session=session)
    session.flush()
    number = sequence.draw(session=session)
    session.add(
        Publication(
            sequence=number,
            pipeline_id=pipeline.id,
            revision=pipeline.published,
            name=pipeline.name,
            application=pipeline.application.name,
            disabled=closed,
            deleted=gone,
            settings=_settings(pipeline, session=session),
            by=by,
        )
    )
    pipeline.sequence = number
    _ask_for_parsing(pipeline.shard, session=session)
    session.flush()
    return number


def active_runs(dag_id: str, *, session: Session) -> Sequence[DagRun]:
    """Return the runs of a DAG that have not ended."""
    query = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.state.in_(State.unfinished_dr_states))
    return session.scalars(query).unique().all()


def dag_settings(application: Application) -> dict[str, Any]:
    """Return what an application adds to the DAGs of its pipelines."""
    settings: dict[str, Any] = {}
    if not application.parallel_runs:
        settings["maxActiveRuns"] = 1
    if access := access_control(application.permissions):
        settings["accessControl"] = access
    return settings


def access_control(permissions: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return an application's permissions as ``access_control`` of a DAG: actions by role and resource."""
    granted: dict[str, dict[str, set[str]]] = {}
    for right, resources in _ACTIONS.items():
        for role in permissions.get(right) or ():
            for resource, actions in resources.items():
                granted.setdefault(role, {}).setdefault(resource, set()).update(actions)
    return {
        role: {resource: sorted(actions) for resource, actions in resources.items()}
        for role, resources in sorted(granted.items())
    }


def _settings(pipeline: Pipeline, *, session: Session) -> dict[str, Any]:
    settings = dag_settings(pipeline.application)
    before = session.get(Publication, pipeline.sequence) if pipeline.sequence else None
    # Airflow leaves the rights on a DAG as they are unless it is told that there are none any more.
    if before is not None and "accessControl" in before.settings:
        settings.setdefault("accessControl", {})
    return settings


def _tell_airflow(pipeline: Pipeline, *, gone: bool, closed: bool, session: Session) -> None:
    dag = session.scalar(select(DagModel).where(DagModel.dag_id == pipeline.dag_id))
    if dag is None:
        return  # nothing can be started that Airflow does not know yet
    # Airflow's command line asks for this alone: its run of a DAG that is gone would wait for its return.
    dag.allowed_run_types = NOTHING if closed else None
    if gone:
        dag.is_stale = True


def _ask_for_parsing(shard: int, *, session: Session) -> None:
    bundle, file = from_airflow().bundle_name, shard_file(shard)
    # A request that is there already may be about to be answered with what was there before this transaction.
    # Deleted and made anew, it cannot be: the processor's own delete waits for us, and then finds nothing.
    asked = (DagPriorityParsingRequest.bundle_name == bundle) & (
        DagPriorityParsingRequest.relative_fileloc == file
    )
    session.execute(delete(DagPriorityParsingRequest).where(asked))
    session.add(DagPriorityParsingRequest(bundle_name=bundle, relative_fileloc=file))
