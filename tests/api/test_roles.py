"""Roles and rights at the first start of several API servers, in a database of their own."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from gennaker.api.roles import PIPELINES, register, role_permissions
from tests.api.accounts import manager
from tests.database import postgresql


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    """Point Airflow at a database in which nobody has started yet."""
    manager("fab")
    from airflow import settings
    from airflow.providers.fab.auth_manager.models import Model

    with postgresql()() as session:
        server = session.get_bind().engine  # type: ignore[union-attr]
    name = f"roles_{uuid.uuid4().hex[:8]}"
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(server.url.set(database=name))
    Model.metadata.create_all(engine)
    sessions = sessionmaker(engine, autoflush=False, expire_on_commit=False)
    monkeypatch.setattr(settings, "NonScopedSession", sessions)
    yield sessions
    engine.dispose()


def held(sessions: sessionmaker[Session]) -> dict[str, set[tuple[str, str]]]:
    from airflow.providers.fab.auth_manager.models import Role

    with sessions() as session:
        return {
            role.name: {(found.action.name, found.resource.name) for found in role.permissions}
            for role in session.scalars(select(Role)).unique()
        }


def test_servers_that_start_at_once_make_them_together(fresh: sessionmaker[Session]) -> None:
    barrier = threading.Barrier(4)

    def start(_: int) -> list[str]:
        barrier.wait()
        return register()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))

    found = held(fresh)
    for role, permissions in role_permissions().items():
        assert found[role] >= set(permissions), role
    assert ("can_edit", PIPELINES) in found["Admin"]


def test_what_was_taken_away_stays_away(fresh: sessionmaker[Session]) -> None:
    from airflow.providers.fab.auth_manager.models import Role

    register()
    with fresh.begin() as session:
        viewer = session.scalars(select(Role).where(Role.name == "Viewer")).unique().one()
        viewer.permissions.clear()

    assert register() == []
    assert held(fresh)["Viewer"] == set()
