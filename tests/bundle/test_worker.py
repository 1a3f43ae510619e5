"""What a worker does for the spec of its task, against a real API server that answers over HTTP."""

from __future__ import annotations

import json
import os
import stat
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gennaker.bundle import PipelineBundle, directory, shard, source
from gennaker.bundle.process import is_client
from gennaker.bundle.source import WorkerSource
from gennaker.client.internal import InternalClient
from gennaker.errors import Denied, NotFound, Temporary
from gennaker.security.signatures import verify
from gennaker.settings import Settings
from gennaker.spec.publication import Candidate, PublishedPipeline
from tests.webserver import WebServer, web_server

SECRET = "the-secret-of-this-deployment"
SPEC = '{"stages": [{"type": "noop", "name": "a", "refId": "1"}]}'
PATH = "/gennaker/internal/v1/specs/shop.deploy"
PARSING_DAG = "_AIRFLOW_PARSING_CONTEXT_DAG_ID"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(spec_cache_folder=str(tmp_path / "specs"))


@pytest.fixture
def client(server: WebServer) -> InternalClient:
    return InternalClient(server.url, SECRET, sleep=lambda seconds: None)


@pytest.fixture
def worker(settings: Settings, client: InternalClient) -> WorkerSource:
    return WorkerSource(settings, lambda dag_id, version: client.published(dag_id, version, budget=0))


def published() -> PublishedPipeline:
    candidate = Candidate(5, 2, "sha", SPEC)
    return PublishedPipeline("uuid", "shop.deploy", "Shop", "Deploy", 3, candidates=(candidate,))


def answer(version: int = 5) -> dict[str, Any]:
    return {"version": version, **published().to_json()}


def kept(settings: Settings, version: int = 5) -> Path:
    return Path(settings.spec_cache_folder) / str(os.geteuid()) / str(version) / "shop.deploy.json"


def test_a_spec_is_asked_for_once_with_a_signature(worker: WorkerSource, server: WebServer) -> None:
    server.on(f"{PATH}?version=5", answer())

    assert worker.pipeline("shop.deploy", 5) == (5, published())
    assert worker.pipeline("shop.deploy", 5) == (5, published())

    assert server.paths() == [f"GET {PATH}?version=5"]
    headers = server.seen[0].headers
    path = f"{PATH.removeprefix('/gennaker')}?version=5"
    now = float(headers["x-gennaker-timestamp"])
    verify(SECRET, "GET", path, b"", headers, now=now, max_skew=1)
    with pytest.raises(Denied):
        verify(SECRET, "GET", path.replace("5", "6"), b"", headers, now=now, max_skew=1)


def test_without_a_version_the_newest_is_asked_for_each_time(
    worker: WorkerSource, server: WebServer, settings: Settings
) -> None:
    server.on(PATH, answer(7), answer(8))

    assert worker.pipeline("shop.deploy", None)[0] == 7
    assert worker.pipeline("shop.deploy", None)[0] == 8
    assert kept(settings, 8).exists()


def test_what_is_kept_is_private(worker: WorkerSource, server: WebServer, settings: Settings) -> None:
    server.on(f"{PATH}?version=5", answer())
    worker.pipeline("shop.deploy", 5)

    file = kept(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.parent.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["shop.deploy.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes().replace(b"noop", b"wait")),
        lambda file: file.write_bytes(file.read_bytes()[:-20]),
        lambda file: file.write_bytes(b""),
        lambda file: file.unlink(),
    ],
    ids=["changed", "cut", "empty", "gone"],
)
def test_what_is_not_as_it_was_written_is_fetched_again(
    worker: WorkerSource, server: WebServer, settings: Settings, damage: Any
) -> None:
    server.on(f"{PATH}?version=5", answer())
    worker.pipeline("shop.deploy", 5)
    damage(kept(settings))

    assert worker.pipeline("shop.deploy", 5) == (5, published())
    assert len(server.seen) == 2


def test_a_folder_of_somebody_else_is_refused(
    worker: WorkerSource, server: WebServer, settings: Settings
) -> None:
    server.on(f"{PATH}?version=5", answer())
    root = Path(settings.spec_cache_folder) / str(os.geteuid())
    root.mkdir(parents=True)
    root.chmod(0o777)

    with pytest.raises(Denied, match="only this user can write to"):
        worker.pipeline("shop.deploy", 5)


