"""The store under fire: an API server that is killed loses no answered save and leaves no half of one."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

from gennaker.cli.up import ports
from gennaker.spec.governance import content_hash
from gennaker.store.models import Pipeline, Publication, Revision

if TYPE_CHECKING:
    from tests.e2e.conftest import ManagedStack

pytestmark = pytest.mark.e2e

SAVES = 200
KILLS = (60, 130)
WRITERS = 4
_NAME = "second-api-server"


class Server:
    """A second API server on the same database, so that only ours dies."""

    def __init__(self, stack: ManagedStack) -> None:
        self.stack = stack
        self.port = ports.choose(None)
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.stack.stack.processes.start(_NAME, ("airflow", "api-server", "--port", str(self.port)))

    def wait(self) -> None:
        self.stack.wait_for(self.answers, timeout=180, what="the second API server")

    def answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/gennaker/api/v1/health", timeout=5, trust_env=False).is_success
        return False

    def kill(self) -> None:
        processes = self.stack.stack.processes
        os.killpg(processes.pids[_NAME], signal.SIGKILL)
        processes.end(_NAME)


@pytest.fixture
def server(managed_stack: ManagedStack) -> Iterator[Server]:
    server = Server(managed_stack)
    server.start()
    server.wait()
    yield server
    server.kill()


class Writer(threading.Thread):
    """Saves one pipeline again and again, and notes what was answered."""

    def __init__(self, server: Server, token: str, application: str, number: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.answered: dict[int, dict[str, Any]] = {}
        self.lost = 0
        self.done = threading.Event()
        self._http = httpx.Client(
            base_url=f"{server.url}/gennaker/api/v1",
            headers={"authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )
        made = self._http.post("/pipelines", json={"application": application, "name": f"Writer {number}"})
        made.raise_for_status()
        self.pipeline_id = made.json()["id"]

    def run(self) -> None:
        base, saves = 1, 0
        while not self.done.is_set():
            saves += 1
            try:
                base = self._save(base, saves)
            except httpx.HTTPError:
                self.lost += 1
                base = self._look_again()
        self._http.close()

    def _save(self, base: int, saves: int) -> int:
        stage = {"refId": "1", "type": "wait", "name": f"Save {saves} of {self.number}", "waitTime": 1}
        spec = {"stages": [stage], "description": "x" * 20_000}
        saved = self._http.put(
            f"/pipelines/{self.pipeline_id}/spec", json={"spec": spec}, headers={"if-match": f'"{base}"'}
        )
        assert saved.status_code == 200, saved.text
        revision: int = saved.json()["revision"]
        self.answered[revision] = spec
        return revision

    def _look_again(self) -> int:
        """Wait for the server; the save that got no answer may have been kept all the same."""
        while not self.done.is_set():
            with suppress(httpx.HTTPError):
                found = self._http.get(f"/pipelines/{self.pipeline_id}")
                if found.is_success:
                    return int(found.json()["latest"])
            time.sleep(0.2)
        return 0


def test_what_was_answered_is_kept_and_nothing_by_halves(managed_stack: ManagedStack, server: Server) -> None:
    headers = managed_stack._authorization()
    token = headers["Authorization"].removeprefix("Bearer ")
    httpx.post(
        f"{server.url}/gennaker/api/v1/applications", json={"name": "Fire"}, headers=headers, trust_env=False
    ).raise_for_status()
    writers = [Writer(server, token, "Fire", number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()

    def answered() -> int:
        return sum(len(writer.answered) for writer in writers)

    for limit in KILLS:
        managed_stack.wait_for(lambda limit=limit: answered() >= limit, timeout=180, what="saves")
        server.kill()
        server.start()
        server.wait()
    managed_stack.wait_for(lambda: answered() >= SAVES, timeout=240, what="the last saves")
    for writer in writers:
        writer.done.set()
    for writer in writers:
        writer.join(timeout=60)

    assert sum(writer.lost for writer in writers) >= len(KILLS)
    with managed_stack.begin() as session:
        for writer in writers:
            pipeline = session.get(Pipeline, writer.pipeline_id)
            rows = {
                row.number: row
                for row in session.scalars(select(Revision).where(Revision.pipeline_id == writer.pipeline_id))
            }
            published = session.get(Publication, pipeline.sequence)
            # Each kill may have come between a commit and its answer, once for each writer.
            unanswered = rows.keys() - writer.answered.keys() - {1}
            assert len(unanswered) <= writer.lost
            assert sorted(rows) == list(range(1, pipeline.latest + 1))
            for number, spec in writer.answered.items():
                assert json.loads(rows[number].spec) == spec
            for row in rows.values():
                assert content_hash(json.loads(row.spec)) == row.sha256
            assert pipeline.published == published.revision == pipeline.latest
