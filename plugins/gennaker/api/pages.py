"""
The files of our pages inside Airflow's UI, below ``/gennaker/ui``.

They are open like Airflow's own static files: what they show comes from the API, behind the login.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT = Path(__file__).parents[1] / "ui" / "dist"

# A browser imports modules only of this type, and the table of the machine may say something else.
_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml"}


class Pages(StaticFiles):
    """The built files; a browser asks each time whether they changed, so that an upgrade is seen at once."""

    def __init__(self, folder: Path = BUILT) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._folder = folder

    async def check_config(self) -> None:
        """Let a folder be absent: a checkout has none before `make ui`."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file; say what to do where nothing was built."""
        if not (self._folder / "main.js").exists():
            raise HTTPException(404, "the pages are not built: run `make ui`, or install the wheel")
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        kind = _TYPES.get(Path(path).suffix)
        if kind and response.status_code == 200:
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        return response


def mount(app: FastAPI, folder: Path = BUILT) -> None:
    """Serve the pages; after all routes, because a mount takes whatever is below it."""
    app.mount("/ui", Pages(folder), name="ui")
