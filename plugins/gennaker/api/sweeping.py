"""What an API server does from time to time: end what has expired, and remove what was deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from airflow.utils.session import create_session
from starlette.concurrency import run_in_threadpool

from gennaker.services.governance import expire_disables
from gennaker.services.removal import remove_deleted
from gennaker.settings import Settings

log = logging.getLogger(__name__)

#: Starts see at once that a disabling has expired; this is how long Airflow's own pages may not.
SECONDS = 15.0


@asynccontextmanager
async def sweeping(settings: Settings) -> AsyncIterator[None]:
    """Sweep as long as the server runs. Several servers may: one takes what the others leave."""
    if settings.files_only:
        yield
        return
    task = asyncio.create_task(_sweep_for_ever())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sweep_for_ever() -> None:
    while True:
        await asyncio.sleep(SECONDS)
        try:
            enabled = await run_in_threadpool(sweep)
        except Exception:
            log.exception("Expired disablings could not be swept up")
        else:
            if enabled:
                log.info("Enabled again, since their time was over: %s", ", ".join(enabled))


def sweep() -> list[str]:
    """Enable what has expired, and return the DAG ids."""
    with create_session(scoped=False) as session:
        remove_deleted(session=session)
        return expire_disables(session=session)
