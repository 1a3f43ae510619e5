from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from gennaker.errors import Conflict, NotFound
from gennaker.services import governance, people, pipelines
from gennaker.store.models import Pipeline, Run
from tests.database import postgresql
from tests.services.desk import Desk, spec
from tests.services.floor import Floor
from tests.services.test_governance import TEAM, expire


@pytest.fixture
def floor(desk: Desk) -> Floor:
    """Return a pipeline that Airflow knows."""
    return Floor(desk, desk.create(content=spec(1, 1))).parse()


def test_the_first_stage_makes_the_record(floor: Floor) -> None:
    run_id = floor.start(by="bob")
    answer = floor.admit(run_id)

    assert answer["allowed"] is True
    context = answer["context"]
    assert context["trigger"]["type"] == "manual"
    assert context["trigger"]["user"] == "bob"
    assert "parameters" not in context["trigger"]
    assert (context["executionId"], context["pipelineId"]) == (run_id, floor.id)
    assert (context["revision"], context["sequence"]) == (1, floor.pipeline.sequence)
    assert context["buildTime"] <= context["startTime"]
    record = floor.record(run_id)
    assert record is not None
    assert (record.state, record.source, record.started_by) == ("admitted", "airflow", "bob")
    assert (record.revision, record.sequence) == (1, floor.pipeline.sequence)

    assert floor.admit(run_id, task_id="stage-2")["context"] == context


@pytest.mark.parametrize(
    ("run_type", "kind"), [("manual", "manual"), ("scheduled", "cron"), ("asset_triggered", "asset")]
)
def test_the_trigger_says_how_it_was_started(floor: Floor, run_type: str, kind: str) -> None:
    run_id = floor.start(by=None, run_type=run_type)
    trigger = floor.admit(run_id)["context"]["trigger"]
    assert (trigger["type"], trigger["user"]) == (kind, "anonymous")


def test_ten_first_stages_at_once_make_one_record() -> None:
    desk = Desk(postgresql())
    floor = Floor(desk, desk.create()).parse()
    run_id = floor.start()
    barrier, answers = threading.Barrier(10), []

    def ask() -> None:
        barrier.wait()
        answers.append(floor.admit(run_id)["allowed"])

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [True] * 10
    with desk.session() as session:
        count = select(func.count()).select_from(Run).where(Run.dag_id == floor.dag_id)
        assert session.scalar(count) == 1


# ---- who asks ------------------------------------------------------------------------------------------


