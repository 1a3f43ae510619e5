from __future__ import annotations

import json
from typing import Any

import pytest

from gennaker.errors import NotFound
from gennaker.services.cancel import cancel_run
from gennaker.services.halt import halt
from gennaker.services.stopping import child_run_id
from tests.database import World

CHAIN = [("a", "b"), ("b", "c")]


def cancel(world: World, **more: Any) -> dict[str, Any]:
    values = {"dag_id": world.dag_id, "run_id": world.run_id, "reason": "no", "requested_by": "ann"} | more
    with world.session() as session:
        return cancel_run(session=session, **values)


def child_of(parent: World, task_id: str, **states: str | None) -> World:
    """Make the run that a waiting `pipeline` stage has started."""
    run_id = child_run_id(parent.ti(task_id))
    child = World(parent.sessions).create(edges=[("x", "y")], states=states, run_id=run_id)
    parent.publish(task_id, "gennaker_child", {"dagId": child.dag_id, "runId": run_id})
    return child


@pytest.mark.parametrize(
    "state", ["running", "deferred", "awaiting_input", "up_for_reschedule", "up_for_retry"]
)
def test_what_has_begun_is_canceled_and_the_rest_skipped(world: World, state: str) -> None:
    world.create(edges=CHAIN, states={"a": "success", "b": state, "c": None})

    answer = cancel(world)

    assert answer == {"canceled": True, "state": "failed", "tasks": {"b": state, "c": None}, "children": []}
    assert world.states == {"a": "success", "b": "failed", "c": "skipped"}
    assert world.run_state == "failed"
    outcome = world.xcom("b", "stage")
    assert (outcome["status"], outcome["error"]) == ("CANCELED", {"message": "canceled: no"})
    assert outcome["tiId"] == world.ti_id("b")
    assert world.xcom("c", "stage") is None


def test_a_queued_run_never_starts(world: World) -> None:
    world.create(edges=CHAIN, states={"a": None, "b": None, "c": None}, run_state="queued")

    assert cancel(world)["canceled"] is True
    assert (world.run_state, set(world.states.values())) == ("failed", {"skipped"})


def test_a_run_that_is_over_stays_as_it_is(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "success", "b": "success", "c": "success"}, run_state="success")

    assert cancel(world) == {"canceled": False, "state": "success", "tasks": {}, "children": []}
    assert world.run_state == "success"
    assert world.audit() == []


def test_canceling_twice(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "running", "b": None, "c": None})

    assert [cancel(world)["canceled"] for _ in range(2)] == [True, False]
    assert len(world.audit()) == 1


def test_it_is_audited_with_who_and_why(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "running", "b": None, "c": None})

    cancel(world)

    ((event, task_id, owner, extra),) = world.audit()
    assert (event, task_id, owner) == ("gennaker_cancel", None, "ann")
    assert json.loads(extra or "")["reason"] == "no"


def test_approvals_are_closed(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "awaiting_input", "b": None, "c": None})
    world.ask("a")

    cancel(world)

    assert world.approvals("a") == 0


@pytest.mark.parametrize("b", ["running", "success", None])
def test_finally_stages_still_run_and_the_run_ends_as_failed(world: World, b: str | None) -> None:
    edges = [("a", "b"), ("b", "f"), ("a", "verdict"), ("b", "verdict"), ("f", "verdict")]
    states: dict[str, str | None] = {"a": "success", "b": b, "f": None, "verdict": None}
    world.create(edges=edges, states=states, teardowns=["f", "verdict"])

    assert cancel(world)["canceled"] is True

    assert world.run_state == "running"
    assert world.states["b"] == {"running": "failed", "success": "success", None: "skipped"}[b]
    assert world.states["f"] is None
    assert world.schedule() == "running"
    world.set_state("f", "success")
    assert world.schedule() == "failed"
    assert world.xcom("verdict", "stage") is None


