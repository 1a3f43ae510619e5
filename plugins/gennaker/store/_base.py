"""
What all tables share: metadata of their own and portable column types.

Airflow's own metadata holds none of them, and no foreign key leads to a table of Airflow's: core migrates and
downgrades its tables without asking ours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from airflow.utils.sqlalchemy import UtcDateTime
from sqlalchemy import JSON, MetaData, String, Text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.orm import DeclarativeBase, mapped_column

#: Constraints have names, or a migration could not drop them.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: A name, title or user; the longest that an index of every database takes.
NAME_LENGTH = 250
#: What Airflow allows for a DAG id or a run id.
ID_LENGTH = 250

#: JSON text that keeps the order of keys, which the JSON types of databases do not promise.
JsonText = Text().with_variant(LONGTEXT(), "mysql")


def utc_now() -> datetime:
    """Return the time with its zone."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a random id."""
    return str(uuid4())


Uid = Annotated[str, mapped_column(String(36))]
Name = Annotated[str, mapped_column(String(NAME_LENGTH))]
AirflowId = Annotated[str, mapped_column(String(ID_LENGTH))]
Moment = Annotated[datetime, mapped_column(UtcDateTime(timezone=True))]


class Base(DeclarativeBase):
    """The base of all our tables."""

    metadata = metadata
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON}
