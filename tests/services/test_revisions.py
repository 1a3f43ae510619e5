"""Every save is a revision, nothing is overwritten, and what has errors does not run."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from gennaker.errors import Conflict, Denied, NotFound, SpecError, StaleRevision
from gennaker.services import applications, revisions
from gennaker.spec.problems import InvalidPipeline
from gennaker.store.models import Pipeline, Revision
from tests.services.desk import ANN, BOT, BROKEN, GIT, SHELL, Desk, builds, fails, spec


def codes(saved: revisions.Saved) -> set[str]:
    return {found.code for found in saved.problems}


def test_a_save_is_the_next_revision_and_runs(desk: Desk) -> None:
    made = desk.create()
    saved = desk.save(made.id, spec(1, 2), 1, message="slower")

    assert (saved.revision, saved.created, saved.published, saved.ok) == (2, True, True, True)
    now = desk.look(made.id)
    assert (now.latest, now.published, now.updated_by) == (2, 2, "ann")
    assert [row.revision for row in desk.publications(made.id)] == [1, 2]
    assert now.sequence == desk.publications(made.id)[-1].sequence
    revision = desk.call(revisions.read, pipeline_id=made.id)
    assert (revision.author, revision.message, revision.source) == ("ann", "slower", "ui")
    assert desk.audit(dag_id=made.dag_id) == [
        *("gennaker_create", "gennaker_save", "gennaker_publish"),
        *("gennaker_save", "gennaker_publish"),
    ]


def test_the_order_of_keys_is_kept_and_governance_is_not(desk: Desk) -> None:
    made = desk.create()
    text = '{"zulu": 1.0, "name": "x", "stages": [], "id": "y", "alpha": {"b": "\\u0000", "a": "部署"}}'
    saved = desk.save(made.id, text, 1)

    kept = desk.call(revisions.read, pipeline_id=made.id).spec
    assert kept == '{"zulu": 1.0, "stages": [], "alpha": {"b": "\\u0000", "a": "部署"}}'
    ignored = [found.path for found in saved.problems if found.code == "governance-ignored"]
    assert ignored == ["$.name", "$.id"]
    exported = desk.call(revisions.export, pipeline_id=made.id)
    assert list(exported)[:3] == ["application", "name", "id"]
    assert (exported["name"], exported["id"], exported["disabled"]) == ("Deploy", made.id, False)
    again = desk.save(made.id, exported, 2)
    assert not again.created
    assert "governance-ignored" not in codes(again)


def test_half_a_surrogate_pair_is_kept(desk: Desk) -> None:
    made = desk.create()
    assert desk.save(made.id, '{"stages": [], "emoji": "\\ud83d"}', 1).created
    assert desk.call(revisions.spec_of, pipeline_id=made.id)["emoji"] == "\ud83d"


def test_what_is_the_same_as_the_latest_is_no_revision(desk: Desk) -> None:
    made = desk.create(content='{"stages": [], "a": 1, "b": 2}')
    saved = desk.save(made.id, '{"b": 2, "a": 1, "stages": []}', 1)

    assert (saved.revision, saved.created, saved.published) == (1, False, True)
    assert len(desk.publications(made.id)) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "[1, 2]", "12", "null", '"x"', "{", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000]
)
def test_what_is_no_object_is_refused(desk: Desk, text: str) -> None:
    made = desk.create()
    with pytest.raises(InvalidPipeline) as caught:
        desk.save(made.id, text, 1)
    assert isinstance(caught.value, SpecError)
    assert caught.value.problems
    assert desk.look(made.id).latest == 1


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": {1, 2}}])
def test_what_is_no_json_is_refused(desk: Desk, value: Any) -> None:
    made = desk.create()
    with pytest.raises(InvalidPipeline):
        desk.save(made.id, value, 1)


def test_a_key_that_stands_there_twice_is_told(desk: Desk) -> None:
    made = desk.create()
    assert "duplicate-key" in codes(desk.save(made.id, '{"stages": [], "a": 1, "a": 2}', 1))


def test_errors_keep_a_revision_from_running_but_not_from_being_kept(desk: Desk) -> None:
    made = desk.create()
    saved = desk.save(made.id, BROKEN, 1)

    assert (saved.revision, saved.created, saved.published, saved.ok) == (2, True, False, False)
    assert "dangling-requisite" in codes(saved)
    now = desk.look(made.id)
    assert (now.latest, now.published) == (2, 1)
    assert desk.call(revisions.read, pipeline_id=made.id).errors == 1
    with pytest.raises(InvalidPipeline):
        desk.call(revisions.publish, pipeline_id=made.id, number=2, actor=ANN, build=builds)


def test_what_cannot_be_built_stays_a_draft(desk: Desk) -> None:
    made = desk.create()
    saved = desk.save(made.id, spec(2), 1, build=fails)
    assert not saved.published
    assert [(p.code, p.path, p.hint) for p in saved.problems if p.code == "build-failed"] == [
        ("build-failed", "$.stages[0]", "use another")
    ]

    def explodes(*_: Any) -> None:
        raise ZeroDivisionError("1/0")

    assert "ZeroDivisionError" in str(desk.save(made.id, spec(3), 2, build=explodes).problems[-1])
    assert desk.look(made.id).published == 1
    # Saved again as it is, now that it can be built.
    again = desk.save(made.id, spec(3), 3)
    assert (again.created, again.published, desk.look(made.id).published) == (False, True, 3)


def test_a_draft_is_published_later(desk: Desk) -> None:
    made = desk.create(publish=False)
    assert (made.published, made.sequence, desk.publications(made.id)) == (None, 0, [])

    saved = desk.call(revisions.publish, pipeline_id=made.id, number=1, actor=ANN, build=builds)
    assert (saved.published, desk.look(made.id).published) == (True, 1)
    desk.call(revisions.publish, pipeline_id=made.id, number=1, actor=ANN, build=builds)
    assert len(desk.publications(made.id)) == 1


def test_only_the_latest_is_published(desk: Desk) -> None:
    made = desk.create()
    desk.save(made.id, spec(2), 1)
    with pytest.raises(Conflict, match="restore it"):
        desk.call(revisions.publish, pipeline_id=made.id, number=1, actor=ANN, build=builds)
    with pytest.raises(NotFound):
        desk.call(revisions.publish, pipeline_id=made.id, number=7, actor=ANN, build=builds)


def test_a_stale_save_gets_both_sides(desk: Desk) -> None:
    made = desk.create()
    desk.save(made.id, spec(2), 1)
    with pytest.raises(StaleRevision) as caught:
        desk.save(made.id, {**spec(3), "name": "x"}, 1)
    error = caught.value
    assert (error.base, error.latest, error.yours, error.theirs) == (1, 2, spec(3), spec(2))
    assert desk.look(made.id).latest == 2


def test_a_save_names_its_base_unless_a_machine_insists(desk: Desk) -> None:
    made = desk.create()
    for actor in (ANN, BOT, SHELL):
        with pytest.raises(SpecError, match="based on"):
            desk.save(made.id, spec(2), None, actor=actor)
    with pytest.raises(SpecError):
        desk.save(made.id, spec(2), None, actor=ANN, force=True)
    assert desk.save(made.id, spec(2), None, actor=SHELL, force=True).published


@pytest.mark.parametrize("same", [False, True])
def test_of_ten_who_save_at_once_one_wins(desk: Desk, same: bool) -> None:
    made = desk.create()
    start = Barrier(10)

    def save(number: int) -> str:
        start.wait()
        try:
            desk.save(made.id, spec(7 if same else number + 2), 1)
        except StaleRevision as error:
            return f"stale, {error.base} is not {error.latest}"
        return "saved"

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(save, range(10)))

    assert outcomes == ["saved"] + ["stale, 1 is not 2"] * 9
    assert desk.look(made.id).latest == 2
    assert [row.revision for row in desk.publications(made.id)] == [1, 2]


def test_nobody_who_tries_again_on_top_loses_anything(desk: Desk) -> None:
    made = desk.create()

    def save(number: int) -> None:
        base = 1
        while True:
            try:
                desk.save(made.id, spec(number + 100), base)
                return
            except StaleRevision as error:
                base = error.latest

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, range(12)))

    listed = desk.call(revisions.list_, pipeline_id=made.id, limit=100).items
    assert [row.number for row in listed] == list(range(13, 0, -1))
    sequences = [row.sequence for row in desk.publications(made.id)]
    assert [row.revision for row in desk.publications(made.id)] == list(range(1, 14))
    assert sequences == sorted(sequences)


def test_restore_is_a_new_revision_and_leaves_governance_alone(desk: Desk) -> None:
    made = desk.create()
    desk.save(made.id, spec(2), 1)
    with desk.session() as session:
        changed = update(Pipeline).where(Pipeline.id == made.id)
        session.execute(changed.values(disabled_scope="team", disabled_reason="freeze"))

    saved = desk.call(revisions.restore, pipeline_id=made.id, number=1, base=2, actor=ANN, build=builds)
    assert (saved.revision, saved.created, saved.published) == (3, True, True)
    restored = desk.call(revisions.read, pipeline_id=made.id)
    assert (restored.source, restored.restored_from, json.loads(restored.spec)) == ("restore", 1, spec(1))
    assert restored.message == "Restore revision 1"
    assert desk.look(made.id).disabled_reason == "freeze"
    assert desk.publications(made.id)[-1].disabled

    same = desk.call(revisions.restore, pipeline_id=made.id, number=1, base=3, actor=ANN, build=builds)
    assert not same.created
    with pytest.raises(StaleRevision):
        desk.call(revisions.restore, pipeline_id=made.id, number=2, base=2, actor=ANN, build=builds)
    with pytest.raises(SpecError):
        desk.call(revisions.restore, pipeline_id=made.id, number=2, base=None, actor=ANN, build=builds)
    with pytest.raises(NotFound):
        desk.call(revisions.restore, pipeline_id=made.id, number=9, base=3, actor=ANN, build=builds)


def test_a_broken_revision_is_restored_as_a_draft(desk: Desk) -> None:
    made = desk.create()
    desk.save(made.id, BROKEN, 1)
    desk.save(made.id, spec(5), 2)
    saved = desk.call(revisions.restore, pipeline_id=made.id, number=2, base=3, actor=ANN, build=builds)
    assert (saved.created, saved.published, desk.look(made.id).published) == (True, False, 3)


def test_revisions_are_listed_in_pages_without_their_json(desk: Desk) -> None:
    made = desk.create()
    for number in range(2, 8):
        desk.save(made.id, spec(number), number - 1)
    seen, cursor = [], None
    while True:
        page = desk.call(revisions.list_, pipeline_id=made.id, cursor=cursor, limit=3)
        seen += [row.number for row in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    with pytest.raises(Exception, match="spec"):
        _ = page.items[0].spec
    with pytest.raises(SpecError):
        desk.call(revisions.list_, pipeline_id=made.id, cursor="nonsense")
    with pytest.raises(NotFound):
        desk.call(revisions.list_, pipeline_id="nobody")


def test_two_revisions_are_compared(desk: Desk) -> None:
    made = desk.create()
    desk.save(made.id, spec(1, 2), 1)
    found = desk.call(revisions.compare, pipeline_id=made.id, a=1, b=2)
    assert found.changes
    assert "Wait 2" in found.text
    assert not desk.call(revisions.compare, pipeline_id=made.id, a=2, b=2).changes
    with pytest.raises(NotFound):
        desk.call(revisions.compare, pipeline_id=made.id, a=1, b=3)


def test_a_lock_and_rights_are_respected(desk: Desk) -> None:
    made = desk.create()
    with desk.session() as session:
        session.execute(update(Pipeline).where(Pipeline.id == made.id).values(locked=True))
    with pytest.raises(Denied):
        desk.save(made.id, spec(2), 1)
    assert desk.save(made.id, spec(2), 1, actor=BOT).published
    with desk.session() as session:
        changed = update(Pipeline).where(Pipeline.id == made.id)
        session.execute(changed.values(lock_allows_api=False, provenance={"repository": "r"}))
    for actor in (ANN, BOT, SHELL):
        with pytest.raises(Denied):
            desk.save(made.id, spec(3), 2, actor=actor)
    assert desk.save(made.id, spec(3), 2, actor=GIT).published

    changes = {"permissions": {"WRITE": ["Owners"]}}
    desk.call(applications.update, name=desk.application, changes=changes, actor=SHELL)
    with pytest.raises(Denied, match="Owners"):
        desk.save(made.id, spec(4), 3, actor=BOT)


def test_nothing_of_a_save_is_there_when_its_transaction_fails(desk: Desk) -> None:
    made = desk.create()
    session = desk.sessions()
    revisions.save(pipeline_id=made.id, spec=spec(9), base=1, actor=ANN, build=builds, session=session)
    session.close()  # the server dies
    with desk.session() as session:
        assert session.scalars(select(Revision.number).filter_by(pipeline_id=made.id)).all() == [1]
    assert len(desk.publications(made.id)) == 1
    assert desk.save(made.id, spec(2), 1).revision == 2
