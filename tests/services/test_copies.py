"""Copies do the same and share nothing."""

from __future__ import annotations

import pytest

from gennaker.errors import Conflict, Denied, NotFound, SpecError, StaleRevision
from gennaker.services import applications, copies, governance, revisions
from tests.services.desk import ANN, SHELL, Desk, builds, spec


def test_a_copy_has_its_own_id_hooks_and_history(desk: Desk) -> None:
    hook = {
        "type": "webhook",
        "enabled": True,
        "source": "prod-hook",
        "payloadConstraints": {"secret": "abc"},
    }
    made = desk.create(content=spec(1, triggers=[hook]))
    itself = {"refId": "1", "requisiteStageRefIds": [], "type": "pipeline", "name": "again"}
    document = {"triggers": [hook], "stages": [{**itself, "application": "x", "pipeline": made.id}]}
    desk.save(made.id, document, 1)
    desk.call(governance.lock, pipeline_id=made.id, allow_api=False, reason="freeze", actor=ANN)
    other = f"{desk.application} other"
    desk.call(applications.create, name=other, actor=ANN)

    copied = desk.call(
        copies.copy_pipeline, pipeline_id=made.id, application=other, name="Copy", actor=ANN, build=builds
    )
    pipeline = desk.look(copied.pipeline.id)
    assert (pipeline.application.name, pipeline.name, pipeline.latest, pipeline.published) == (
        other,
        "Copy",
        1,
        1,
    )
    assert not pipeline.locked
    revision = desk.call(revisions.read, pipeline_id=pipeline.id)
    assert (revision.source, revision.message) == ("copy", f"Copy of {desk.application} / Deploy")
    kept = desk.call(revisions.spec_of, pipeline_id=pipeline.id)
    assert kept["stages"][0]["pipeline"] == pipeline.id
    assert kept["triggers"][0]["source"] != "prod-hook"
    assert kept["triggers"][0]["payloadConstraints"]["secret"] != "abc"
    assert {"new-hook", "new-secret", "calls-itself"} <= {note.code for note in copied.notes}
    assert "governance-ignored" not in {found.code for found in copied.saved.problems}
    assert desk.call(revisions.spec_of, pipeline_id=made.id) == document


def test_an_old_revision_is_copied_beside_the_original(desk: Desk) -> None:
    made = desk.create(content=spec(1))
    desk.save(made.id, spec(2), 1)
    arguments = {"pipeline_id": made.id, "application": desk.application, "actor": ANN, "build": builds}
    copied = desk.call(copies.copy_pipeline, name="old", number=1, **arguments)
    assert desk.call(revisions.spec_of, pipeline_id=copied.pipeline.id) == spec(1)
    with pytest.raises(Conflict):
        desk.call(copies.copy_pipeline, name="OLD", **arguments)
    with pytest.raises(NotFound):
        desk.call(copies.copy_pipeline, name="x", number=9, **arguments)


def test_only_who_may_see_a_pipeline_copies_it(desk: Desk) -> None:
    made = desk.create()
    changes = {"permissions": {"READ": ["Owners"]}}
    desk.call(applications.update, name=desk.application, changes=changes, actor=SHELL)
    other = f"{desk.application} other"
    desk.call(applications.create, name=other, actor=ANN)
    target = desk.create("t", application=other)
    with pytest.raises(Denied):
        desk.call(
            copies.copy_pipeline, pipeline_id=made.id, application=other, name="c", actor=ANN, build=builds
        )
    with pytest.raises(Denied):
        stages(desk, made.id, ["1"], target.id, 1)


def stages(desk: Desk, source: str, ref_ids: list[str], target: str, base: int) -> copies.StagesCopied:
    found: copies.StagesCopied = desk.call(
        copies.copy_stages,
        source_id=source,
        ref_ids=ref_ids,
        target_id=target,
        base=base,
        actor=ANN,
        build=builds,
    )
    return found


def test_stages_are_copied_with_new_ref_ids(desk: Desk) -> None:
    source, target = desk.create("s", content=spec(7, 8, 9)), desk.create("t", content=spec(1))
    copied = stages(desk, source.id, ["2", "3"], target.id, 1)

    assert (copied.saved.revision, copied.saved.published) == (2, True)
    kept = desk.call(revisions.spec_of, pipeline_id=target.id)["stages"]
    assert [stage["waitTime"] for stage in kept] == [1, 8, 9]
    first, second = copied.ref_ids["2"], copied.ref_ids["3"]
    assert [stage["refId"] for stage in kept] == ["1", first, second]
    assert [stage["requisiteStageRefIds"] for stage in kept] == [[], ["1"], [first]]
    assert desk.call(revisions.read, pipeline_id=target.id).source == "copy"

    again = stages(desk, target.id, ["1"], target.id, 2)
    assert again.saved.revision == 3
    with pytest.raises(StaleRevision):
        stages(desk, source.id, ["1"], target.id, 2)
    with pytest.raises(SpecError):
        stages(desk, source.id, ["99"], target.id, 3)
