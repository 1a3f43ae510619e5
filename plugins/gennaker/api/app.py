"""The application that the plugin mounts at ``/gennaker``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from gennaker import __version__
from gennaker.api import description, problems, roles
from gennaker.api.limits import BodyLimit
from gennaker.api.routes import (
    applications,
    copies,
    governance,
    imports,
    internal,
    pipelines,
    revisions,
    runs,
    service,
    specs,
    stages,
    sync,
    templates,
    validation,
)
from gennaker.api.secret import InternalSecret
from gennaker.api.sweeping import sweeping
from gennaker.settings import Settings, from_airflow

_log = logging.getLogger(__name__)
_ROUTES = (
    service,
    internal,
    specs,
    sync,
    pipelines,
    revisions,
    copies,
    governance,
    imports,
    runs,
    stages,
    applications,
    validation,
    templates,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """
    Make the application.

    Core's own pages of documentation would be open to everybody under a mounted application, so they are off;
    the description is at ``/api/v1/openapi.json`` behind the login.
    """
    app = FastAPI(
        title="Gennaker",
        version=__version__,
        description="Spinnaker and CODING pipelines as Airflow DAGs.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        default_response_class=problems.Answer,
        lifespan=_lifespan,
        generate_unique_id_function=description.operation_id,
    )
    app.openapi = lambda: description.describe(app)  # type: ignore[method-assign]
    app.state.settings = settings or from_airflow()
    app.state.internal_secret = InternalSecret(app.state.settings.internal_connection_id)
    problems.install(app)
    app.add_middleware(BodyLimit)
    for module in _ROUTES:
        app.include_router(module.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Give FAB our rights and roles; the auth manager is ready when this begins."""
    try:
        if roles.uses_fab() and (made := await run_in_threadpool(roles.register)):
            _log.info("Created the roles %s", ", ".join(made))
    except Exception:
        # Without them pipelines are out of reach, but Airflow itself must start all the same.
        _log.exception("The roles could not be created: run 'airflow gennaker init'")
    async with sweeping(app.state.settings):
        yield
