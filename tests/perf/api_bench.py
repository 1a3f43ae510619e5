"""
Measure the REST API over HTTP with 1,000 pipelines of 50 revisions: ``python -m tests.perf.api_bench``.

A real API server with the FAB auth manager on the embedded PostgreSQL, and nothing else running. The rows are
written straight into the tables; what is measured is asked one after the other, as a browser does.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from gennaker.cli.up import health, stack
from gennaker.cli.up.stack import Stack
from gennaker.spec.governance import content_hash

PIPELINES, REVISIONS, APPLICATIONS, STAGES = 1_000, 50, 20, 10
ROUNDS = 100


class ApiOnly(Stack):
    """An Airflow of which only the API server runs."""

    def _wait_healthy(self, since: datetime) -> None:
        def answers() -> bool:
            self.processes.check()
            try:
                return httpx.get(f"{self.base_url}/api/v2/version", timeout=5, trust_env=False).is_success
            except httpx.HTTPError:
                return False

        health.wait_for(answers, timeout=240, what="the API server")


def spec(number: int, revision: int) -> dict[str, Any]:
    """Return a pipeline of ten stages."""
    stages = [
        {
            "refId": str(index),
            "requisiteStageRefIds": [str(index - 1)] if index > 1 else [],
            "type": "wait",
            "name": f"Stage {index}",
            "waitTime": revision,
            "comments": f"pipeline {number}, revision {revision}",
        }
        for index in range(1, STAGES + 1)
    ]
    return {"spelEvaluator": "v4", "stages": stages}


def fill(database: str) -> list[str]:
    """Write the rows, and return the ids of the pipelines."""
    from sqlalchemy import create_engine, insert

    from gennaker.store import models
    from gennaker.store._base import new_id

    now = datetime.now(UTC)
    applications = [(new_id(), f"Application {number:02}") for number in range(APPLICATIONS)]
    ids = [new_id() for _ in range(PIPELINES)]
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(
            insert(models.Application),
            [{"id": uid, "name": name, "name_key": name.lower()} for uid, name in applications],
        )
        for number, (uid, _) in enumerate(applications, 1):
            connection.execute(
                insert(models.Shard),
                [{"number": number, "application_id": uid, "size": PIPELINES // APPLICATIONS}],
            )
        connection.execute(
            insert(models.Pipeline), [dict(_pipeline(n, applications, ids)) for n in range(PIPELINES)]
        )
        for number, uid in enumerate(ids):
            connection.execute(insert(models.Revision), list(_revisions(number, uid)))
            connection.execute(
                insert(models.Publication),
                [
                    {
                        "sequence": number * REVISIONS + revision,
                        "pipeline_id": uid,
                        "revision": revision,
                        "name": f"Pipeline {number:04}",
                        "application": applications[number % APPLICATIONS][1],
                        "at": now,
                    }
                    for revision in range(1, REVISIONS + 1)
                ],
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return ids


def _pipeline(number: int, applications: list[tuple[str, str]], ids: list[str]) -> Mapping[str, Any]:
    owner = number % APPLICATIONS
    return {
        "id": ids[number],
        "application_id": applications[owner][0],
        "name": f"Pipeline {number:04}",
        "name_key": f"pipeline {number:04}",
        "dag_id": f"application-{owner:02}.pipeline-{number:04}",
        "shard": owner + 1,
        "position": number // APPLICATIONS,
        "latest": REVISIONS,
        "published": REVISIONS,
        "sequence": (number + 1) * REVISIONS,
    }


def _revisions(number: int, uid: str) -> Iterator[dict[str, Any]]:
    for revision in range(1, REVISIONS + 1):
        content = spec(number, revision)
        yield {
            "pipeline_id": uid,
            "number": revision,
            "spec": json.dumps(content),
            "sha256": content_hash(content),
            "author": "bench",
            "message": "",
            "source": "api",
        }


def timed(ask: Callable[[int], httpx.Response], rounds: int = ROUNDS) -> list[float]:
    """Return how many milliseconds each of some requests takes, sorted; a few more warm the server up."""
    for number in range(5):
        ask(-1 - number).raise_for_status()
    found = []
    for number in range(rounds):
        start = time.perf_counter()
        ask(number).raise_for_status()
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def show(what: str, found: list[float], budget: float | None = None) -> None:
    """Print one line."""
    p95 = found[int(len(found) * 0.95) - 1]
    limit = f"   (budget {budget:.0f})" if budget else ""
    print(f"{what:<52} median {statistics.median(found):7.1f} ms   p95 {p95:7.1f} ms{limit}", flush=True)


def measure(base_url: str, token: str, ids: list[str]) -> None:
    """Ask, and print."""
    latest = dict.fromkeys(ids, REVISIONS)
    with httpx.Client(
        base_url=f"{base_url}/gennaker/api/v1",
        headers={"authorization": f"Bearer {token}"},
        timeout=60,
        trust_env=False,
    ) as http:
        pages = [""]
        while len(pages) < PIPELINES // 50:
            cursor = http.get(f"/pipelines?limit=50{pages[-1]}").raise_for_status().json()["nextCursor"]
            pages.append(f"&cursor={cursor}")

        def save(number: int) -> httpx.Response:
            uid = random.choice(ids)
            answer = http.put(
                f"/pipelines/{uid}/spec",
                json={"spec": spec(number, 1000 + random.randrange(10**9))},
                headers={"if-match": f'"{latest[uid]}"'},
            )
            latest[uid] += 1
            assert answer.json()["published"], answer.text
            return answer

        show(
            "list, 50 of 1,000, any page",
            timed(lambda n: http.get(f"/pipelines?limit=50{pages[n % len(pages)]}")),
            150,
        )
        show("list, 200 of 1,000", timed(lambda n: http.get("/pipelines?limit=200")))
        show("list, by a part of the name", timed(lambda n: http.get(f"/pipelines?q={abs(n) % 1000:04}")))
        show("list of one application", timed(lambda n: http.get("/pipelines?application=Application 07")))
        show("applications", timed(lambda n: http.get("/applications")))
        show("one pipeline", timed(lambda n: http.get(f"/pipelines/{ids[n]}")))
        show("its spec", timed(lambda n: http.get(f"/pipelines/{ids[n]}/spec")))
        show("its history, 50 revisions", timed(lambda n: http.get(f"/pipelines/{ids[n]}/revisions")))
        show("compare two revisions", timed(lambda n: http.get(f"/pipelines/{ids[n]}/compare?from=1&to=50")))
        show("save and publish", timed(save), 300)


def main() -> None:
    """Start, fill, measure, end."""
    home = Path(tempfile.mkdtemp(prefix="gennaker-bench-"))
    (home / "dags").mkdir()
    only = {"api-server": ("airflow", "api-server")}
    print(f"load average before: {os.getloadavg()[0]:.1f}", flush=True)
    with mock.patch.object(stack, "_COMMANDS", only):
        running = ApiOnly(home, dags=home / "dags", managed=True)
        with running:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ids = fill(running.database_url)
            for user in ("admin", "viewer"):
                print(f"as {user}")
                api = running.api(user)
                token = api._authorization()["Authorization"].removeprefix("Bearer ")
                if user == "admin":
                    measure(running.base_url, token, ids)
                else:
                    _list_in_part(running, token)
                api.close()
    print(f"load average after: {os.getloadavg()[0]:.1f}", flush=True)
    shutil.rmtree(home)


def _list_in_part(running: Stack, token: str) -> None:
    """Measure the list of somebody who may see all applications but one."""
    admin = running.api("admin")
    hidden = {"permissions": {"READ": ["Pipeline Admin"]}}
    admin.request("PATCH", "/gennaker/api/v1/applications/Application 00", json=hidden).raise_for_status()
    admin.close()
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=running.base_url, headers=headers, timeout=60, trust_env=False) as http:
        path = "/gennaker/api/v1/pipelines?limit=50"
        show("list, 50 of 950 that may be seen", timed(lambda n: http.get(path)), 150)


if __name__ == "__main__":
    main()
