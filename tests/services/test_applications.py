"""Applications say who may do what, and their settings reach the DAGs of their pipelines."""

from __future__ import annotations

from typing import Any

import pytest

from gennaker.errors import Conflict, Denied, NotFound, SpecError
from gennaker.services import applications, pipelines
from gennaker.services.actor import Actor
from tests.services.desk import ANN, SHELL, Desk

OWNER = Actor("olga", "api", frozenset({"Owners"}))


def change(desk: Desk, *, if_version: int | None = None, actor: Actor = SHELL, **changes: Any) -> Any:
    return desk.call(
        applications.update, name=desk.application, changes=changes, if_version=if_version, actor=actor
    )


def test_settings_that_shape_dags_are_published_and_others_are_not(desk: Desk) -> None:
    made, draft = desk.create("a"), desk.create("b", publish=False)
    change(desk, owner="team x", description="…", projects=["p", "p", " q "])
    assert desk.call(applications.get, name=desk.application.upper()).projects == ["p", "q"]
    assert len(desk.publications(made.id)) == 1

    change(desk, parallel_runs=False, permissions={"WRITE": ["Owners"], "READ": []})
    last = desk.publications(made.id)[-1].settings
    assert last["maxActiveRuns"] == 1
    assert "can_edit" in last["accessControl"]["Owners"]["DAGs"]
    assert len(desk.publications(made.id)) == 2
    assert desk.publications(draft.id) == []
    change(desk, parallel_runs=False)
    assert len(desk.publications(made.id)) == 2


def test_a_change_on_top_of_an_old_version_is_refused(desk: Desk) -> None:
    version = desk.call(applications.get, name=desk.application).version
    changed = change(desk, owner="a", if_version=version)
    assert changed.version == version + 1
    with pytest.raises(Conflict, match="by now"):
        change(desk, owner="b", if_version=version)
    assert change(desk, owner="a", if_version=version + 1).version == version + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "other"},
        {"projects": "p"},
        {"projects": [1]},
        {"parallel_runs": "yes"},
        {"permissions": {"ADMIN": ["x"]}},
        {"permissions": {"READ": "x"}},
    ],
)
def test_what_makes_no_sense_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        change(desk, **changes)


def test_nobody_locks_themselves_out_or_changes_what_is_not_theirs(desk: Desk) -> None:
    with pytest.raises(Denied):
        change(desk, permissions={"WRITE": ["Owners"]}, actor=ANN)
    change(desk, permissions={"WRITE": ["Owners"]}, actor=OWNER)
    with pytest.raises(Denied):
        change(desk, owner="x", actor=ANN)
    assert change(desk, owner="x", actor=OWNER).owner == "x"


def test_only_an_empty_application_is_deleted_and_comes_back_with_a_pipeline(desk: Desk) -> None:
    made = desk.create()
    with pytest.raises(Conflict, match="has 1 pipelines"):
        desk.call(applications.delete, name=desk.application, actor=ANN)
    desk.call(pipelines.delete, pipeline_id=made.id, actor=ANN)
    desk.call(applications.delete, name=desk.application, actor=ANN)
    with pytest.raises(NotFound):
        desk.call(applications.get, name=desk.application)
    assert desk.application not in [row.name for row in desk.call(applications.list_)]

    desk.call(pipelines.undelete, pipeline_id=made.id, actor=ANN)
    assert desk.call(applications.get, name=desk.application).id == made.application_id
    assert desk.call(applications.sizes)[made.application_id] == 1


def test_a_deleted_application_does_not_come_back_over_another_of_its_name(desk: Desk) -> None:
    made = desk.create()
    desk.call(pipelines.delete, pipeline_id=made.id, actor=ANN)
    desk.call(applications.delete, name=desk.application, actor=ANN)
    desk.call(applications.create, name=desk.application, actor=ANN)
    with pytest.raises(Conflict, match="another application"):
        desk.call(pipelines.undelete, pipeline_id=made.id, actor=ANN)


def test_every_change_is_in_the_audit_log(desk: Desk) -> None:
    change(desk, owner="x")
    desk.call(applications.delete, name=desk.application, actor=ANN)
    events = desk.audit(dag_id=None)
    for name in ("create", "update", "delete"):
        assert f"gennaker_{name}_application" in events


def test_ensure_makes_what_is_missing(desk: Desk) -> None:
    first = desk.call(applications.ensure, name=f"{desk.application} new", actor=ANN)
    assert desk.call(applications.ensure, name=f"{desk.application} NEW", actor=ANN).id == first.id