def test_a_full_disk_does_not_stop_the_task(
    worker: WorkerSource, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on(f"{PATH}?version=5", answer())

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(source, "write_atomically", full)

    assert worker.pipeline("shop.deploy", 5) == (5, published())


def test_versions_that_nobody_asks_for_are_removed(
    worker: WorkerSource, server: WebServer, settings: Settings
) -> None:
    for version in (5, 6, 7):
        server.on(f"{PATH}?version={version}", answer(version))
    worker.pipeline("shop.deploy", 5)
    worker.pipeline("shop.deploy", 6)
    old = kept(settings, 5).parent
    os.utime(old, (0, 0))

    worker.pipeline("shop.deploy", 7)

    assert not old.exists()
    assert kept(settings, 6).exists()


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (401, Denied, "not signed"),
        (404, NotFound, "no such pipeline"),
        (503, Temporary, "api_url"),
    ],
)
def test_an_error_says_what_and_what_to_do(
    worker: WorkerSource, server: WebServer, status: int, error: type[Exception], told: str
) -> None:
    detail = {401: "not signed", 404: "no such pipeline"}.get(status, "")
    server.on(f"{PATH}?version=5", (status, {}, {"detail": detail}))

    with pytest.raises(error, match=r"shop\.deploy at version 5 could not be fetched") as raised:
        worker.pipeline("shop.deploy", 5)
    assert told in str(raised.value)
    assert "api_url" in str(raised.value)


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, worker: WorkerSource) -> None:
    """Be the process of a task of shop.deploy."""
    runner = types.ModuleType("airflow.sdk.execution_time.task_runner")
    runner.SUPERVISOR_COMMS = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, runner.__name__, runner)
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH", str(tmp_path / "bundles"))
    # A worker's own configuration need not have what only the DAG processor reads.
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "30")
    monkeypatch.setenv(PARSING_DAG, "shop.deploy")
    for module in ("managed", "shard"):
        monkeypatch.setattr(f"gennaker.bundle.{module}.WorkerSource", lambda settings: worker)


@pytest.mark.usefixtures("task")
def test_a_task_gets_the_one_dag_that_it_runs(server: WebServer) -> None:
    server.on(f"{PATH}?version=5", answer())
    bundle = PipelineBundle(name="gennaker", version="5")
    bundle.initialize()

    assert is_client()
    assert bundle.path.parts[-2:] == ("versions", "5")
    assert [path.name for path in bundle.path.iterdir()] == ["shard-3.py"]
    (built,) = shard.dags(str(bundle.path / "shard-3.py")).values()
    assert built.dag_id == "shop.deploy"
    assert built.task_ids == ["stage-1"]
    assert len(server.seen) == 1


@pytest.mark.usefixtures("task")
def test_a_task_of_a_run_without_a_version_gets_what_is_published_now(server: WebServer) -> None:
    server.on(PATH, answer(9))
    bundle = PipelineBundle(name="gennaker")
    bundle.initialize()

    assert bundle.version == "9"
    assert [*shard.dags(str(bundle.path / "shard-3.py"))] == ["shop.deploy"]
    assert server.paths() == [f"GET {PATH}"]


@pytest.mark.usefixtures("task")
def test_a_callback_of_no_dag_asks_for_nothing(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PARSING_DAG)
    bundle = PipelineBundle(name="gennaker", version="5")
    bundle.initialize()

    assert bundle.path.is_dir()
    assert server.seen == []


def test_a_pipeline_is_looked_up_once_and_only_when_it_is_needed(
    server: WebServer, client: InternalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/gennaker/internal/v1/pipelines/lookup?application=Shop+%26+Co&pipeline=Deploy"
    server.on(path, {"dagId": "shop.deploy", "id": "uuid"})
    monkeypatch.setattr(directory, "internal_client", lambda settings: client)
    directory._find.cache_clear()
    pipelines = directory.RemoteDirectory()
    assert server.seen == []

    assert pipelines.dag_id("Shop & Co", "Deploy") == "shop.deploy"
    assert pipelines.pipeline_id("Deploy", "Shop & Co") == "uuid"
    assert pipelines.dag_id("Shop & Co", "Other") is None
    assert len(server.seen) == 2


def test_the_answer_of_the_api_is_plain_json() -> None:
    assert PublishedPipeline.from_json(json.loads(json.dumps(answer()))) == published()
