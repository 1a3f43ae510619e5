from __future__ import annotations

import uuid
from typing import Any

import pytest

from gennaker.services import people
from tests.database import postgresql


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Say which auth manager Airflow has."""
    sessions = postgresql()

    def use(classpath: str, **options: str) -> Any:
        monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", classpath)
        for name, value in options.items():
            monkeypatch.setenv(f"AIRFLOW__CORE__{name.upper()}", value)
        return sessions

    return use


SIMPLE = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"


def find(sessions: Any, name: str) -> people.Person | None:
    with sessions() as session:
        return people.find(name, session=session)


def test_users_of_the_simple_auth_manager(manager: Any) -> None:
    sessions = manager(SIMPLE, simple_auth_manager_users="ann:ADMIN,bob:viewer")

    assert find(sessions, "ann") == people.Person(frozenset({"admin"}), admin=True)
    assert find(sessions, "bob") == people.Person(frozenset({"viewer"}), admin=False)
    assert find(sessions, "eve") is None
    assert find(sessions, "") is None


def test_everybody_is_an_administrator_where_the_simple_auth_manager_says_so(manager: Any) -> None:
    sessions = manager(SIMPLE, simple_auth_manager_users="", simple_auth_manager_all_admins="True")

    assert find(sessions, "Anonymous") == people.Person(frozenset({"admin"}), admin=True)


@pytest.mark.filterwarnings("ignore")
def test_users_of_fab_with_their_roles_and_groups(manager: Any) -> None:
    from airflow.providers.fab.auth_manager.models import Group, Model, Role, User

    sessions, mark = manager(FAB), uuid.uuid4().hex[:6]
    with sessions.begin() as session:
        Model.metadata.create_all(session.connection())
        named = {name: Role(name=f"{name}-{mark}") for name in ("own", "of-group")}
        group = Group(name=f"team-{mark}", label="", description="", roles=[named["of-group"]])
        name = f"Ann-{mark}"
        user = User(username=name, first_name="A", last_name="N", email=name, active=True)
        user.roles, user.groups = [named["own"]], [group]
        session.add_all([*named.values(), group, user])

    found = find(sessions, f"ann-{mark}")
    assert found == people.Person(frozenset({f"own-{mark}", f"of-group-{mark}", f"team-{mark}"}), admin=False)
    assert find(sessions, "nobody") is None


def test_nobody_is_known_to_other_auth_managers(manager: Any) -> None:
    assert find(manager("builtins.object"), "ann") is None
