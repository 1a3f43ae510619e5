"""The application that the plugin mounts at ``/gennaker``."""

from __future__ import annotations

from fastapi import FastAPI

from gennaker import __version__
from gennaker.api import problems
from gennaker.api.routes import internal, service, stages
from gennaker.api.secret import InternalSecret
from gennaker.settings import Settings, from_airflow


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
    )
    app.state.settings = settings or from_airflow()
    app.state.internal_secret = InternalSecret(app.state.settings.internal_connection_id)
    problems.install(app)
    for module in (service, internal, stages):
        app.include_router(module.router)
    return app
