from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gennaker.errors import Conflict, Denied, NotFound, SpecError
from gennaker.services import applications, governance, pipelines
from gennaker.services.actor import Actor
from gennaker.store.models import Pipeline
from tests.services.desk import ANN, BOT, GIT, SHELL, Desk
from tests.services.floor import Floor

TEAM = {"scope": "team", "reason": "the shop is frozen"}


@pytest.fixture
def floor(desk: Desk) -> Floor:
    """Return a pipeline that Airflow knows."""
    return Floor(desk, desk.create()).parse()


def events(floor: Floor) -> list[str]:
    return [event for event in floor.desk.audit(dag_id=floor.dag_id) if event != "gennaker_create"]


def expire(floor: Floor, **more: Any) -> None:
    """Disable the pipeline until a moment that is over now."""
    floor.call(governance.disable, **{**TEAM, **more}, until=datetime.now(UTC) + timedelta(hours=1))
    with floor.desk.session() as session:
        session.get_one(Pipeline, floor.id).disabled_until = datetime.now(UTC) - timedelta(seconds=1)


# ---- lock ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "allows_api", "in_git", "may"),
    [
        (ANN, True, False, False),
        (ANN, False, False, False),
        (ANN, True, True, False),
        (BOT, True, False, True),
        (BOT, False, False, False),
        (SHELL, True, False, True),
        (SHELL, False, False, False),
        (GIT, True, False, True),
        (GIT, False, False, False),
        (GIT, False, True, True),
    ],
)
def test_which_doors_a_lock_shuts(
    desk: Desk, actor: Actor, allows_api: bool, in_git: bool, may: bool
) -> None:
    floor = Floor(desk, desk.create())
    governance.check_editable(floor.pipeline, actor)
    floor.call(governance.lock, allow_api=allows_api, reason="release week")
    pipeline = floor.pipeline
    pipeline.provenance = {"repository": "https://git/shop"} if in_git else None

    if may:
        governance.check_editable(pipeline, actor)
        return
    with pytest.raises(Denied, match=r"was locked by ann on .* UTC: release week") as error:
        governance.check_editable(pipeline, actor)
    assert "unlock it" in str(error.value.hint)
    assert ("https://git/shop" in str(error.value.hint)) is in_git


def test_a_lock_is_kept_and_taken_away(desk: Desk) -> None:
    floor = Floor(desk, desk.create())
    floor.call(governance.unlock)
    floor.call(governance.lock, allow_api=False, reason="release week", actor=BOT)
    locked = floor.pipeline
    assert (locked.locked, locked.lock_allows_api, locked.locked_by) == (True, False, "bot")

    floor.call(governance.lock, allow_api=True, reason="still", actor=ANN)
    assert (floor.pipeline.lock_reason, floor.pipeline.locked_by) == ("still", "ann")

    floor.call(governance.unlock)
    governance.check_editable(floor.pipeline, ANN)
    assert floor.pipeline.locked_at is None
    assert [event for event in events(floor) if "lock" in event] == [
        "gennaker_lock",
        "gennaker_lock",
        "gennaker_unlock",
    ]


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        (governance.lock, {"allow_api": True, "reason": ""}),
        (governance.unlock, {}),
        (governance.disable, TEAM),
        (governance.enable, {}),
    ],
)
def test_who_may_not_edit_may_not_govern(desk: Desk, change: Any, arguments: Any) -> None:
    floor = Floor(desk, desk.create())
    desk.call(
        applications.update,
        name=desk.application,
        changes={"permissions": {"WRITE": ["Owners"]}},
        if_version=None,
        actor=SHELL,
    )

    with pytest.raises(Denied, match="Owners"):
        floor.call(change, **arguments)
    floor.call(change, actor=Actor("eve", "ui", frozenset({"Owners"})), **arguments)


def test_what_is_not_there_or_deleted_is_not_governed(desk: Desk) -> None:
    floor = Floor(desk, desk.create())
    with pytest.raises(NotFound):
        desk.call(governance.unlock, pipeline_id="x", actor=ANN)
    floor.call(pipelines.delete)
    with pytest.raises(Conflict, match="undelete"):
        floor.call(governance.disable, **TEAM)


# ---- disable -------------------------------------------------------------------------------------------


def test_disabling_for_the_team_is_published_and_told_to_airflow(floor: Floor) -> None:
    before = floor.pipeline.sequence
    floor.call(governance.disable, **TEAM)

    assert floor.desk.publications(floor.id)[-1].disabled is True
    assert floor.pipeline.sequence > before
    assert floor.model().allowed_run_types == ["scheduled"]
    assert floor.model().is_paused is False
    why = governance.why_closed(floor.pipeline)
    assert why is not None
    assert why.startswith("pipeline 'Deploy' was disabled by ann on ")
    assert why.endswith("UTC: the shop is frozen")

    floor.call(governance.enable)
    assert floor.desk.publications(floor.id)[-1].disabled is False
    assert floor.model().allowed_run_types is None
    assert governance.why_closed(floor.pipeline) is None
    assert events(floor)[-2:] == ["gennaker_disable", "gennaker_enable"]


