from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline
from gennaker.operators._execution import execution_of
from gennaker.operators._outcome import BELIEVABLE_STATES, Status


class Ti:
    """A task instance that counts what it is asked."""

    dag_id = "app.test"
    run_id = "manual__1"

    def __init__(self, states: Mapping[str, str | None], stages: Mapping[str, Any]) -> None:
        self.states = states
        self.stages = stages
        self.asked: list[str] = []

    def xcom_pull(self, task_ids: str, key: str) -> Any:
        self.asked.append(task_ids)
        return self.stages.get(task_ids)

    def get_task_states(self, dag_id: str, run_ids: list[str]) -> Mapping[str, Any]:
        self.asked.append("states")
        return {self.run_id: dict(self.states)}


def view(ti: Ti, *, run_id: str = "manual__1", run_type: str = "manual", **policy: Any) -> dict[str, Any]:
    """Return the execution as a stage of a pipeline `a`, `b` sees it."""
    stages = [{"type": "noop", "name": name, "refId": name, **policy} for name in "ab"]
    document = {"name": "x", "stages": stages, "parameterConfig": [{"name": "env", "default": "prod"}]}
    dag = compile_pipeline(load(document, check=False), dag_id="app.test", application="app", name="x")
    dag_run = SimpleNamespace(
        run_id=run_id, run_type=run_type, conf={"tag": "v1"}, start_date=None, triggering_user_name="ann"
    )
    info: Any = dag.task_dict["stage-a"]
    return execution_of(info.pipeline, ti, dag_run)


def published(status: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "context": {"c": 1}, "outputs": {"o": 2}, "startTime": 1, "endTime": 2, **more}


def test_nothing_is_fetched_before_it_is_asked_for() -> None:
    ti = Ti({}, {})
    execution = view(ti)

    assert [s["name"] for s in execution["stages"]] == ["a", "b"]
    assert execution["trigger"]["user"] == "ann"
    assert execution["parameters"]["env"] == "prod"
    assert ti.asked == []


def test_each_stage_is_fetched_at_most_once_and_only_if_named() -> None:
    ti = Ti({"stage-a": "success"}, {"stage-a": published("SUCCEEDED")})
    a, _ = view(ti)["stages"]

    assert (a["status"], a["outputs"], a["context"]) == ("SUCCEEDED", {"o": 2}, {"c": 1})
    assert (a["startTime"], a["endTime"], a["tasks"][0]["status"]) == (1, 2, "SUCCEEDED")
    assert sorted(ti.asked) == ["stage-a", "states"]


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.NOT_STARTED])
@pytest.mark.parametrize(
    "state",
    [None, "scheduled", "queued", "running", "success", "failed", "skipped", "upstream_failed", "deferred"],
)
def test_what_a_stage_published_counts_only_in_a_state_that_fits(status: Status, state: str | None) -> None:
    ti = Ti({"stage-a": state}, {"stage-a": published(str(status))})
    a, _ = view(ti)["stages"]

    believed = state in BELIEVABLE_STATES[status]
    assert (a["outputs"] == {"o": 2}) is believed
    if believed:
        assert a["status"] == status


@pytest.mark.parametrize(
    ("left", "state", "status"),
    [
        ("SUCCEEDED", None, "NOT_STARTED"),
        ("SUCCEEDED", "upstream_failed", "NOT_STARTED"),
        ("SUCCEEDED", "failed", "TERMINAL"),
        ("TERMINAL", "success", "SUCCEEDED"),
        ("STOPPED", "queued", "NOT_STARTED"),
        ("RUNNING", "failed", "TERMINAL"),
    ],
)
def test_what_an_earlier_try_left_is_not_believed(left: str, state: str | None, status: str) -> None:
    a, _ = view(Ti({"stage-a": state}, {"stage-a": published(left)}))["stages"]

    assert a["status"] == status
    assert a["outputs"] == {}
    assert a["context"]["name"] == "a"


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ({}, "TERMINAL"),
        ({"failPipeline": False}, "STOPPED"),
        ({"continuePipeline": True}, "TERMINAL"),
    ],
)
def test_the_failure_option_speaks_for_a_worker_that_died(policy: dict[str, Any], status: str) -> None:
    a, _ = view(Ti({"stage-a": "failed"}, {}), **policy)["stages"]

    assert a["status"] == status


def test_a_stage_that_a_halt_kept_from_beginning_has_not_started() -> None:
    a, _ = view(Ti({"stage-a": "skipped"}, {}))["stages"]

    assert a["status"] == "NOT_STARTED"


@pytest.mark.parametrize("left", ["text", 5, ["list"]])
def test_what_is_no_stage_is_not_believed(left: Any) -> None:
    a, _ = view(Ti({"stage-a": "success"}, {"stage-a": left}))["stages"]

    assert (a["status"], a["outputs"]) == ("SUCCEEDED", {})


def test_a_stage_lists_its_keys_without_fetching_anything() -> None:
    ti = Ti({}, {})
    a, _ = view(ti)["stages"]

    assert {"refId", "name", "type", "status", "outputs", "context"} <= set(a)
    assert len(a) == len(list(a))
    assert ti.asked == []
    with pytest.raises(KeyError):
        a["nothing"]


@pytest.mark.parametrize(
    ("run_id", "run_type", "kind"),
    [
        ("manual__1", "manual", "manual"),
        ("scheduled__1", "scheduled", "cron"),
        ("asset_triggered__1", "asset_triggered", "asset"),
        ("pipeline__0123", "manual", "pipeline"),
    ],
)
def test_the_trigger_tells_who_started_the_run(run_id: str, run_type: str, kind: str) -> None:
    trigger = view(Ti({}, {}), run_id=run_id, run_type=run_type)["trigger"]

    assert trigger["type"] == kind
    assert trigger["isPipeline"] is (kind == "pipeline")
    assert dict(trigger["parameters"]) == {"env": "prod", "tag": "v1"}
