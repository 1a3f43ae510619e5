"""The tables are the same however they came to be, on every database that we promise."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from gennaker.store.manager import GennakerDBManager
from tests.database import postgresql


@contextmanager
def empty_database(kind: str) -> Iterator[Engine]:
    """Make a database with nothing in it, and let Airflow's settings lead to it."""
    from airflow import settings

    sessions = postgresql()
    if kind == "sqlite":
        url = f"sqlite:///{Path(tempfile.mkdtemp(prefix='gennaker-test-'))}/empty.db"
    else:
        with sessions() as session:
            server = session.get_bind().engine
        name = f"empty_{id(object())}"
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = server.url.set(database=name).render_as_string(hide_password=False)
    engine = create_engine(url)
    with mock.patch.multiple(settings, engine=engine, SQL_ALCHEMY_CONN=url):
        try:
            yield engine
        finally:
            engine.dispose()


def schema(engine: Engine) -> dict[str, Any]:
    """Describe every table of ours: columns, keys, constraints, indexes."""
    look = inspect(engine)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)],
            "primary": look.get_pk_constraint(table),
            "unique": sorted(map(str, look.get_unique_constraints(table))),
            "foreign": sorted(map(str, look.get_foreign_keys(table))),
            "indexes": sorted(map(str, look.get_indexes(table))),
        }
        for table in sorted(look.get_table_names())
        if table.startswith("gennaker_")
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with empty_database(request.param) as made:
        yield made


def test_models_and_migrations_make_the_same_tables(engine: Engine) -> None:
    with Session(engine) as session:
        manager = GennakerDBManager(session)
        manager.upgradedb(use_migration_files=True)
        by_migrations = schema(engine)
        session.commit()
        manager.downgrade("base")
        assert schema(engine) == {}
        GennakerDBManager(session).create_db_from_orm()

    assert len(by_migrations) == 7
    assert schema(engine) == by_migrations


def test_up_down_up(engine: Engine) -> None:
    with Session(engine) as session:
        manager = GennakerDBManager(session)
        manager.upgradedb(use_migration_files=True)
        assert manager.check_migration()
        session.commit()
        manager.downgrade("base")
        session.commit()
        assert not manager.check_migration()
        session.commit()
        manager.upgradedb(use_migration_files=True)
        assert manager.check_migration()


def test_the_migrations_leave_nothing_to_do(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with Session(engine) as session:
        GennakerDBManager(session).upgradedb(use_migration_files=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": lambda _, name, kind, *rest: kind != "table" or "gennaker_" in name},
        )
        assert compare_metadata(context, GennakerDBManager.metadata) == []


def test_airflow_finds_the_manager() -> None:
    from airflow.providers_manager import ProvidersManager

    assert "gennaker.store.manager.GennakerDBManager" in ProvidersManager().db_managers
