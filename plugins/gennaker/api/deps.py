"""What routes depend on: the settings, the signature of a worker, the rights of a person."""

from __future__ import annotations

import time
from typing import Annotated, cast

from fastapi import Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from gennaker.api.secret import InternalSecret
from gennaker.errors import Denied
from gennaker.security.signatures import verify
from gennaker.settings import Settings


def settings_of(request: Request) -> Settings:
    """Return the settings that the application was made with."""
    return cast("Settings", request.app.state.settings)


SettingsDep = Annotated[Settings, Depends(settings_of)]


async def require_signature(request: Request, settings: SettingsDep) -> None:
    """Refuse a request that no worker of this deployment has signed."""
    secret = cast("InternalSecret", request.app.state.internal_secret)
    body = await request.body()

    def check(key: str) -> None:
        verify(
            key,
            request.method,
            _path_inside(request),
            body,
            request.headers,
            now=time.time(),
            max_skew=settings.hmac_clock_skew_seconds,
        )

    try:
        check(await run_in_threadpool(secret.get))
    except Denied:
        try:
            check(await run_in_threadpool(secret.refreshed))
        except Denied as error:
            raise HTTPException(401, error.message) from None


def require_json(request: Request) -> None:
    """Refuse writes of other media types: a foreign page can make a browser send forms, but not JSON."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "send application/json")


def _path_inside(request: Request) -> str:
    """Return path and query as seen inside this application, wherever it is mounted."""
    scope = request.scope
    path = str(scope["path"]).removeprefix(str(scope.get("root_path") or ""))
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path
