"""The permissions that FAB has for DAGs are made at once, and just those that Airflow would make."""

from __future__ import annotations

import uuid
import warnings
from typing import Any

import pytest
from sqlalchemy import select

from gennaker.store import fab
from tests.database import postgresql


@pytest.fixture
def sessions() -> Any:
    """Return sessions of a database that has FAB's tables, roles and actions."""
    made: Any = postgresql()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from airflow.providers.fab.auth_manager.models import Action, Model

        Model.metadata.create_all(made.kw["bind"])
    with made.begin() as session:
        known = set(session.scalars(select(Action.name)))
        actions = {"can_read", "can_edit", "can_delete", "can_create", "menu_access"} - known
        session.add_all(Action(name=name) for name in actions)
    return made


def permissions(sessions: Any, dag_id: str) -> set[tuple[str, str]]:
    from airflow.providers.fab.auth_manager.models import Permission, Resource

    with sessions() as session:
        found = session.scalars(select(Permission).join(Resource).where(Resource.name.endswith(dag_id)))
        return {(permission.action.name, permission.resource.name) for permission in found.unique()}


def test_permissions_are_those_that_airflow_makes_and_making_them_again_adds_none(sessions: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from airflow.providers.fab.www.security_appless import ApplessAirflowSecurityManager
    ours, theirs = (f"shop.{name}-{uuid.uuid4().hex[:6]}" for name in ("ours", "theirs"))

    for _ in range(2):
        with sessions.begin() as session:
            fab.ensure_permissions([ours], session=session)
    with sessions() as session:
        ApplessAirflowSecurityManager(session=session).sync_perm_for_dag(theirs, None)
        session.commit()

    made = permissions(sessions, ours)
    assert ("can_read", f"DAG:{ours}") in made
    assert {(a, r.replace(ours, "x")) for a, r in made} == {
        (a, r.replace(theirs, "x")) for a, r in permissions(sessions, theirs)
    }


def test_the_auth_manager_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", "x.FabAuthManager")
    assert fab.uses_fab()
    monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", "x.SimpleAuthManager")
    assert not fab.uses_fab()