def test_a_run_whose_finally_stages_are_over_ends_at_once(world: World) -> None:
    edges = [("a", "f"), ("a", "verdict"), ("f", "verdict")]
    states: dict[str, str | None] = {"a": "success", "f": "success", "verdict": "queued"}
    world.create(edges=edges, states=states, teardowns=["f", "verdict"])

    assert cancel(world)["state"] == "failed"
    assert world.states["verdict"] == "failed"


def test_a_verdict_without_finally_stages_is_skipped(world: World) -> None:
    world.create(edges=[("a", "verdict")], states={"a": "running", "verdict": None})

    assert cancel(world)["state"] == "failed"
    assert world.states == {"a": "failed", "verdict": "skipped"}


def test_child_runs_are_canceled_recursively(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "success", "b": "deferred", "c": None})
    child = child_of(world, "b", x="deferred", y=None)
    grandchild = child_of(child, "x", x="running", y=None)

    answer = cancel(world)

    assert answer["children"] == [f"{w.dag_id}/{w.run_id}" for w in (child, grandchild)]
    assert (child.run_state, grandchild.run_state) == ("failed", "failed")
    assert child.states == {"x": "failed", "y": "skipped"}
    assert [line[0] for line in grandchild.audit()] == ["gennaker_cancel"]
    assert grandchild.xcom("x", "stage")["status"] == "CANCELED"


def test_a_halt_cancels_the_child_runs_of_what_it_stops(world: World) -> None:
    edges = [("a", "b"), ("a", "c"), ("a", "g")]
    world.create(edges=edges, states={"a": "success", "b": "running", "c": "deferred", "g": "success"})
    child = child_of(world, "c", x="running", y=None)
    other = child_of(world, "g", x="running", y=None)

    with world.session() as session:
        answer = halt(
            dag_id=world.dag_id,
            run_id=world.run_id,
            task_id="b",
            ti_id=world.ti_id("b"),
            reason="",
            session=session,
        )

    assert answer["children"] == [f"{child.dag_id}/{child.run_id}"]
    assert (child.run_state, other.run_state) == ("failed", "running")
    assert child.xcom("x", "stage")["error"]["message"] == ("canceled: stage 'Stage b' halted the pipeline")


def test_a_task_cannot_name_the_run_of_somebody_else_as_its_child(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "success", "b": "deferred", "c": None})
    victim = World(world.sessions).create(edges=CHAIN, states={"a": "running", "b": None, "c": None})
    world.publish("b", "gennaker_child", {"dagId": victim.dag_id, "runId": victim.run_id})

    assert cancel(world)["children"] == []
    assert victim.run_state == "running"


def test_a_child_of_an_earlier_try_is_not_ours(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "success", "b": "deferred", "c": None})
    child = child_of(world, "b", x="running", y=None)
    world.clear("b")
    world.set_state("b", "running")

    assert cancel(world)["children"] == []
    assert child.run_state == "running"


def test_a_deleted_child_stops_nothing(world: World) -> None:
    world.create(edges=CHAIN, states={"a": "success", "b": "deferred", "c": None})
    world.publish("b", "gennaker_child", {"dagId": "gone", "runId": child_run_id(world.ti("b"))})

    assert cancel(world)["canceled"] is True


def test_an_unknown_run(world: World) -> None:
    with pytest.raises(NotFound):
        cancel(world)


def test_the_child_s_id_is_the_one_that_the_stage_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from tests.stages.harness import Run, pipeline

    started: list[str] = []
    monkeypatch.setattr(
        "gennaker.operators.pipeline.start_run", lambda dag, run, *, conf, note: started.append(run)
    )
    directory = SimpleNamespace(dag_id=lambda *_: "app.child", pipeline_id=lambda *_: None)
    stage = {"type": "pipeline", "name": "call", "pipeline": "child"}
    run = Run(pipeline(stage), directory=directory).go()

    told = run.xcoms["stage-0", "gennaker_child"]
    ti = SimpleNamespace(dag_id=run.dag.dag_id, run_id="manual__1", id=told["tiId"])
    assert [child_run_id(ti)] == started  # type: ignore[arg-type]
