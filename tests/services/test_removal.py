from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from gennaker.services import pipelines
from gennaker.services.removal import remove_deleted
from tests.services.desk import Desk
from tests.services.floor import Floor


@pytest.fixture
def floor(desk: Desk) -> Floor:
    """Return a pipeline that Airflow knows."""
    return Floor(desk, desk.create()).parse()


def shown(floor: Floor) -> tuple[bool, bool, Any]:
    """Return whether the last publication is a disabled one, whether a deleted one, and what may start."""
    last = floor.desk.publications(floor.id)[-1]
    assert floor.model().is_stale is last.deleted
    return last.disabled, last.deleted, floor.model().allowed_run_types


def sweep(floor: Floor) -> bool:
    return floor.dag_id in floor.desk.call(remove_deleted)


def test_a_deleted_pipeline_is_gone_at_once_where_nothing_runs(floor: Floor) -> None:
    floor.end(floor.start())
    floor.call(pipelines.delete)

    assert shown(floor) == (True, True, ["scheduled"])
    assert not sweep(floor)


@pytest.mark.parametrize("state", ["running", "queued"])
def test_a_deleted_pipeline_stays_closed_until_its_runs_have_ended(floor: Floor, state: str) -> None:
    run_id = floor.start(state=state)
    floor.call(pipelines.delete)
    assert shown(floor) == (True, False, ["scheduled"])
    floor.parse()
    assert not sweep(floor)
    assert floor.dag_run(run_id).state == state
    assert floor.allowed(run_id)

    floor.end(run_id)
    assert sweep(floor)
    assert shown(floor) == (True, True, ["scheduled"])
    assert not sweep(floor)


def test_what_airflow_has_brought_back_is_hidden_again(floor: Floor) -> None:
    from airflow.models.dag import DagModel

    living = Floor(floor.desk, floor.desk.create("Living")).parse()
    floor.call(pipelines.delete)
    with floor.desk.session() as session:
        back = update(DagModel).where(DagModel.dag_id == floor.dag_id)
        session.execute(back.values(is_stale=False, allowed_run_types=None))

    sweep(floor)
    assert shown(floor) == (True, True, ["scheduled"])
    assert living.model().is_stale is False
    assert living.model().allowed_run_types is None


def test_a_run_that_could_only_wait_for_the_undeletion_is_ended(floor: Floor) -> None:
    run_id = floor.start()
    floor.end(run_id)
    floor.call(pipelines.delete)
    floor.clear(run_id)
    assert floor.dag_run(run_id).state == "queued"

    sweep(floor)
    assert floor.dag_run(run_id).state == "failed"
    assert "gennaker_cancel" in floor.desk.audit(dag_id=floor.dag_id)

    floor.call(pipelines.undelete)
    assert floor.model().allowed_run_types is None
    sweep(floor)
    assert floor.desk.publications(floor.id)[-1].deleted is False