def test_a_deleted_pipeline_allows_no_run_until_it_is_undeleted(floor: Floor) -> None:
    floor.call(pipelines.delete)
    assert floor.model().allowed_run_types == ["scheduled"]

    floor.call(pipelines.undelete)
    assert floor.model().allowed_run_types is None


def test_disabling_for_projects_is_not_published(floor: Floor) -> None:
    before = floor.pipeline.sequence
    floor.call(governance.disable, scope="projects", projects=["b", "a", "b"], reason="")

    pipeline = floor.pipeline
    assert (pipeline.sequence, pipeline.disabled_projects) == (before, ["a", "b"])
    assert floor.model().allowed_run_types is None
    assert "for project 'a'" in str(governance.why_closed(pipeline, project="a"))
    assert governance.why_closed(pipeline, project="c") is None
    assert governance.why_closed(pipeline) is None
    assert not governance.is_closed(pipeline)

    floor.call(governance.enable)
    assert floor.pipeline.sequence == before


def test_from_one_scope_to_the_other(floor: Floor) -> None:
    floor.call(governance.disable, scope="projects", projects=["a"], reason="")
    floor.call(governance.disable, **TEAM)
    assert floor.desk.publications(floor.id)[-1].disabled is True
    assert floor.pipeline.disabled_projects == []

    floor.call(governance.disable, scope="projects", projects=["a"], reason="")
    assert floor.desk.publications(floor.id)[-1].disabled is False
    assert not governance.is_closed(floor.pipeline)


def test_disabling_again_changes_the_reason_and_publishes_nothing(floor: Floor) -> None:
    floor.call(governance.disable, **TEAM)
    first = floor.pipeline
    late = floor.start()
    floor.call(governance.disable, scope="team", reason="still frozen", actor=BOT)

    again = floor.pipeline
    assert (again.sequence, again.disabled_at) == (first.sequence, first.disabled_at)
    assert (again.disabled_reason, again.disabled_by) == ("still frozen", "bot")
    assert floor.record(late) is None  # it was started in vain and is not granted now


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"scope": "projects", "projects": []}, "$.projects"),
        ({"scope": "team", "until": datetime(2026, 1, 1, tzinfo=UTC)}, "$.until"),
    ],
)
def test_a_disabling_that_makes_no_sense(desk: Desk, arguments: Any, path: str) -> None:
    floor = Floor(desk, desk.create())
    with pytest.raises(SpecError) as error:
        floor.call(governance.disable, reason="", **arguments)
    assert error.value.path == path


def test_a_pipeline_of_drafts_can_be_disabled(desk: Desk) -> None:
    floor = Floor(desk, desk.create(publish=False))
    floor.call(governance.disable, **TEAM)
    floor.call(governance.enable)

    assert desk.publications(floor.id) == []


def test_enabling_what_is_enabled_does_nothing(floor: Floor) -> None:
    before = floor.pipeline.sequence
    floor.call(governance.enable)
    assert floor.pipeline.sequence == before
    assert "gennaker_enable" not in events(floor)


# ---- its end -------------------------------------------------------------------------------------------


def test_an_expired_disabling_counts_as_over_before_it_is_swept_up(floor: Floor) -> None:
    expire(floor)

    assert not governance.is_disabled(floor.pipeline)
    assert not governance.is_closed(floor.pipeline)
    assert governance.why_closed(floor.pipeline) is None
    assert floor.model().allowed_run_types == ["scheduled"]


def test_the_sweep_enables_what_has_expired_and_nothing_else(floor: Floor) -> None:
    other = Floor(floor.desk, floor.desk.create("Other")).parse()
    other.call(governance.disable, **TEAM, until=datetime.now(UTC) + timedelta(hours=1))
    expire(floor)

    swept = floor.desk.call(governance.expire_disables)

    assert floor.dag_id in swept
    assert other.dag_id not in swept
    assert floor.pipeline.disabled_scope is None
    assert floor.model().allowed_run_types is None
    assert "; it may start again on " in str(governance.why_closed(other.pipeline))
    assert events(floor)[-1] == "gennaker_disable_expired"
    assert floor.dag_id not in floor.desk.call(governance.expire_disables)


# ---- what was active -----------------------------------------------------------------------------------


def test_runs_that_are_active_are_granted_and_enabling_forgets_it(floor: Floor) -> None:
    running, queued, over = floor.start(), floor.start(state="queued"), floor.start()
    floor.end(over)
    floor.clear(running)
    floor.call(governance.disable, **TEAM)

    granted = {run: floor.record(run) for run in (running, queued, over)}
    assert granted[over] is None
    assert granted[running].granted_clear_number == 1  # type: ignore[union-attr]
    assert granted[queued].granted_clear_number == 0  # type: ignore[union-attr]

    floor.call(governance.enable)
    assert floor.record(running).granted_clear_number is None  # type: ignore[union-attr]
