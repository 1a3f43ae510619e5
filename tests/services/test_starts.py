from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from gennaker.errors import Conflict, Denied, NotFound, SpecError, Temporary
from gennaker.services import governance, pipelines, starts
from gennaker.services.actor import Actor
from tests.services.desk import ANN, BOT, Desk, spec
from tests.services.floor import Floor
from tests.services.test_governance import TEAM, expire

PARAMETERS = [
    {"name": "version", "required": True, "type": "string"},
    {"name": "replicas", "type": "number", "default": 2},
    {"name": "note", "default": ""},
]


@pytest.fixture
def floor(desk: Desk) -> Floor:
    """Return a pipeline with parameters that Airflow knows."""
    return Floor(desk, desk.create(content=spec(1, parameterConfig=PARAMETERS))).parse()


def start(floor: Floor, parameters: Any = None, **more: Any) -> str:
    given = {"version": "1.2"} if parameters is None else parameters
    run_id: str = floor.call(starts.start, parameters=given, **more)
    return run_id


def runs(floor: Floor) -> int:
    from airflow.models.dagrun import DagRun

    with floor.desk.session() as session:
        return session.scalar(select(func.count()).select_from(DagRun).filter_by(dag_id=floor.dag_id)) or 0


def test_a_start_makes_a_run_and_its_record(floor: Floor) -> None:
    run_id = start(floor, {"version": "1.2", "more": 1}, project="shop", actor=BOT)

    run = floor.dag_run(run_id)
    assert run.conf == {"version": "1.2", "more": 1}
    assert (run.state, run.run_type, run.triggering_user_name) == ("queued", "manual", "bot")
    record = floor.record(run_id)
    assert record is not None
    assert (record.project, record.started_by, record.source) == ("shop", "bot", "api")
    assert (record.revision, record.sequence) == (1, floor.pipeline.sequence)
    assert record.trigger["type"] == "manual"
    assert floor.desk.audit(dag_id=floor.dag_id, run_id=run_id) == ["gennaker_start"]


def test_two_starts_are_two_runs(floor: Floor) -> None:
    assert len({start(floor) for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("parameters", "path", "message"),
    [
        ({}, "$.parameters.version", "missing"),
        ({"version": 7}, "$.parameters.version", "7 is not of type"),
        ({"version": "1", "replicas": "many"}, "$.parameters.replicas", "'many' is not"),
    ],
)
def test_a_value_that_is_not_what_its_parameter_asks_for(
    floor: Floor, parameters: Any, path: str, message: str
) -> None:
    with pytest.raises(SpecError, match=message) as error:
        start(floor, parameters)
    assert error.value.path == path
    assert runs(floor) == 0


def test_a_disabled_pipeline_does_not_start_and_an_enabled_one_does(floor: Floor) -> None:
    floor.call(governance.disable, **TEAM)
    with pytest.raises(Conflict, match="was disabled by ann") as error:
        start(floor)
    assert error.value.hint == "enable it first"
    floor.parse()
    with pytest.raises(Conflict, match="was disabled by ann"):
        start(floor)
    assert runs(floor) == 0

    floor.call(governance.enable)
    with pytest.raises(Temporary, match="has not read"):
        start(floor)
    floor.parse()
    assert start(floor)


def test_disabled_for_a_project(floor: Floor) -> None:
    floor.call(governance.disable, scope="projects", projects=["shop"], reason="moving")
    with pytest.raises(Conflict, match="for project 'shop'"):
        start(floor, project="shop")
    assert start(floor, project="other")
    assert start(floor)


def test_an_expired_disabling_does_not_count(floor: Floor) -> None:
    expire(floor, scope="projects", projects=["shop"])
    assert start(floor, project="shop")


def test_a_start_sees_at_once_that_a_disabling_for_the_team_has_expired(floor: Floor) -> None:
    expire(floor)
    floor.desk.call(governance.expire_disables)
    assert start(floor)


def test_a_deleted_pipeline_does_not_start(floor: Floor) -> None:
    floor.call(pipelines.delete)
    with pytest.raises(Conflict, match="was deleted") as error:
        start(floor)
    assert error.value.hint == "undelete it first"


def test_a_pipeline_of_drafts_does_not_start(desk: Desk) -> None:
    floor = Floor(desk, desk.create(publish=False))
    with pytest.raises(Conflict, match="nothing of pipeline"):
        start(floor)


def test_a_pipeline_that_airflow_has_not_read_yet(desk: Desk) -> None:
    floor = Floor(desk, desk.create())
    with pytest.raises(Temporary, match="has not read"):
        start(floor)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"is_stale": True}, Temporary),
        ({"has_import_errors": True}, Conflict),
        ({"allowed_run_types": ["scheduled"]}, Conflict),
    ],
)
def test_what_airflow_would_not_start(floor: Floor, values: Any, error: type[Exception]) -> None:
    from airflow.models.dag import DagModel

    with floor.desk.session() as session:
        model = session.scalars(select(DagModel).filter_by(dag_id=floor.dag_id)).one()
        for key, value in values.items():
            setattr(model, key, value)
    with pytest.raises(error):
        start(floor)


def test_a_lock_stops_no_start(floor: Floor) -> None:
    floor.call(governance.lock, allow_api=False, reason="")
    assert start(floor)


def test_who_may_not_run_does_not_start_it(floor: Floor) -> None:
    floor.leave_running_to("Releasers")
    with pytest.raises(Denied, match="ann may not run"):
        start(floor, actor=ANN)
    assert start(floor, actor=Actor("eve", "cli", frozenset({"Releasers"})))


def test_what_is_not_there_does_not_start(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.call(starts.start, pipeline_id="x", parameters={}, actor=ANN)


def test_a_run_of_ours_is_admitted_with_what_it_was_started_with(floor: Floor) -> None:
    from airflow.models.dagbag import DBDagBag

    run_id = start(floor, project="shop")
    with floor.desk.session() as session:
        run = floor._run(run_id, session)
        run.dag = DBDagBag().get_dag_for_run(run, session=session)
        run.verify_integrity(dag_version_id=run.created_dag_version_id, session=session)

    context = floor.admit(run_id)["context"]
    assert (context["project"], context["startedBy"]) == ("shop", "ann")
