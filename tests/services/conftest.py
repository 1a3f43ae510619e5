from __future__ import annotations

import pytest

from tests.database import DATABASES, World, postgresql
from tests.services.desk import Desk


@pytest.fixture(params=list(DATABASES))
def world(request: pytest.FixtureRequest) -> World:
    """Return an empty DAG in each kind of database."""
    return World(DATABASES[request.param]())


@pytest.fixture
def pg_world() -> World:
    """Return an empty DAG in PostgreSQL, where rows are really locked."""
    return World(postgresql())


@pytest.fixture(params=list(DATABASES))
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return an application in each kind of database."""
    return Desk(DATABASES[request.param]())
