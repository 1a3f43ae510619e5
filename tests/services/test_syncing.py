"""A folder that is kept in Git decides what its pipelines are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gennaker.errors import Denied
from gennaker.services import governance, pipelines, revisions, syncing
from gennaker.services.syncing import Origin
from gennaker.spec.folder import FolderEntry
from tests.services.desk import ANN, BOT, BROKEN, GIT, Desk, builds, fails, spec

REPOSITORY = "https://git.example.com/deploy.git"


def entry(desk: Desk, name: str, content: Any, path: str | None = None) -> FolderEntry:
    text = content if isinstance(content, str) else json.dumps(content)
    path = path or f"{desk.application}/{name}.json"
    return FolderEntry(path, desk.application, name, text)


def sync(desk: Desk, *entries: FolderEntry, commit: str = "c1", **more: Any) -> list[tuple[str, str]]:
    return [(step.action, step.name) for step in steps(desk, *entries, commit=commit, **more)]


def steps(desk: Desk, *entries: FolderEntry, commit: str = "c1", **more: Any) -> list[syncing.Step]:
    origin = more.pop("origin", Origin(f"{REPOSITORY}#{desk.application}", commit))
    arguments = {"actor": GIT, "build": builds, **more}
    done: list[syncing.Step] = desk.call(syncing.sync, entries=entries, origin=origin, **arguments)
    return done


def find(desk: Desk, name: str) -> Any:
    return desk.call(pipelines.find, application=desk.application, name=name)


def test_a_second_synchronisation_does_nothing(desk: Desk) -> None:
    entries = [entry(desk, "a", spec(1)), entry(desk, "b", BROKEN)]
    assert sync(desk, *entries) == [("create", "a"), ("create", "b")]
    made = find(desk, "a")
    assert made.provenance == {
        "repository": f"{REPOSITORY}#{desk.application}",
        "commit": "c1",
        "path": f"{desk.application}/a.json",
    }
    assert (made.locked, made.lock_allows_api, made.published) == (True, False, 1)
    assert desk.call(revisions.read, pipeline_id=made.id).source == "git"
    assert find(desk, "b").published is None

    before = desk.audit(dag_id=made.dag_id)
    assert sync(desk, *entries, commit="c2", prune=True) == [("unchanged", "a"), ("unchanged", "b")]
    assert desk.audit(dag_id=made.dag_id) == before


def test_nobody_else_edits_what_is_kept_in_git(desk: Desk) -> None:
    sync(desk, entry(desk, "a", spec(1)))
    made = find(desk, "a")
    for actor in (ANN, BOT):
        with pytest.raises(Denied, match=REPOSITORY):
            desk.save(made.id, spec(2), 1, actor=actor)


def test_changes_are_brought_in_and_what_somebody_changed_meanwhile_is_put_right(desk: Desk) -> None:
    sync(desk, entry(desk, "a", spec(1)))
    made = find(desk, "a")
    assert sync(desk, entry(desk, "a", spec(2)), commit="c2") == [("update", "a")]
    assert find(desk, "a").provenance["commit"] == "c2"
    assert desk.call(revisions.read, pipeline_id=made.id).message.endswith("at c2")

    desk.call(governance.unlock, pipeline_id=made.id, actor=ANN)
    desk.save(made.id, spec(9), 2)
    assert sync(desk, entry(desk, "a", spec(2))) == [("update", "a")]
    now = find(desk, "a")
    assert (now.latest, now.published, now.locked) == (4, 4, True)


def test_a_new_name_in_the_file_is_a_rename(desk: Desk) -> None:
    sync(desk, entry(desk, "a", spec(1), path="x/file.json"))
    made = find(desk, "a")
    (step,) = steps(desk, entry(desk, "b", spec(1), path="x/file.json"), prune=True)
    assert (step.action, step.detail) == ("update", "it was called a")
    assert find(desk, "b").id == made.id
    assert find(desk, "a") is None


def test_only_what_came_from_the_repository_is_pruned_and_it_comes_back(desk: Desk) -> None:
    by_hand = desk.create("by hand")
    elsewhere = Origin("elsewhere", "c9")
    sync(desk, entry(desk, "other", spec(1)), origin=elsewhere)
    entries = [entry(desk, "a", spec(1)), entry(desk, "b", spec(1))]
    sync(desk, *entries)
    made = find(desk, "b")

    assert sync(desk, entries[0]) == [("unchanged", "a")]
    assert sync(desk, entries[0], prune=True) == [("unchanged", "a"), ("delete", "b")]
    assert desk.look(made.id).deleted_by == "git"
    assert desk.look(by_hand.id).deleted_at is None
    assert find(desk, "other") is not None
    assert sync(desk, entries[0], prune=True) == [("unchanged", "a")]

    assert sync(desk, entries[0], entry(desk, "b", spec(5))) == [("unchanged", "a"), ("undelete", "b")]
    back = find(desk, "b")
    assert (back.id, back.latest, back.published, back.locked) == (made.id, 2, 2, True)


def test_a_file_that_cannot_be_read_deletes_nothing(desk: Desk) -> None:
    sync(desk, entry(desk, "a", spec(1)))
    (step,) = steps(desk, entry(desk, "a", "{"), prune=True)
    assert (step.action, [p.code for p in step.problems]) == ("invalid", ["invalid-json"])
    assert find(desk, "a").deleted_at is None


def test_two_files_of_one_name_are_told(desk: Desk) -> None:
    entries = [entry(desk, "a", spec(1)), entry(desk, "A", spec(2))]
    assert sync(desk, *entries) == [("create", "a"), ("invalid", "A")]


def test_what_was_made_by_hand_is_taken_over_only_when_told(desk: Desk) -> None:
    made = desk.create("a")
    assert sync(desk, entry(desk, "a", spec(3)), prune=True) == [("refused", "a")]
    assert desk.look(made.id).latest == 1
    assert sync(desk, entry(desk, "a", spec(3)), adopt=True) == [("update", "a")]
    assert desk.look(made.id).published == 2
    assert sync(desk, entry(desk, "a", spec(3)), origin=Origin("thief"), adopt=True) == [("refused", "a")]
    locked = desk.create("l")
    desk.call(governance.lock, pipeline_id=locked.id, allow_api=False, reason="mine", actor=ANN)
    (step,) = steps(desk, entry(desk, "l", spec(3)), adopt=True)
    assert step.action == "refused"
    assert "mine" in step.detail


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    sync(desk, entry(desk, "gone", spec(1)))
    told = sync(desk, entry(desk, "a", spec(1)), prune=True, dry_run=True)
    assert told == [("create", "a"), ("delete", "gone")]
    assert find(desk, "a") is None
    assert find(desk, "gone") is not None


def test_what_could_not_be_built_is_told_and_not_tried_again(desk: Desk) -> None:
    (step,) = steps(desk, entry(desk, "a", spec(1)), build=fails)
    assert "build-failed" in [p.code for p in step.problems]
    assert sync(desk, entry(desk, "a", spec(1))) == [("unchanged", "a")]


def test_what_changed_after_the_plan_is_refused_not_raised(desk: Desk) -> None:
    origin = Origin(REPOSITORY, "c1")
    entries = [entry(desk, "a", spec(1))]
    (step,) = desk.call(syncing.plan, entries=entries, origin=origin)
    desk.create("a")
    done = desk.call(syncing.apply, step=step, origin=origin, actor=GIT, build=builds)
    assert done.action == "refused"
    assert "already" in done.detail
