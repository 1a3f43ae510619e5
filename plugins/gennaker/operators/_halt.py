"""Ask the API server to halt the other branches of a run, or to cancel a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gennaker.settings import Settings

if TYPE_CHECKING:
    from gennaker.client.internal import InternalClient
    from gennaker.operators._run import StageRun


def internal_client(settings: Settings) -> InternalClient:
    """Return a client of our internal API, signed with the password of the internal connection."""
    from airflow.sdk import Connection

    from gennaker.client.internal import InternalClient

    connection = Connection.get(settings.internal_connection_id)
    return InternalClient(settings.api_url, connection.password or "")


def halt_pipeline(run: StageRun, *, reason: str) -> None:
    """
    Cancel what runs beside a stage that halts its pipeline.

    The call is repeated until it is heard; should it never be, the other branches run to their end, and the
    run fails all the same.
    """
    ti = run.ti
    try:
        answer = internal_client(run.settings).halt(ti.dag_id, ti.run_id, ti.task_id, str(ti.id), reason)
        run.operator.log.info("Halted the pipeline: %s", answer)
    except Exception:
        run.operator.log.exception("The other branches could not be halted; they run to their end")
