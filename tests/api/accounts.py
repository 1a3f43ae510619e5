"""Both auth managers in this process, with one user for each role: real tokens, real rights, real rows."""

from __future__ import annotations

import functools
import os
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.api.conftest import TestClient
from tests.database import postgresql

#: Our roles, and what comes nearest to them in the SimpleAuthManager.
ROLES: Mapping[str, Mapping[str, str]] = {
    "fab": {"viewer": "Viewer", "deployer": "Deployer", "editor": "Pipeline Admin", "admin": "Admin"},
    "simple": {"viewer": "viewer", "deployer": "user", "editor": "op", "admin": "admin"},
}


@dataclass(frozen=True)
class Accounts:
    """An auth manager with its users, and a client that asks as one of them."""

    kind: str
    client: TestClient
    tokens: Mapping[str, str]

    def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        door: str = "api",
        **headers: str,
    ) -> httpx.Response:
        """Ask our API as somebody; nobody is logged in as ``anonymous``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who != "anonymous":
            token = self.tokens[who]
            sent |= {"authorization": f"Bearer {token}"} if door == "api" else {"cookie": f"_token={token}"}
        if method not in ("GET", "HEAD"):
            sent.setdefault("content-type", "application/json")
        answer: httpx.Response = self.client.request(
            method, f"/gennaker/api/v1{path}", headers=sent, json=body if body is not None else None
        )
        return answer


@functools.cache
def manager(kind: str) -> Any:
    """Return an auth manager; FAB's has its tables, its roles and ours."""
    postgresql()
    # The key that Airflow makes up without one is shorter than the library for tokens wants.
    os.environ.setdefault("AIRFLOW__API_AUTH__JWT_SECRET", secrets.token_urlsafe(64))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "fab":
            from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager

            _provision()
            return FabAuthManager()
        from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

        return SimpleAuthManager()


@functools.cache
def tokens(kind: str) -> Mapping[str, str]:
    """Return a token for each user."""
    found = manager(kind)
    return {name: found.generate_jwt(_user(kind, name, role)) for name, role in ROLES[kind].items()}


def accounts(kind: str, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Let an auth manager be Airflow's for the time of a test."""
    from airflow.api_fastapi.app import _AuthManagerState

    monkeypatch.setattr(_AuthManagerState, "instance", manager(kind))
    return Accounts(kind, client, tokens(kind))


def _provision() -> None:
    """Do what a start of Airflow and the set-up of Gennaker do."""
    from airflow.providers.fab.www.security_appless import ApplessAirflowSecurityManager
    from airflow.utils.session import create_session

    from gennaker.api import roles

    with create_session(scoped=False) as session:
        ApplessAirflowSecurityManager(session=session).sync_roles()
    roles.register()


def _user(kind: str, name: str, role: str) -> Any:
    if kind == "simple":
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        return SimpleAuthManagerUser(username=name, role=role)
    return add_fab_user(name, role)


def add_fab_user(name: str, *roles: str) -> Any:
    """Create a user of FAB with roles, which are made where they are missing."""
    from airflow.providers.fab.auth_manager.models import Role, User
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session(scoped=False) as session:
        found = {role.name: role for role in session.scalars(select(Role)).unique()}
        user = User(first_name=name, last_name="", username=name, email=f"{name}@localhost", active=True)
        user.roles = [found.get(role) or Role(name=role) for role in roles]
        session.add(user)
        session.flush()
        return user
