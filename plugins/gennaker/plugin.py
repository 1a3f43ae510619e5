"""
Register Gennaker with Airflow (entry point ``airflow.plugins``, or the shim in the plugins folder).

This is imported in every process of Airflow, workers included, so it imports nothing else; what only the API
server or only the listeners need is a property that only they read.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin


class GennakerPlugin(AirflowPlugin):
    """Add the application below ``/gennaker`` to the API server, and the pages to its UI."""

    name = "gennaker"
    # The name is what the menu shows and the global from which the UI takes the component. The addresses are
    # relative to the base of the page, since Airflow may be served below a prefix.
    react_apps = [
        {
            "name": "Gennaker",
            "bundle_url": "gennaker/ui/main.js",
            "destination": "nav",
            "url_route": "gennaker",
            "icon": "gennaker/ui/icon.svg",
            "icon_dark_mode": "gennaker/ui/icon-dark.svg",
            "nav_top_level": True,
        }
    ]

    @cached_property
    def fastapi_apps(self) -> list[Any]:  # type: ignore[override]
        """Make the application; an error here ends the start of the API server, as it should."""
        from gennaker.api import pages
        from gennaker.api.app import create_app

        app = create_app()
        pages.mount(app)
        return [{"name": "Gennaker", "app": app, "url_prefix": "/gennaker"}]

    @cached_property
    def fastapi_root_middlewares(self) -> list[Any]:  # type: ignore[override]
        """Refuse to clear runs of disabled pipelines; there are none in the files-only mode."""
        from gennaker.settings import from_airflow

        if from_airflow().files_only:
            return []
        from gennaker.api.clears import ClearGuard

        return [{"name": "Gennaker: clearing of disabled pipelines", "middleware": ClearGuard}]

    @cached_property
    def timetables(self) -> list[Any]:  # type: ignore[override]
        """Register the schedule of disabled pipelines; Airflow asks when it meets or writes one."""
        from gennaker.compiler.disabled import DisabledTimetable

        return [DisabledTimetable]

    @cached_property
    def listeners(self) -> list[Any]:  # type: ignore[override]
        """Load what tasks need before Airflow forks their processes."""
        from gennaker.bundle.preload import Preload

        return [Preload()]
