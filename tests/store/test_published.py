"""What the DAG processor and the workers read of the store."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gennaker.errors import NotFound
from gennaker.spec.publication import PublishedPipeline
from gennaker.store import fab, published, sequence
from gennaker.store.published import DatabaseSource
from tests.database import DATABASES
from tests.publishing import Publisher


class Store(Publisher):
    """An application of its own in a store that other tests use too."""

    def __init__(self, begin: Any) -> None:
        super().__init__(begin)
        self.app = f"shop-{uuid.uuid4().hex[:8]}"
        self.source = DatabaseSource(begin)

    def save(self, name: str, **spec: Any) -> int:
        return self.publish(self.app, name, spec)

    def version(self) -> int:
        with self.begin() as session:
            return sequence.current(session=session)

    def at(self, version: int | None = None, since: int = 0) -> dict[str, PublishedPipeline]:
        shards = self.source.snapshot(since=since, at=version).shards
        found = [pipeline for shard in shards.values() for pipeline in shard]
        return {pipeline.name: pipeline for pipeline in found if pipeline.application == self.app}


@pytest.fixture(params=list(DATABASES))
def store(request: pytest.FixtureRequest) -> Store:
    sessions: Any = DATABASES[request.param]()
    return Store(sessions.begin)


def revisions(pipeline: PublishedPipeline) -> list[int]:
    return [candidate.revision for candidate in pipeline.candidates]


def test_a_pipeline_is_there_with_the_text_of_its_revision(store: Store) -> None:
    version = store.publish(store.app, "Deploy", '{"stages": [], "b": 1, "a": 2}')

    pipeline = store.at()["Deploy"]

    assert pipeline.dag_id == f"{store.app}.deploy"
    assert [(c.sequence, c.revision, c.spec) for c in pipeline.candidates] == [
        (version, 1, '{"stages": [], "b": 1, "a": 2}')
    ]
    assert not pipeline.disabled
    assert PublishedPipeline.from_json(pipeline.to_json()) == pipeline


def test_a_version_stays_what_it_was(store: Store) -> None:
    first = store.save("Deploy", n=1)
    second = store.save("Deploy", n=2)
    third = store.change(store.app, "Deploy", name="Ship", name_key="ship")
    store.delete(store.app, "Ship")

    assert store.at(first)["Deploy"].candidates[0].spec == '{"n": 1}'
    assert store.at(second)["Deploy"].candidates[0].spec == '{"n": 2}'
    assert [*store.at(third)] == ["Ship"]
    assert store.at() == {}


def test_only_shards_that_have_changed_are_read_and_they_are_whole(store: Store) -> None:
    store.save("one")
    store.save("two")
    before = store.version()
    assert store.source.snapshot(since=before).shards == {}

    store.save("two", n=2)

    assert [*store.at(since=before)] == ["one", "two"]
    with store.begin() as session:
        shard = store.find(store.app, "one", session=session).shard  # type: ignore[union-attr]
    assert [*store.source.snapshot(since=before).shards] == [shard]


def test_a_shard_without_living_pipelines_is_there_and_empty(store: Store) -> None:
    store.save("one")
    before = store.version()
    store.delete(store.app, "one")

    assert list(store.source.snapshot(since=before).shards.values()) == [[]]


def test_what_was_never_published_is_not_there(store: Store) -> None:
    pipeline = store.draft(store.app, "Draft")

    assert store.at() == {}
    with store.begin() as session, pytest.raises(NotFound):
        published.pipeline_at(pipeline.dag_id, session=session)


def test_the_last_three_different_revisions_can_be_tried(store: Store) -> None:
    for number in range(1, 6):
        store.save("Deploy", n=number)
    store.disable(store.app, "Deploy")
    last = store.enable(store.app, "Deploy")

    pipeline = store.at()["Deploy"]
    assert revisions(pipeline) == [5, 4, 3]
    assert pipeline.candidates[0].sequence == last

    store.change(store.app, "Deploy", published=2)
    assert revisions(store.at()["Deploy"]) == [2, 5, 4]


def test_a_disabled_pipeline_says_so(store: Store) -> None:
    enabled = store.save("Deploy")
    disabled = store.disable(store.app, "Deploy")

    assert store.at()["Deploy"].disabled
    assert not store.at(enabled)["Deploy"].disabled
    assert store.at(disabled)["Deploy"].disabled


def test_a_worker_reads_one_pipeline_at_its_version(store: Store) -> None:
    first = store.save("Deploy", n=1)
    store.save("Deploy", n=2)
    dag_id = f"{store.app}.deploy"

    with store.begin() as session:
        version, pipeline = published.pipeline_at(dag_id, first, session=session)
        newest, current = published.pipeline_at(dag_id, session=session)

    assert (version, revisions(pipeline)) == (first, [1])
    assert newest >= first
    assert revisions(current) == [2, 1]


def test_a_deleted_pipeline_can_be_read_at_the_versions_that_had_it(store: Store) -> None:
    alive = store.save("Deploy")
    dead = store.delete(store.app, "Deploy")
    dag_id = f"{store.app}.deploy"

    with store.begin() as session:
        assert published.pipeline_at(dag_id, alive, session=session)[0] == alive
        with pytest.raises(NotFound, match=f"'{dag_id}' is published at version {dead}"):
            published.pipeline_at(dag_id, dead, session=session)


def test_a_snapshot_of_a_thousand_pipelines_costs_a_handful_of_queries(store: Store) -> None:
    from sqlalchemy import event

    for number in range(3):
        store.save(f"p{number}", n=number)
    seen: list[str] = []

    @contextmanager
    def watched() -> Iterator[Session]:
        with store.begin() as session:
            bind: Any = session.get_bind()
            event.listen(bind, "before_cursor_execute", note)
            yield session
            event.remove(bind, "before_cursor_execute", note)

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    DatabaseSource(watched).snapshot()
    assert len(seen) <= 4


def test_rights_of_roles_that_are_not_there_are_left_out_until_they_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save("Deploy")
    store.save("Other")
    rights = {"READ": ["Ops", "Gone"]}
    with store.begin() as session:
        pipeline = store.find(store.app, "Deploy", session=session)
        assert pipeline is not None
        pipeline.application.permissions = rights
    store.save("Deploy", n=2)
    roles = frozenset({"Ops"})
    monkeypatch.setattr(fab, "uses_fab", lambda: True)
    monkeypatch.setattr(fab, "role_names", lambda *, session: roles)
    monkeypatch.setattr(fab, "ensure_permissions", lambda dag_ids, *, session: None)

    def readers() -> set[str]:
        return set(store.at()["Deploy"].settings["accessControl"])

    assert readers() == {"Ops"}
    before = store.version()
    assert store.source.snapshot(since=before).shards == {}

    roles = frozenset({"Ops", "Gone"})
    assert store.at(since=before).keys() == {"Deploy", "Other"}
    assert readers() == {"Ops", "Gone"}


def test_rights_that_were_given_once_are_taken_away_expressly(store: Store) -> None:
    store.save("Deploy")
    assert "accessControl" not in store.at()["Deploy"].settings
    for permissions, expected in (({"READ": ["Ops"]}, {"Ops"}), ({}, set()), ({}, set())):
        with store.begin() as session:
            pipeline = store.find(store.app, "Deploy", session=session)
            assert pipeline is not None
            pipeline.application.permissions = permissions
        store.save("Deploy")
        assert set(store.at()["Deploy"].settings["accessControl"]) == expected
