"""The task that keeps pipelines in step with a folder, against a real HTTP server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from gennaker.client.internal import InternalClient
from gennaker.operators import sync
from tests.webserver import WebServer, web_server

PATH = "/gennaker/internal/v1/sync"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with web_server() as running:
        monkeypatch.setattr(sync, "internal_client", lambda settings: InternalClient(running.url, "s" * 32))
        yield running


def run(folder: Path, **arguments: Any) -> list[dict[str, Any]]:
    operator = sync.SyncPipelinesOperator(task_id="sync", folder=folder, repository="specs", **arguments)
    return operator.execute({"ti": SimpleNamespace(bundle_instance=SimpleNamespace(version="c0ffee"))})


def test_the_folder_is_sent_with_the_commit_of_the_bundle(tmp_path: Path, server: WebServer) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "deploy.json").write_text('{"stages": []}')
    server.on(PATH, {"results": [{"path": "shop/deploy.json", "action": "created"}]})

    assert run(tmp_path, prune=True) == [{"path": "shop/deploy.json", "action": "created"}]
    (seen,) = server.seen
    assert json.loads(seen.body) == {
        "files": [
            {"path": "shop/deploy.json", "application": "shop", "name": "deploy", "text": '{"stages": []}'}
        ],
        "repository": "specs",
        "commit": "c0ffee",
        "prune": True,
    }


def test_a_pipeline_with_errors_fails_the_task(tmp_path: Path, server: WebServer) -> None:
    results = [{"path": "a/a.json", "action": "failed"}, {"path": "a/b.json", "action": "updated"}]
    server.on(PATH, {"results": results})

    with pytest.raises(AirflowFailException, match=r"1 of 2 pipelines have errors: \['a/a.json'\]"):
        run(tmp_path)


def test_a_folder_that_is_not_there_deletes_nothing(tmp_path: Path, server: WebServer) -> None:
    with pytest.raises(AirflowFailException, match="could not be read"):
        run(tmp_path / "nowhere", prune=True)

    assert server.seen == []
