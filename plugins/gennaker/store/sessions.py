"""Sessions for what runs outside of a request: commands, and the DAG processor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.utils.session import create_session
from sqlalchemy.orm import Session


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield a session on Airflow's database; it commits at the end of the block, unless an error ends it."""
    with create_session(scoped=False) as session:
        yield session
