"""Create and migrate our tables with ``airflow db migrate`` (provider info ``db-managers``)."""

from __future__ import annotations

from pathlib import Path

from airflow.utils.db_manager import BaseDBManager

from gennaker.store import models

_HERE = Path(__file__).parent


class GennakerDBManager(BaseDBManager):
    """Tell Airflow where our tables and migrations are."""

    metadata = models.Application.metadata
    version_table_name = "alembic_version_gennaker"
    migration_dir = (_HERE / "migrations").as_posix()
    alembic_file = (_HERE / "alembic.ini").as_posix()
    supports_table_dropping = True
    revision_heads_map = {"0.2.0": "0001"}

    def downgrade(
        self, to_revision: str, from_revision: str | None = None, show_sql_only: bool = False
    ) -> None:
        """Take migrations back, down to ``to_revision`` (``base`` for all)."""
        from alembic import command

        revision = f"{from_revision}:{to_revision}" if from_revision else to_revision
        config = self.get_alembic_config()  # type: ignore[no-untyped-call]
        command.downgrade(config, revision=revision, sql=show_sql_only)
