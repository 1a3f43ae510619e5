"""Applications, pipelines, revisions, publications and runs."""

from __future__ import annotations

import sqlalchemy as sa
from airflow.utils.sqlalchemy import UtcDateTime
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "gennaker_application",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("name_key", sa.String(length=250), nullable=False),
        sa.Column("owner", sa.String(length=250), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("projects", sa.JSON(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("parallel_runs", sa.Boolean(), nullable=False),
        sa.Column("restart_running", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gennaker_application")),
        sa.UniqueConstraint("name_key", name=op.f("uq_gennaker_application_name_key")),
    )
    op.create_table(
        "gennaker_counter",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gennaker_counter")),
    )
    op.create_table(
        "gennaker_shard",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["gennaker_application.id"], name=op.f("fk_gennaker_shard_application_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gennaker_shard")),
    )
    op.create_index("ix_gennaker_shard_application_id", "gennaker_shard", ["application_id"])

    op.create_table(
        "gennaker_pipeline",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("disabled_scope", sa.String(length=20), nullable=True),
        sa.Column("disabled_projects", sa.JSON(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=False),
        sa.Column("disabled_by", sa.String(length=250), nullable=False),
        sa.Column("disabled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("disabled_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("lock_allows_api", sa.Boolean(), nullable=False),
        sa.Column("lock_reason", sa.Text(), nullable=False),
        sa.Column("locked_by", sa.String(length=250), nullable=False),
        sa.Column("locked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.String(length=250), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["gennaker_application.id"], name=op.f("fk_gennaker_pipeline_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["shard"], ["gennaker_shard.number"], name=op.f("fk_gennaker_pipeline_shard")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gennaker_pipeline")),
        sa.UniqueConstraint(
            "application_id", "name_key", name=op.f("uq_gennaker_pipeline_application_id_name_key")
        ),
        sa.UniqueConstraint("dag_id", name=op.f("uq_gennaker_pipeline_dag_id")),
    )
    op.create_index("ix_gennaker_pipeline_disabled_until", "gennaker_pipeline", ["disabled_until"])
    op.create_index(
        "ix_gennaker_pipeline_listing", "gennaker_pipeline", ["application_id", "deleted_at", "position"]
    )
    op.create_index("ix_gennaker_pipeline_shard", "gennaker_pipeline", ["shard"])

    op.create_table(
        "gennaker_publication",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pipeline_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("application", sa.String(length=250), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=250), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["gennaker_pipeline.id"], name=op.f("fk_gennaker_publication_pipeline_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_gennaker_publication")),
    )
    op.create_index("ix_gennaker_publication_pipeline", "gennaker_publication", ["pipeline_id", "sequence"])

    op.create_table(
        "gennaker_revision",
        sa.Column("pipeline_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spec", sa.Text().with_variant(mysql.LONGTEXT(), "mysql"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=250), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["gennaker_pipeline.id"], name=op.f("fk_gennaker_revision_pipeline_id")
        ),
        sa.PrimaryKeyConstraint("pipeline_id", "number", name=op.f("pk_gennaker_revision")),
    )
    op.create_table(
        "gennaker_run",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("run_id", sa.String(length=250), nullable=False),
        sa.Column("pipeline_id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("trigger", sa.JSON(), nullable=False),
        sa.Column("project", sa.String(length=250), nullable=False),
        sa.Column("started_by", sa.String(length=250), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clear_number", sa.Integer(), nullable=False),
        sa.Column("granted_clear_number", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["gennaker_pipeline.id"], name=op.f("fk_gennaker_run_pipeline_id")
        ),
        sa.PrimaryKeyConstraint("dag_id", "run_id", name=op.f("pk_gennaker_run")),
    )
    op.create_index("ix_gennaker_run_pipeline_id", "gennaker_run", ["pipeline_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_gennaker_run_pipeline_id", "gennaker_run")

    op.drop_table("gennaker_run")
    op.drop_table("gennaker_revision")
    op.drop_index("ix_gennaker_publication_pipeline", "gennaker_publication")

    op.drop_table("gennaker_publication")
    op.drop_index("ix_gennaker_pipeline_shard", "gennaker_pipeline")
    op.drop_index("ix_gennaker_pipeline_listing", "gennaker_pipeline")
    op.drop_index("ix_gennaker_pipeline_disabled_until", "gennaker_pipeline")

    op.drop_table("gennaker_pipeline")
    op.drop_index("ix_gennaker_shard_application_id", "gennaker_shard")

    op.drop_table("gennaker_shard")
    op.drop_table("gennaker_counter")
    op.drop_table("gennaker_application")
