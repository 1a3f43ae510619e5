"""Roles and settings checks of `airflow gennaker init`; the rest is proven on a running Airflow."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from gennaker.api.roles import PIPELINES, ensure_roles, role_permissions
from gennaker.cli.init import checks
from gennaker.settings import Settings

CHANGING = {"can_create", "can_edit", "can_delete"}


@pytest.fixture(autouse=True, scope="module")
def fab() -> None:
    """Import FAB's roles once, with the deprecations of its own dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        role_permissions()


def test_each_role_holds_what_the_one_below_it_holds() -> None:
    roles = {name: set(permissions) for name, permissions in role_permissions().items()}

    assert roles["Viewer"] < roles["Deployer"] < roles["Pipeline Admin"]


def test_a_viewer_changes_nothing_and_a_deployer_no_pipeline() -> None:
    roles = role_permissions()

    assert {r for a, r in roles["Viewer"] if a in CHANGING} == {"My Password", "My Profile"}
    assert not {a for a, r in roles["Deployer"] if r == PIPELINES} & CHANGING
    assert {a for a, r in roles["Pipeline Admin"] if r == PIPELINES} >= CHANGING


def test_nobody_but_airflows_admin_changes_connections_or_users() -> None:
    for permissions in role_permissions().values():
        for action, resource in permissions:
            if resource in {"Connections", "Variables"}:
                assert action in {"can_read", "menu_access"}
            assert resource not in {"Users", "Roles", "Passwords"}


def test_only_what_is_missing_is_added() -> None:
    held = role_permissions()
    first, *rest = held["Viewer"]
    roles = {name: role(permissions) for name, permissions in (held | {"Viewer": rest}).items()}
    security = mock.Mock(spec=["find_role", "add_role", "add_permission_to_role", "create_permission"])
    security.find_role.side_effect = roles.get

    assert ensure_roles(security) == ["Viewer"]
    security.create_permission.assert_called_once_with(*first)
    security.add_role.assert_not_called()


def role(permissions: list[tuple[str, str]]) -> Any:
    held = [
        SimpleNamespace(action=SimpleNamespace(name=action), resource=SimpleNamespace(name=resource))
        for action, resource in permissions
    ]
    return SimpleNamespace(permissions=held)


def test_the_settings_that_must_change_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "30")

    interval, url = checks.problems(Settings(api_url="nowhere"))

    assert interval.startswith("[core] min_serialized_dag_update_interval must be 0")
    assert url.startswith("[gennaker] api_url: 'nowhere'")


def test_good_settings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "0")
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql+psycopg2://db/airflow")
    settings = Settings(api_url="https://airflow.example.com")

    assert checks.problems(settings) == []
    assert checks.advice(settings) == []
