from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from gennaker.errors import Conflict, NotFound
from gennaker.services.halt import halt
from tests.database import World

DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e")]


def diamond(world: World, c: str | None = "running", **more: Any) -> World:
    """b is about to fail; c runs beside it; d joins them, e follows."""
    states = {"a": "success", "b": "running", "c": c, "d": None, "e": None}
    return world.create(edges=DIAMOND, states=states | more.pop("states", {}), **more)


def stop(world: World, task_id: str = "b", **more: Any) -> dict[str, Any]:
    values = {"ti_id": world.ti_id(task_id), "reason": "boom"} | more
    with world.session() as session:
        return halt(dag_id=world.dag_id, run_id=world.run_id, task_id=task_id, session=session, **values)


@pytest.mark.parametrize(
    "state", ["running", "deferred", "awaiting_input", "up_for_retry", "up_for_reschedule", "restarting"]
)
def test_a_sibling_that_has_begun_is_canceled(world: World, state: str) -> None:
    diamond(world, c=state)

    answer = stop(world)

    assert answer == {"halted": True, "by": "b", "canceled": {"c": state}, "children": []}
    assert world.states == {"a": "success", "b": "running", "c": "failed", "d": None, "e": None}
    outcome = world.xcom("c", "stage")
    assert outcome.pop("endTime") > 1_700_000_000_000
    assert outcome == {
        "status": "CANCELED",
        "context": {},
        "outputs": {},
        "startTime": 1767225600000,
        "error": {"message": "canceled: stage 'Stage b' halted the pipeline"},
        "tiId": world.ti_id("c"),
    }


@pytest.mark.parametrize("state", [None, "scheduled", "queued"])
def test_a_sibling_that_has_not_begun_is_skipped(world: World, state: str | None) -> None:
    diamond(world, c=state)

    assert stop(world)["canceled"] == {"c": state}
    assert world.states["c"] == "skipped"
    assert world.xcom("c", "stage") is None


@pytest.mark.parametrize("state", ["success", "failed", "skipped", "upstream_failed", "removed"])
def test_a_sibling_that_is_over_is_left_alone(world: World, state: str) -> None:
    diamond(world, c=state)

    assert stop(world) == {"halted": True, "by": "b", "canceled": {}, "children": []}
    assert world.states["c"] == state


def test_a_sibling_whose_stage_is_over_may_end_by_itself(world: World) -> None:
    diamond(world)
    world.publish("c", "stage", {"status": "SUCCEEDED"})

    stop(world)

    assert world.states["c"] == "running"
    assert world.xcom("c", "stage")["status"] == "SUCCEEDED"


def test_what_an_earlier_try_published_does_not_count(world: World) -> None:
    diamond(world)
    world.publish("c", "stage", {"status": "SUCCEEDED", "tiId": "earlier"})

    stop(world)

    assert world.xcom("c", "stage")["status"] == "CANCELED"


@pytest.mark.parametrize("teardowns", [["f", "g"], ["f", "g", "verdict"]])
def test_verdict_and_finally_stages_are_left_alone(world: World, teardowns: list[str]) -> None:
    edges = [("a", "b"), ("a", "c"), ("b", "f"), ("c", "f"), ("f", "verdict"), ("a", "g"), ("g", "verdict")]
    states = {"a": "success", "b": "running", "c": "running", "f": None, "g": "running", "verdict": None}
    world.create(edges=edges, states=states, teardowns=teardowns)

    stop(world)

    assert world.states == states | {"c": "failed"}


def test_the_scheduler_ends_the_run_as_failed(world: World) -> None:
    diamond(world, c="deferred")
    stop(world)
    world.set_state("b", "failed")

    assert world.run_state == "running"
    assert [world.schedule() for _ in range(3)][-1] == "failed"
    assert world.states == {
        "a": "success",
        "b": "failed",
        "c": "failed",
        "d": "upstream_failed",
        "e": "upstream_failed",
    }


def test_open_approvals_of_canceled_stages_are_closed(world: World) -> None:
    edges = [("a", "b"), ("a", "c"), ("a", "g"), ("a", "h")]
    states = {"a": "success", "b": "running", "c": "awaiting_input", "g": "awaiting_input", "h": "success"}
    world.create(edges=edges, states=states)
    world.ask("c")
    world.ask("g", answered=True)
    world.ask("h")

    stop(world)

    assert (world.approvals("c"), world.approvals("g"), world.approvals("h")) == (0, 1, 1)


def test_it_is_recorded_and_audited(world: World) -> None:
    diamond(world)

    stop(world)

    record = world.xcom("b", "gennaker_halt")
    assert record.pop("at").startswith("20")
    assert record == {"tiId": world.ti_id("b"), "reason": "boom", "canceled": {"c": "running"}}
    ((event, task_id, owner, extra),) = world.audit()
    assert (event, task_id, owner) == ("gennaker_halt", "b", "gennaker")
    assert json.loads(extra or "") == {"reason": "boom", "canceled": {"c": "running"}, "children": []}


def test_asking_again_gives_the_same_answer_and_does_nothing(world: World) -> None:
    diamond(world)
    first = stop(world)
    world.set_state("c", "running")  # would be stopped by a second halt

    assert stop(world) == first
    assert world.states["c"] == "running"
    assert len(world.audit()) == 1


