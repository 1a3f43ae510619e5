from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gennaker.errors import Conflict, NotFound
from gennaker.services.skip_wait import skip_wait
from tests.database import World

OURS = "gennaker.operators._triggers.UntilTrigger"


def waiting(world: World, classpath: str = OURS, *, state: str = "deferred") -> World:
    """Make a run whose stage waits with a trigger."""
    from airflow.models.trigger import Trigger

    world.create(edges=[("a", "b")], states={"a": state, "b": None})
    with world.session() as session:
        trigger = Trigger(classpath=classpath, kwargs={"moment": "2099-01-01T00:00:00+00:00"})
        session.add(trigger)
        session.flush()
        number = trigger.id
    world.set_state(
        "a", state, trigger_id=number, next_method="resume", next_kwargs={"then": "paused", "state": {"x": 1}}
    )
    return world


def skip(world: World, task_id: str = "a") -> Mapping[str, Any]:
    with world.session() as session:
        return skip_wait(dag_id=world.dag_id, run_id=world.run_id, task_id=task_id, by="ann", session=session)


def test_the_stage_goes_on_and_is_told_who_skipped(world: World) -> None:
    waiting(world)

    assert skip(world) == {"skipped": True, "by": "ann"}

    from airflow.sdk.serde import deserialize

    ti = world.ti("a")
    assert (ti.state, ti.trigger_id, ti.next_method) == ("scheduled", None, "resume")
    assert deserialize(ti.next_kwargs) == {
        "then": "paused",
        "state": {"x": 1},
        "event": {"skipped": True, "by": "ann"},
    }
    assert [line[:3] for line in world.audit()] == [("gennaker_skip_wait", "a", "ann")]


def test_only_once(world: World) -> None:
    waiting(world)
    skip(world)

    with pytest.raises(Conflict, match="not waiting"):
        skip(world)


@pytest.mark.parametrize("state", ["running", "success", "awaiting_input", "queued"])
def test_a_stage_that_does_not_wait(world: World, state: str) -> None:
    waiting(world, state=state)

    with pytest.raises(Conflict, match="not waiting"):
        skip(world)
    assert world.states["a"] == state


@pytest.mark.parametrize(
    "classpath",
    [
        "airflow.providers.standard.triggers.temporal.DateTimeTrigger",
        "gennaker.operators.nothing.Here",
        "gennaker.operators._triggers.Missing",
        "gennaker.operatorsevil.Trigger",
    ],
)
def test_a_wait_for_something_else(world: World, classpath: str) -> None:
    waiting(world, classpath)

    with pytest.raises(Conflict, match="cannot be skipped"):
        skip(world)
    assert world.states["a"] == "deferred"


def test_a_trigger_may_refuse(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(world)
    monkeypatch.setattr(f"{OURS}.skippable", False, raising=False)

    with pytest.raises(Conflict, match="cannot be skipped"):
        skip(world)


def test_an_unknown_stage(world: World) -> None:
    waiting(world)
    with pytest.raises(NotFound, match="no task 'x'"):
        skip(world, "x")
