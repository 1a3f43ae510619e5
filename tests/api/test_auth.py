"""Who asks, as each auth manager tells it, and through which door."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fastapi import Request

from gennaker.api.auth import door_of, is_admin, user_groups
from tests.api.accounts import Accounts, add_fab_user, manager


def request(**headers: str) -> Request:
    return Request({"type": "http", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})


@pytest.mark.parametrize(
    ("headers", "door"),
    [
        ({"authorization": "Bearer x"}, "api"),
        ({"authorization": "bearer x", "cookie": "_token=y"}, "api"),
        ({"cookie": "_token=y"}, "ui"),
        # Airflow takes the cookie here, and so it is the UI.
        ({"authorization": "Basic x", "cookie": "_token=y"}, "ui"),
        ({"authorization": "Bearer", "cookie": "_token=y"}, "ui"),
        ({}, "ui"),
    ],
)
def test_the_door(headers: dict[str, str], door: str) -> None:
    assert door_of(request(**headers)) == door


def test_roles_of_each_manager(everybody: Accounts) -> None:
    told = {who: everybody.ask(who, "GET", "/whoami").json() for who in ("viewer", "editor", "admin")}

    assert told["viewer"]["name"] == "viewer"
    assert [told[who]["admin"] for who in told] == [False, False, True]
    expected = {"fab": ["Pipeline Admin"], "simple": ["op"]}
    assert told["editor"]["roles"] == expected[everybody.kind]


def test_groups_of_fab_count_as_roles_but_make_nobody_an_admin() -> None:
    from airflow.providers.fab.auth_manager.models import Group, Role, User
    from airflow.utils.session import create_session

    manager("fab")
    made = add_fab_user("grouped", "Viewer")
    with create_session(scoped=False) as session:
        user = session.get(User, made.id)
        payments = Group(name="payments", users=[user], roles=[Role(name="payer")])
        session.add_all([payments, Group(name="Admin", users=[user])])

    assert user_groups(made) == {"Viewer", "payments", "payer", "Admin"}
    assert not is_admin(made)


def test_another_auth_manager_has_neither() -> None:
    user = SimpleNamespace(get_name=lambda: "ann", id="ann")

    assert user_groups(user) == frozenset()  # type: ignore[arg-type]
    assert not is_admin(user)  # type: ignore[arg-type]


def test_the_door_is_told(everybody: Accounts) -> None:
    assert everybody.ask("viewer", "GET", "/whoami").json()["door"] == "api"
    assert everybody.ask("viewer", "GET", "/whoami", door="ui").json()["door"] == "ui"