def test_a_stage_that_was_canceled_halts_nothing(world: World) -> None:
    edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "e")]
    world.create(edges=edges, states={"a": "success", "b": "running", "c": "running", "d": None, "e": None})
    stop(world, "b")

    assert stop(world, "c") == {"halted": False, "by": "b", "canceled": {}, "children": []}
    assert world.states == {"a": "success", "b": "running", "c": "failed", "d": None, "e": "skipped"}


def test_a_second_failure_does_not_touch_what_follows_the_first(world: World) -> None:
    edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "e")]
    world.create(edges=edges, states={"a": "success", "b": "running", "c": "running", "d": None, "e": None})
    world.publish("c", "stage", {"status": "TERMINAL"})  # c failed by itself at the same time
    stop(world, "b")

    assert stop(world, "c")["halted"] is False
    assert world.states["d"] is None
    world.set_state("b", "failed")
    world.set_state("c", "failed")
    assert [world.schedule() for _ in range(3)][-1] == "failed"


def test_a_halt_counts_until_its_stage_is_restarted(world: World) -> None:
    diamond(world)
    stop(world)
    for task_id in ("b", "c"):
        world.clear(task_id)
        world.set_state(task_id, "running")

    assert stop(world, "c") == {"halted": True, "by": "c", "canceled": {"b": "running"}, "children": []}
    assert world.states["b"] == "failed"


def test_restarted_branches_beside_an_old_halt_can_be_halted(world: World) -> None:
    edges = [("a", "b"), ("b", "d"), ("a", "c"), ("a", "g")]
    world.create(
        edges=edges, states={"a": "success", "b": "running", "c": "running", "g": "running", "d": None}
    )
    stop(world, "b")
    world.set_state("b", "failed")
    for task_id in ("c", "g"):
        world.clear(task_id)
        world.set_state(task_id, "running")

    assert stop(world, "c")["canceled"] == {"g": "running"}
    assert world.states["d"] is None, "what follows the first failure must become upstream_failed by itself"


def test_an_old_process_of_a_restarted_stage_is_refused(world: World) -> None:
    diamond(world)
    old = world.ti_id("b")
    world.clear("b")

    with pytest.raises(Conflict, match="cleared or retried"):
        stop(world, ti_id=old)
    assert world.states["c"] == "running"


def test_a_canceled_stage_that_still_lives_cannot_halt_the_restarted_run(world: World) -> None:
    diamond(world)
    stop(world)
    world.clear("b")
    world.set_state("b", "running")

    assert stop(world, "c")["halted"] is False
    assert world.states["b"] == "running"


def test_a_run_that_is_over_stays_as_it_is(world: World) -> None:
    diamond(world, run_state="failed")

    assert stop(world)["halted"] is False
    assert world.states["c"] == "running"


def test_unknown_runs_and_tasks(world: World) -> None:
    diamond(world)
    with pytest.raises(NotFound, match="no task 'x'"), world.session() as session:
        halt(dag_id=world.dag_id, run_id=world.run_id, task_id="x", ti_id="", reason="", session=session)
    with pytest.raises(NotFound, match="no run"), world.session() as session:
        halt(dag_id=world.dag_id, run_id="x", task_id="b", ti_id="", reason="", session=session)


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_halts_at_the_same_instant_one_acts(pg_world: World, attempt: int) -> None:
    world = pg_world.create(
        edges=[("a", "b"), ("a", "c"), ("b", "d"), ("c", "e")],
        states={"a": "success", "b": "running", "c": "running", "d": None, "e": None},
    )
    ids = {task_id: world.ti_id(task_id) for task_id in ("b", "c")}
    together = threading.Barrier(2)
    answers: dict[str, dict[str, Any]] = {}

    def run(task_id: str) -> None:
        together.wait()
        answers[task_id] = stop(world, task_id, ti_id=ids[task_id])

    threads = [threading.Thread(target=run, args=(task_id,)) for task_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    first = next(task_id for task_id, answer in answers.items() if answer["halted"])
    other = "c" if first == "b" else "b"
    assert answers[other] == {"halted": False, "by": first, "canceled": {}, "children": []}
    assert len(world.audit()) == 1
    world.set_state(first, "failed")
    assert [world.schedule() for _ in range(3)][-1] == "failed"
    followers = {"b": "d", "c": "e"}
    assert world.states[followers[first]] == "upstream_failed"
    assert world.states[followers[other]] == "skipped"


def test_a_halt_waits_for_whoever_holds_the_run(pg_world: World) -> None:
    from airflow.models.dagrun import DagRun
    from sqlalchemy import select

    world = diamond(pg_world)
    ti_id = world.ti_id("b")
    done = threading.Event()
    thread = threading.Thread(target=lambda: (stop(world, ti_id=ti_id), done.set()))
    with world.session() as holder:
        holder.execute(select(DagRun.id).filter_by(dag_id=world.dag_id).with_for_update())
        thread.start()
        assert not done.wait(0.3)
    assert done.wait(10)
    thread.join()
