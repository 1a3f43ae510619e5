"""Admission over the signed route, and the sweep of the API server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gennaker.api import sweeping
from gennaker.client.internal import InternalClient
from gennaker.errors import Conflict, NotFound
from gennaker.services import governance
from gennaker.settings import Settings
from gennaker.store.models import Pipeline
from tests.api.conftest import SECRET, TestClient
from tests.database import postgresql
from tests.services.desk import Desk
from tests.services.floor import Floor


@pytest.fixture
def floor() -> Floor:
    desk = Desk(postgresql())
    return Floor(desk, desk.create()).parse()


def test_a_worker_asks_and_is_answered(floor: Floor, client: TestClient) -> None:
    worker = InternalClient("http://testserver", SECRET, transport=client._transport)
    run_id, sequence = floor.start(), floor.pipeline.sequence
    ask = (floor.dag_id, run_id, "stage-1", floor.ti_id(run_id))

    answer = worker.admit(*ask, sequence)
    assert (answer["allowed"], answer["reason"]) == (True, None)
    assert answer["context"]["executionId"] == run_id
    assert floor.record(run_id) is not None

    refused = worker.admit(*ask, sequence + 1)
    assert refused["allowed"] is False
    with pytest.raises(Conflict):
        worker.admit(floor.dag_id, run_id, "stage-1", "another", sequence)
    with pytest.raises(NotFound):
        worker.admit("no.pipeline", *ask[1:], sequence)


def test_the_server_sweeps_up_what_has_expired(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    floor.call(governance.disable, scope="team", reason="", until=until)
    with floor.desk.session() as session:
        session.get_one(Pipeline, floor.id).disabled_until = datetime.now(UTC)
    monkeypatch.setattr(sweeping, "SECONDS", 0.01)

    async def serve() -> None:
        async with sweeping.sweeping(Settings()):
            for _ in range(1000):
                if floor.pipeline.disabled_scope is None:
                    return
                await asyncio.sleep(0.02)

    asyncio.run(serve())
    assert floor.model().allowed_run_types is None


def test_a_sweep_that_fails_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def fail() -> list[str]:
        tries.append(1)
        raise OSError("the database is away")

    monkeypatch.setattr(sweeping, "SECONDS", 0.01)
    monkeypatch.setattr(sweeping, "sweep", fail)

    async def serve() -> None:
        async with sweeping.sweeping(Settings()):
            for _ in range(1000):
                if len(tries) >= 3:
                    return
                await asyncio.sleep(0.02)

    asyncio.run(serve())
    assert len(tries) >= 3


def test_nothing_is_swept_in_the_files_only_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "SECONDS", 0.001)
    monkeypatch.setattr(sweeping, "sweep", lambda: pytest.fail("it swept"))

    async def serve() -> None:
        async with sweeping.sweeping(Settings(specs_folder="/specs")):
            await asyncio.sleep(0.05)

    asyncio.run(serve())
