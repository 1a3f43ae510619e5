"""
The tables.

``application`` has ``pipeline`` s, a pipeline has ``revision`` s. A *revision* is what was saved; it never
changes. A *publication* is one change of what Airflow sees (another revision, a new name, disabled, deleted),
numbered by one sequence for all pipelines: the pipeline "at version V" is its publication with the greatest
sequence ≤ V. A ``run`` remembers how a DAG run was admitted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gennaker.store._base import (
    AirflowId,
    Base,
    JsonText,
    Moment,
    Name,
    Uid,
    new_id,
    utc_now,
)

#: Every pipeline of a shard is parsed in one file. An edit waits for its neighbours, 20 to 40 ms for each
#: with the FAB auth manager; fewer would make more files, of which each costs 0.2 s when all are read.
SHARD_SIZE = 25


class Application(Base):
    """
    A service that is deployed, and who may do what with its pipelines.

    :ivar permissions: role names by right (``READ``, ``WRITE``, ``EXECUTE``); an absent right is open to
        everybody whose Airflow role allows it.
    :ivar projects: names of the projects that use it.
    :ivar parallel_runs: whether a pipeline may run twice at the same time.
    :ivar restart_running: whether a stage may be restarted while its run is active.
    """

    __tablename__ = "gennaker_application"

    id: Mapped[Uid] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[Name]
    name_key: Mapped[Name] = mapped_column(unique=True)
    owner: Mapped[Name] = mapped_column(default="")
    description: Mapped[str] = mapped_column(Text, default="")
    projects: Mapped[list[str]] = mapped_column(default=list)
    permissions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parallel_runs: Mapped[bool] = mapped_column(default=True)
    restart_running: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Moment] = mapped_column(default=utc_now)
    created_by: Mapped[Name] = mapped_column(default="")
    updated_at: Mapped[Moment] = mapped_column(default=utc_now, onupdate=utc_now)
    updated_by: Mapped[Name] = mapped_column(default="")

    __mapper_args__ = {"version_id_col": version}


class Shard(Base):
    """A file of pipelines of one application; numbers are never used again, nor do pipelines move."""

    __tablename__ = "gennaker_shard"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    application_id: Mapped[Uid] = mapped_column(ForeignKey("gennaker_application.id"), index=True)
    size: Mapped[int] = mapped_column(default=0)


class Pipeline(Base):
    """
    A pipeline: its names, its state, and which of its revisions counts.

    :ivar name_key: the name in lower case, unique in the application; a deleted pipeline frees it.
    :ivar latest: number of the newest revision.
    :ivar published: number of the revision that runs; None while there are only drafts.
    :ivar sequence: its last publication; 0 for none.
    :ivar disabled_scope: ``team`` or ``projects``; None for enabled.
    :ivar provenance: repository, commit and path of a pipeline that is kept in Git.
    """

    __tablename__ = "gennaker_pipeline"
    __table_args__ = (
        UniqueConstraint("application_id", "name_key"),
        Index("ix_gennaker_pipeline_listing", "application_id", "deleted_at", "position"),
    )

    id: Mapped[Uid] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[Uid] = mapped_column(ForeignKey("gennaker_application.id"))
    name: Mapped[Name]
    name_key: Mapped[str] = mapped_column(String(300))
    dag_id: Mapped[AirflowId] = mapped_column(unique=True)
    shard: Mapped[int] = mapped_column(ForeignKey("gennaker_shard.number"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    latest: Mapped[int] = mapped_column(default=0)
    published: Mapped[int | None] = mapped_column(default=None)
    sequence: Mapped[int] = mapped_column(default=0)

    disabled_scope: Mapped[str | None] = mapped_column(String(20), default=None)
    disabled_projects: Mapped[list[str]] = mapped_column(default=list)
    disabled_reason: Mapped[str] = mapped_column(Text, default="")
    disabled_by: Mapped[Name] = mapped_column(default="")
    disabled_at: Mapped[Moment | None] = mapped_column(default=None)
    disabled_until: Mapped[Moment | None] = mapped_column(default=None, index=True)

    locked: Mapped[bool] = mapped_column(default=False)
    lock_allows_api: Mapped[bool] = mapped_column(default=True)
    lock_reason: Mapped[str] = mapped_column(Text, default="")
    locked_by: Mapped[Name] = mapped_column(default="")
    locked_at: Mapped[Moment | None] = mapped_column(default=None)

    provenance: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    deleted_at: Mapped[Moment | None] = mapped_column(default=None)
    deleted_by: Mapped[Name] = mapped_column(default="")
    created_at: Mapped[Moment] = mapped_column(default=utc_now)
    created_by: Mapped[Name] = mapped_column(default="")
    updated_at: Mapped[Moment] = mapped_column(default=utc_now)
    updated_by: Mapped[Name] = mapped_column(default="")

    application: Mapped[Application] = relationship(lazy="joined")


class Revision(Base):
    """
    What was saved once. Rows are added, never changed.

    :ivar spec: JSON text without the governance keys, its keys in the order in which they were written.
    :ivar sha256: hash of what it does; the order of keys does not count.
    :ivar source: ``ui``, ``api``, ``cli``, ``git``, ``restore``, ``import``, ``copy`` or ``template``.
    :ivar errors: how many errors it had when it was saved; more than none stays a draft.
    """

    __tablename__ = "gennaker_revision"

    pipeline_id: Mapped[Uid] = mapped_column(ForeignKey("gennaker_pipeline.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spec: Mapped[str] = mapped_column(JsonText)
    sha256: Mapped[str] = mapped_column(String(64))
    author: Mapped[Name]
    message: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(20))
    restored_from: Mapped[int | None] = mapped_column(default=None)
    errors: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Moment] = mapped_column(default=utc_now)


class Publication(Base):
    """
    One change of what Airflow sees of a pipeline.

    :ivar revision: the revision that runs; None while nothing is published.
    :ivar settings: what else shapes the DAG: ``maxActiveRuns``, ``accessControl``.
    """

    __tablename__ = "gennaker_publication"
    __table_args__ = (Index("ix_gennaker_publication_pipeline", "pipeline_id", "sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pipeline_id: Mapped[Uid] = mapped_column(ForeignKey("gennaker_pipeline.id"))
    revision: Mapped[int | None]
    name: Mapped[Name]
    application: Mapped[Name]
    disabled: Mapped[bool] = mapped_column(default=False)
    deleted: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by: Mapped[Name] = mapped_column(default="")
    at: Mapped[Moment] = mapped_column(default=utc_now)


class Counter(Base):
    """A number that several transactions draw from, one after the other."""

    __tablename__ = "gennaker_counter"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[int]


class Run(Base):
    """
    How a DAG run was admitted, and what it was started with.

    :ivar trigger: what expressions see as ``trigger``, and nobody could have forged in the run's conf.
    :ivar source: who asked for the run: ``airflow`` for everything that core started, else ``api``, ``ui`` …
    :ivar clear_number: Airflow's count of clears when the run was last admitted.
    :ivar granted_clear_number: the count with which a run that was active when its pipeline was disabled may
        go on.
    """

    __tablename__ = "gennaker_run"

    dag_id: Mapped[AirflowId] = mapped_column(primary_key=True)
    run_id: Mapped[AirflowId] = mapped_column(primary_key=True)
    pipeline_id: Mapped[Uid] = mapped_column(ForeignKey("gennaker_pipeline.id"), index=True)
    sequence: Mapped[int | None]
    revision: Mapped[int | None]
    trigger: Mapped[dict[str, Any]] = mapped_column(default=dict)
    project: Mapped[Name] = mapped_column(default="")
    started_by: Mapped[Name] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(20), default="airflow")
    state: Mapped[str] = mapped_column(String(20), default="admitted")
    reason: Mapped[str] = mapped_column(Text, default="")
    clear_number: Mapped[int] = mapped_column(default=0)
    granted_clear_number: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[Moment] = mapped_column(default=utc_now)
