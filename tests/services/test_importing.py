"""What Spinnaker and CODING export is created or updated, one pipeline or many."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from gennaker.errors import SpecError
from gennaker.services import governance, importing, pipelines, revisions
from gennaker.spec.problems import InvalidPipeline
from tests.services.desk import ANN, BROKEN, SHELL, Desk, builds, fails, spec


def load(desk: Desk, document: Any, **more: Any) -> list[importing.Imported]:
    arguments = {"actor": SHELL, "build": builds, "application": desk.application, **more}
    found: list[importing.Imported] = desk.call(importing.import_document, document=document, **arguments)
    return found


def test_a_list_of_pipelines_is_imported_and_then_nothing_is_left_to_do(desk: Desk) -> None:
    wanted = str(uuid4())
    document = [
        {**spec(1), "name": "a", "application": "elsewhere", "id": wanted, "index": 0},
        {**spec(2), "name": "b", "application": "elsewhere", "id": "not-a-uuid"},
        {**BROKEN, "name": "c"},
    ]
    first = load(desk, json.dumps(document), message="from spin")
    assert [(row.action, row.name, row.published) for row in first] == [
        ("created", "a", True),
        ("created", "b", True),
        ("created", "c", False),
    ]
    assert first[0].pipeline_id == wanted
    assert {p.code for p in first[2].problems} >= {"dangling-requisite"}
    revision = desk.call(revisions.read, pipeline_id=wanted)
    assert (revision.source, revision.message) == ("import", "from spin")

    assert {row.action for row in load(desk, document)} == {"unchanged"}
    document[0]["description"] = "new"
    second = load(desk, document)
    assert [row.action for row in second] == ["updated", "unchanged", "unchanged"]
    assert desk.look(wanted).published == 2


def test_state_is_carried_over_once(desk: Desk) -> None:
    document = {**spec(1), "name": "a", "disabled": True, "locked": {"ui": True, "description": "frozen"}}
    (made,) = load(desk, document)
    assert [p.code for p in made.problems if p.code == "governance-ignored"] == []
    pipeline = desk.look(str(made.pipeline_id))
    assert (pipeline.disabled_scope, pipeline.disabled_reason) == ("team", "disabled where it came from")
    assert (pipeline.locked, pipeline.lock_reason, pipeline.lock_allows_api) == (True, "frozen", True)
    assert desk.publications(pipeline.id)[0].disabled

    desk.call(governance.enable, pipeline_id=pipeline.id, actor=ANN)
    (again,) = load(desk, {**document, **spec(5)})
    assert (again.action, desk.look(pipeline.id).disabled_scope) == ("updated", None)
    assert "governance-ignored" in [p.code for p in again.problems]


def test_other_documents_are_opened(desk: Desk) -> None:
    dinghy = {
        "application": desk.application,
        "pipelines": [{**spec(1), "name": "d"}, {**spec(2), "name": "e"}],
    }
    assert [row.name for row in load(desk, dinghy, application=None)] == ["d", "e"]
    stage = {"refId": "1", "requisiteStageRefIds": [], "type": "wait", "name": "w"}
    record = {
        "name": "r",
        "type": "PIPELINE",
        "trigger": {},
        "stages": [{**stage, "context": {"waitTime": 3}, "tasks": []}],
    }
    (opened,) = load(desk, record)
    kept = desk.call(revisions.spec_of, pipeline_id=opened.pipeline_id)
    assert kept["stages"][0]["waitTime"] == 3
    assert "tasks" not in kept["stages"][0]


def test_one_that_fails_does_not_stop_the_others(desk: Desk) -> None:
    locked = desk.create("locked")
    desk.call(governance.lock, pipeline_id=locked.id, allow_api=False, reason="freeze", actor=ANN)
    rows = load(
        desk,
        [
            {**spec(1), "name": "ok"},
            {**spec(2)},
            {**spec(2), "name": "locked"},
            {**spec(3), "name": "OK"},
            {**spec(1), "name": "last"},
        ],
    )
    assert [row.action for row in rows] == ["created", "failed", "failed", "failed", "created"]
    assert [p.code for p in rows[1].problems] == ["missing-name"]
    assert "freeze" in str(rows[2].error)
    assert "another pipeline of that name" in str(rows[3].error)
    assert load(desk, spec(1), name="file")[0].name == "file"
    assert load(desk, {**spec(1), "name": "x"}, application=None)[0].action == "failed"


@pytest.mark.parametrize("document", ["", "12", "[1]", "{}", '[{"stages": []}, 3]', "[" * 100_000])
def test_what_is_no_pipeline_is_refused(desk: Desk, document: str) -> None:
    with pytest.raises(InvalidPipeline) as caught:
        load(desk, document)
    assert isinstance(caught.value, SpecError)


def test_a_dry_run_tells_the_same_and_changes_nothing(desk: Desk) -> None:
    existing = desk.create("a")
    document = [{**spec(7), "name": "a"}, {**spec(1), "name": "b"}]
    told = load(desk, document, dry_run=True, build=fails)
    assert [(row.action, row.pipeline_id, row.published) for row in told] == [
        ("updated", existing.id, False),
        ("created", None, False),
    ]
    assert "build-failed" in [p.code for p in told[1].problems]
    assert (desk.look(existing.id).latest, len(desk.publications(existing.id))) == (1, 1)
    assert desk.call(pipelines.find, application=desk.application, name="b") is None
    assert desk.audit(dag_id=existing.dag_id).count("gennaker_save") == 1


def test_applications_are_made_when_they_are_missing(desk: Desk) -> None:
    name = f"{desk.application} other"
    (row,) = load(desk, {**spec(1), "name": "a", "application": name}, application=None)
    assert desk.look(str(row.pipeline_id)).application.name == name
