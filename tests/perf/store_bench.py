"""
Measure the use cases of the store on a PostgreSQL that holds much: ``python -m tests.perf.store_bench``.

1,000 pipelines of ten stages in 20 applications, 50 revisions each. A save is what the API does: it reads,
checks and builds the DAG, keeps the revision, publishes and commits.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gennaker.api.building import try_build
from gennaker.errors import StaleRevision
from gennaker.services import applications, contents, pipelines, revisions
from gennaker.services.actor import Actor
from gennaker.store import sequence
from gennaker.store.models import SHARD_SIZE, Pipeline, Publication, Revision, Shard
from tests.database import postgresql
from tests.perf import workload

ACTOR = Actor("bench", "api", admin=True)
#: Milliseconds that 95 of 100 may take at most.
TARGETS = {"list a page of 50": 150.0, "list all": 150.0, "save and publish": 300.0}

Sessions = Callable[[], Session]


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf.store_bench", description=__doc__)
    parser.add_argument("--pipelines", type=int, default=1000)
    parser.add_argument("--revisions", type=int, default=50)
    parser.add_argument("--saves", type=int, default=200)
    options = parser.parse_args()
    sessions = postgresql()
    started = time.perf_counter()
    ids = fill(sessions, options.pipelines, options.revisions)
    seconds = time.perf_counter() - started
    print(f"{len(ids)} pipelines with {options.revisions} revisions each, made in {seconds:.1f} s\n")
    print(f"{'':34}{'p50':>9}{'p95':>9}{'max':>9}  target (p95)")
    for name, taken in measured(sessions, ids, options.saves):
        show(name, taken)


def show(name: str, taken: list[float]) -> None:
    """Print a line; times in milliseconds."""
    p95 = statistics.quantiles(taken, n=20)[-1]
    target = TARGETS.get(name)
    verdict = f"≤ {target:.0f} ms: {'met' if p95 <= target else 'MISSED'}" if target else ""
    print(f"{name:34}{statistics.median(taken):7.1f}ms{p95:7.1f}ms{max(taken):7.1f}ms  {verdict}")


def measured(sessions: Sessions, ids: list[str], saves: int) -> Iterator[tuple[str, list[float]]]:
    """Yield what was measured, with its times in milliseconds."""
    cursors = [None, _cursor_after(sessions, len(ids) // 2), _cursor_after(sessions, len(ids) - 60)]
    yield "list a page of 50", [_list(sessions, cursor=cursor) for cursor in cursors for _ in range(40)]
    yield "list all", [_list(sessions, limit=1000) for _ in range(40)]
    yield "find by part of a name", [_list(sessions, q=f"line 0{number % 5}") for number in range(60)]
    yield "list 50 revisions", [_revisions(sessions, pipeline_id) for pipeline_id in ids[:60]]
    yield "compare two revisions", [_compare(sessions, pipeline_id) for pipeline_id in ids[:60]]
    yield "save and publish", [_save(sessions, ids[number * 7 % len(ids)]) for number in range(saves)]
    with ThreadPoolExecutor(4) as pool:
        busy = list(pool.map(lambda number: _save(sessions, ids[number * 11 % len(ids)]), range(saves)))
    yield "save, four at a time", busy


def document(number: int, revision: int) -> dict[str, Any]:
    """Return a pipeline of ten stages; each revision differs in one of them."""
    spec = workload.spec("bench", f"pipeline {number}")
    return {**spec, "stages": [{**stage, "comments": f"{revision}"} for stage in spec["stages"]]}


def fill(sessions: Sessions, count: int, depth: int) -> list[str]:
    """Write pipelines with all their revisions, and return their ids."""
    rows: list[dict[str, Any]] = []
    with sessions() as session:
        for application in range(workload.APPLICATIONS):
            applications.create(name=f"bench {application:02}", actor=ACTOR, session=session)
        owners = applications.list_(session=session)
        owners = [owner for owner in owners if owner.name.startswith("bench ")]
        per_application = count // len(owners)
        for owner in owners:
            for start in range(0, per_application, SHARD_SIZE):
                shard = Shard(application_id=owner.id, size=SHARD_SIZE)
                session.add(shard)
                session.flush()
                rows += (
                    _pipeline(owner.id, shard.number, position, depth)
                    for position in range(start, min(start + SHARD_SIZE, per_application))
                )
        session.execute(insert(Pipeline), rows)
        for number, row in enumerate(rows):
            session.execute(insert(Revision), _history(row["id"], number, depth))
        for row in rows:
            row["sequence"] = sequence.draw(session=session)
        session.execute(insert(Publication), [_publication(row, depth) for row in rows])
        session.commit()
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).exec_driver_sql("ANALYZE")
    return [row["id"] for row in rows]


def _pipeline(application_id: str, shard: int, position: int, depth: int) -> dict[str, Any]:
    uid = str(uuid.uuid4())
    name = f"Pipeline {position:03}"
    return {
        "id": uid,
        "application_id": application_id,
        "name": name,
        "name_key": name.lower(),
        "dag_id": f"bench.{uid}",
        "shard": shard,
        "position": position,
        "latest": depth,
        "published": depth,
    }


def _history(pipeline_id: str, number: int, depth: int) -> list[dict[str, Any]]:
    found = []
    for revision in range(1, depth + 1):
        content = contents.read_content(document(number, revision))
        row = {"pipeline_id": pipeline_id, "number": revision, "spec": content.text}
        found.append({**row, "sha256": content.sha256, "author": "bench", "source": "api"})
    return found


def _publication(row: dict[str, Any], depth: int) -> dict[str, Any]:
    known = {"sequence": row["sequence"], "pipeline_id": row["id"], "revision": depth}
    return {**known, "name": row["name"], "application": "bench"}


def _timed(sessions: Sessions, work: Callable[[Session], Any]) -> float:
    started = time.perf_counter()
    with sessions() as session:
        work(session)
        session.commit()
    return 1000 * (time.perf_counter() - started)


def _list(sessions: Sessions, **wanted: Any) -> float:
    def work(session: Session) -> None:
        found = pipelines.list_(session=session, **wanted)
        if not found.items:
            raise RuntimeError("nothing was found")

    return _timed(sessions, work)


def _cursor_after(sessions: Sessions, count: int) -> str | None:
    with sessions() as session:
        return pipelines.list_(limit=count, session=session).next_cursor


def _revisions(sessions: Sessions, pipeline_id: str) -> float:
    return _timed(sessions, lambda session: revisions.list_(pipeline_id=pipeline_id, session=session))


def _compare(sessions: Sessions, pipeline_id: str) -> float:
    return _timed(
        sessions, lambda session: revisions.compare(pipeline_id=pipeline_id, a=1, b=2, session=session)
    )


def _save(sessions: Sessions, pipeline_id: str) -> float:
    text = json.dumps(document(0, time.perf_counter_ns()))

    def work(session: Session) -> None:
        latest = session.scalars(select(Pipeline.latest).where(Pipeline.id == pipeline_id)).one()
        try:
            saved = revisions.save(
                pipeline_id=pipeline_id,
                spec=text,
                base=latest,
                actor=ACTOR,
                build=try_build,
                session=session,
            )
        except StaleRevision:
            return  # two of the four chose the same pipeline
        if not saved.published:
            raise RuntimeError(f"it was not published: {saved.problems}")

    return _timed(sessions, work)


if __name__ == "__main__":
    main()
