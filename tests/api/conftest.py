from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client of starlette wants a successor of httpx
    from fastapi.testclient import TestClient

from gennaker.api.app import create_app
from gennaker.api.secret import InternalSecret
from gennaker.security.signatures import sign
from gennaker.settings import Settings
from tests.database import World, postgresql

SECRET = "the-secret-of-this-deployment"


@pytest.fixture
def world() -> World:
    """Return an empty DAG in PostgreSQL, the database that Airflow itself is pointed at."""
    return World(postgresql())


@pytest.fixture
def app() -> FastAPI:
    """Return the application with a known secret, mounted as the plugin does it."""
    postgresql()
    inner = create_app(Settings(hmac_clock_skew_seconds=60))
    inner.state.internal_secret = InternalSecret("x", read=lambda _: SECRET)
    return inner


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a client of a host that mounts the application."""
    host = FastAPI()
    host.mount("/gennaker", app)
    with TestClient(host, raise_server_exceptions=False) as test_client:
        yield test_client


@pytest.fixture(scope="session")
def shared_client() -> Iterator[TestClient]:
    """Return a client of an application that no test changes."""
    postgresql()
    host = FastAPI()
    host.mount("/gennaker", create_app(Settings()))
    with TestClient(host, raise_server_exceptions=False) as test_client:
        yield test_client


@pytest.fixture(params=["fab", "simple"])
def everybody(
    request: pytest.FixtureRequest, shared_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return the users of each auth manager."""
    from tests.api.accounts import accounts

    return accounts(request.param, shared_client, monkeypatch)


@pytest.fixture
def signed(client: TestClient) -> Callable[..., httpx.Response]:
    """Return a function that posts a signed request."""

    def post(
        path: str,
        body: bytes,
        *,
        secret: str = SECRET,
        age: float = 0,
        sent: bytes | None = None,
        **headers: Any,
    ) -> httpx.Response:
        signature = sign(secret, "POST", path, body, time.time() - age)
        return client.post(
            f"/gennaker{path}",
            content=body if sent is None else sent,
            headers={"content-type": "application/json", **signature, **headers},
        )

    return post
