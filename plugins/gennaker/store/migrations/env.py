"""Run the migrations on the database that Airflow is configured with; Alembic executes this file."""

from __future__ import annotations

from typing import Any

from airflow import settings
from alembic import context

from gennaker.store.manager import GennakerDBManager

_OPTIONS: dict[str, Any] = {
    "target_metadata": GennakerDBManager.metadata,
    "version_table": GennakerDBManager.version_table_name,
    "compare_type": True,
    # SQLite cannot change a column in place.
    "render_as_batch": True,
}


def _ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    return kind != "table" or name in GennakerDBManager.metadata.tables


def _offline() -> None:
    context.configure(url=settings.SQL_ALCHEMY_CONN, literal_binds=True, include_object=_ours, **_OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def _online() -> None:
    given = context.config.attributes.get("connection")
    connection = given or settings.get_engine().connect()
    try:
        context.configure(
            connection=connection, transaction_per_migration=True, include_object=_ours, **_OPTIONS
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        if given is None:
            connection.close()


if context.is_offline_mode():
    _offline()
else:
    _online()
