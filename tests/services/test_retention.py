"""Old revisions go, except those that anything can still need."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from gennaker.services import retention, revisions
from gennaker.services._rows import lock_pipeline
from gennaker.settings import Settings, from_airflow
from gennaker.store.models import Pipeline, Publication
from gennaker.store.published import pipeline_at
from tests.services.desk import ANN, BROKEN, Desk, builds, spec


def filled(desk: Desk, count: int, drafts: range = range(0)) -> Pipeline:
    made = desk.create()
    for number in range(2, count + 1):
        desk.save(made.id, spec(number), number - 1, publish=number not in drafts)
    return desk.look(made.id)


def prune(desk: Desk, pipeline: Pipeline, keep: int) -> list[int]:
    with desk.session() as session:
        locked = lock_pipeline(pipeline.id, session=session)
        return retention.prune(locked, keep=keep, by="test", session=session)


def left(desk: Desk, pipeline: Pipeline) -> list[int]:
    page = desk.call(revisions.list_, pipeline_id=pipeline.id, limit=1000)
    return sorted(row.number for row in page.items)


def run_at(desk: Desk, pipeline: Pipeline, publication: Publication) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.utils.types import DagRunTriggeredByType, DagRunType

    with desk.session() as session:
        run = DagRun(
            dag_id=pipeline.dag_id,
            run_id=f"r{publication.sequence}",
            run_type=DagRunType.MANUAL,
            run_after=datetime.now(UTC),
            triggered_by=DagRunTriggeredByType.TEST,
        )
        run.bundle_version = str(publication.sequence)
        session.add(run)


def test_what_runs_and_what_would_run_instead_stays(desk: Desk) -> None:
    made = filled(desk, 10)
    assert prune(desk, made, 2) == [1, 2, 3, 4, 5, 6, 7]
    assert left(desk, made) == [8, 9, 10]
    assert prune(desk, made, 2) == []
    assert "gennaker_prune_revisions" in desk.audit(dag_id=made.dag_id)


def test_drafts_go_first(desk: Desk) -> None:
    made = filled(desk, 10, drafts=range(5, 11))
    assert made.published == 4
    assert prune(desk, made, 2) == [1, 5, 6, 7, 8]
    assert left(desk, made) == [2, 3, 4, 9, 10]


def test_what_a_run_can_still_reach_stays(desk: Desk) -> None:
    made = filled(desk, 12)
    fifth = desk.publications(made.id)[4]
    run_at(desk, made, fifth)
    with desk.session() as session:
        _, before = pipeline_at(made.dag_id, fifth.sequence, session=session)
    assert prune(desk, made, 1) == [1, 2, 6, 7, 8, 9]
    with desk.session() as session:
        _, after = pipeline_at(made.dag_id, fifth.sequence, session=session)
    assert after == before


def test_what_was_restored_from_stays(desk: Desk) -> None:
    made = filled(desk, 8)
    desk.call(revisions.restore, pipeline_id=made.id, number=2, base=8, actor=ANN, build=builds)
    assert prune(desk, made, 1) == [1, 3, 4, 5, 6]
    assert left(desk, made) == [2, 7, 8, 9]


def test_the_published_one_stays_behind_many_drafts(desk: Desk) -> None:
    made = desk.create()
    for number in range(2, 8):
        desk.save(made.id, {**BROKEN, "n": number}, number - 1)
    assert prune(desk, made, 1) == [2, 3, 4, 5, 6]
    assert left(desk, made) == [1, 7]


@pytest.mark.parametrize(("keep", "expected"), [(0, 9), (4, 4), (100, 9)])
def test_a_save_keeps_to_the_setting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, keep: int, expected: int
) -> None:
    def settings() -> Any:
        return dataclasses.replace(Settings(), retain_revisions=keep)

    monkeypatch.setattr(retention, "from_airflow", settings)
    made = filled(desk, 9)
    assert len(left(desk, made)) == expected
    assert from_airflow().retain_revisions == 0