def test_who_asks_must_be_what_runs(floor: Floor) -> None:
    run_id = floor.start()
    with pytest.raises(Conflict, match="cleared or retried"):
        floor.admit(run_id, ti_id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(Conflict):
        floor.admit(run_id, ti_id="nonsense")
    with pytest.raises(NotFound, match="no task"):
        floor.admit(run_id, task_id="stage-9")
    with pytest.raises(NotFound, match="no run"):
        floor.admit("manual__never")
    assert floor.record(run_id) is None


def test_a_dag_that_is_no_pipeline_is_not_admitted(floor: Floor) -> None:
    floor.dag_id = "a-dag-of-somebody"
    with pytest.raises(NotFound, match="no pipeline"):
        floor.admit("manual__1")


def test_a_task_that_is_over_may_do_nothing(floor: Floor) -> None:
    from airflow.models.taskinstance import TaskInstance

    run_id = floor.start()
    with floor.desk.session() as session:
        query = select(TaskInstance).filter_by(dag_id=floor.dag_id, task_id="stage-1")
        session.scalars(query).unique().one().state = "failed"
    with pytest.raises(Conflict, match="is over"):
        floor.admit(run_id)


# ---- what its worker has built -------------------------------------------------------------------------


def test_a_worker_with_other_code_is_refused(floor: Floor) -> None:
    run_id, old = floor.start(), floor.pipeline.sequence
    floor.desk.save(floor.id, spec(1, 1, 1), 1)
    floor.parse()

    refused = floor.admit(run_id)
    assert refused["allowed"] is False
    assert f"made for publication {old} " in refused["reason"]
    assert f"has built publication {floor.pipeline.sequence}:" in refused["reason"]
    assert floor.record(run_id).state == "refused"  # type: ignore[union-attr]

    assert floor.admit(run_id, sequence=old)["allowed"] is True
    assert floor.record(run_id).reason == ""  # type: ignore[union-attr]


# ---- disabled ------------------------------------------------------------------------------------------


def test_a_run_that_was_active_goes_on(floor: Floor) -> None:
    new, begun = floor.start(), floor.start(state="queued")
    floor.admit(new)
    floor.call(governance.disable, **TEAM)

    assert floor.allowed(new, task_id="stage-2")
    assert floor.allowed(begun)


def test_a_run_that_was_active_goes_on_where_clocks_differ(floor: Floor) -> None:
    run_id = floor.start()
    with floor.desk.session() as session:
        floor._run(run_id, session).queued_at = datetime.now(UTC) + timedelta(seconds=30)
    floor.call(governance.disable, **TEAM)

    assert floor.allowed(run_id)


def test_a_run_that_is_started_later_is_refused_and_told_why(floor: Floor) -> None:
    floor.call(governance.disable, **TEAM)
    run_id = floor.start()

    assert not floor.allowed(run_id)
    assert not floor.allowed(run_id, task_id="stage-2")
    record = floor.record(run_id)
    assert record is not None
    assert record.state == "refused"
    assert "was disabled by ann" in record.reason
    assert floor.desk.audit(dag_id=floor.dag_id, run_id=run_id) == ["gennaker_refuse"]


@pytest.mark.parametrize("was_active", [True, False])
@pytest.mark.parametrize("options", [{}, {"dag_run_state": "running"}, {"run_on_latest_version": True}])
def test_a_run_that_is_cleared_later_is_refused(floor: Floor, was_active: bool, options: Any) -> None:
    run_id = floor.start()
    if not was_active:
        floor.end(run_id)
    floor.call(governance.disable, **TEAM)
    floor.clear(run_id, **options)

    assert not floor.allowed(run_id)


def test_a_run_that_is_revived_without_a_clear_is_refused(floor: Floor) -> None:
    run_id = floor.start()
    floor.call(governance.disable, **TEAM)
    floor.end(run_id)
    floor.clear(run_id, dag_run_state=False)
    floor.requeue(run_id)

    assert floor.dag_run(run_id).clear_number == 0
    assert not floor.allowed(run_id)


def test_enabling_gives_everything_back(floor: Floor) -> None:
    old = floor.start()
    floor.end(old)
    floor.call(governance.disable, **TEAM)
    refused = floor.start()
    assert not floor.allowed(refused)

    floor.call(governance.enable)
    floor.clear(old)
    floor.clear(refused)
    assert floor.allowed(old)
    assert floor.allowed(refused)
    assert floor.record(refused).state == "admitted"  # type: ignore[union-attr]


def test_disabled_enabled_and_disabled_again(floor: Floor) -> None:
    run_id = floor.start()
    floor.call(governance.disable, **TEAM)
    floor.call(governance.enable)
    floor.clear(run_id)
    floor.call(governance.disable, **TEAM)
    assert floor.allowed(run_id)

    floor.clear(run_id)
    assert not floor.allowed(run_id)


def test_an_expired_disabling_refuses_nothing(floor: Floor) -> None:
    expire(floor)
    assert floor.allowed(floor.start())


def test_a_lock_refuses_nothing(floor: Floor) -> None:
    floor.call(governance.lock, allow_api=False, reason="")
    assert floor.allowed(floor.start())


def test_of_a_project_only_what_was_started_for_it(floor: Floor) -> None:
    run_id, other = floor.start(), floor.start()
    for run in (run_id, other):
        floor.admit(run)
    with floor.desk.session() as session:
        session.get_one(Run, (floor.dag_id, run_id)).project = "shop"
    floor.call(governance.disable, scope="projects", projects=["shop"], reason="")

    assert floor.allowed(run_id)
    for run in (run_id, other):
        floor.clear(run)
    assert not floor.allowed(run_id)
    assert floor.allowed(other)
    assert floor.allowed(floor.start())


# ---- deleted -------------------------------------------------------------------------------------------


def test_deleting_lets_active_runs_go_on_and_nothing_else(floor: Floor) -> None:
    active, over = floor.start(), floor.start()
    floor.end(over)
    floor.call(pipelines.delete)

    assert floor.allowed(active)
    floor.clear(over)
    refused = floor.admit(over, sequence=1)
    assert refused["allowed"] is False
    assert "was deleted by ann" in refused["reason"]


def test_deleting_what_is_disabled_grants_nothing_new(floor: Floor) -> None:
    active = floor.start()
    floor.call(governance.disable, **TEAM)
    vain = floor.start()
    floor.call(pipelines.delete)

    assert floor.allowed(active)
    assert not floor.allowed(vain)


# ---- the right to run ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (None, True),
        (people.Person(frozenset({"Releasers"}), admin=False), True),
        (people.Person(frozenset({"Admin"}), admin=True), True),
        (people.Person(frozenset({"Viewer"}), admin=False), False),
    ],
)
def test_who_started_it_must_be_allowed_to_run_it(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, person: people.Person | None, allowed: bool
) -> None:
    monkeypatch.setattr(people, "find", lambda name, session: person if name == "bob" else None)
    floor.leave_running_to("Releasers")
    answer = floor.admit(floor.start(by="bob"))

    assert answer["allowed"] is allowed
    if not allowed:
        assert "bob started it and may not run pipelines" in answer["reason"]


def test_the_pipeline_of_a_run_is_found_by_its_dag(floor: Floor) -> None:
    run_id = floor.start()
    floor.admit(run_id)
    with floor.desk.session() as session:
        record = session.get_one(Run, (floor.dag_id, run_id))
        assert session.get_one(Pipeline, record.pipeline_id).dag_id == floor.dag_id
