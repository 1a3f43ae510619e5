from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import AirflowFailException

from tests.compiler.pipelines import FINALLY, HALT_BRANCH, IGNORE, THEN_FAIL, compiled, stage

GATE = stage("gate", type="checkPreconditions", preconditions=[{"type": "expression", "failPipeline": False}])
STAGES = [
    stage("halts"),
    stage("stops", **HALT_BRANCH),
    stage("stops-and-fails", **THEN_FAIL),
    stage("ignores", **IGNORE),
    GATE,
]
CLEANS = stage("cleans", **FINALLY)

#: What a stage publishes that ends by itself, by the state of its task.
TOLD = {"success": "SUCCEEDED", "failed": "STOPPED", "skipped": "SKIPPED"}


def judge(
    stages: list[dict[str, Any]],
    states: Mapping[str, str],
    told: Mapping[str, Any] | None = None,
    asked: set[str] | None = None,
) -> str:
    """Return what the verdict says of a run whose tasks, unless told, succeeded."""
    verdict: Any = compiled(*stages).task_dict["verdict"]
    every = {f"stage-{one['refId']}": states.get(one["refId"], "success") for one in stages}

    def xcom_pull(task_ids: str, key: str) -> Any:
        ref = task_ids.removeprefix("stage-")
        if asked is not None:
            asked.add(ref)
        published = {"status": TOLD.get(every[task_ids]), "context": {}}
        return (told or {}).get(ref, published if published["status"] else None)

    ti = SimpleNamespace(
        dag_id="shop.deploy",
        run_id="r",
        xcom_pull=xcom_pull,
        get_task_states=lambda dag_id, run_ids: {"r": every | {"verdict": "running"}},
    )
    ExecutorSafeguard.tracker.set(verdict)
    try:
        verdict.execute({"ti": ti})
    except AirflowFailException as error:
        return str(error)
    return "success"


@pytest.mark.parametrize("stages", [STAGES, [*STAGES, CLEANS]], ids=["plain", "finally"])
@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ({}, "success"),
        ({"halts": "failed"}, "the run failed at: halts"),
        ({"stops": "failed"}, "success"),
        ({"stops-and-fails": "failed"}, "the run failed at: stops-and-fails"),
        ({"ignores": "skipped"}, "success"),
        ({"ignores": "failed"}, "the run failed at: ignores"),
        ({"stops": "failed", "halts": "upstream_failed"}, "success"),
        ({"halts": "failed", "stops": "failed"}, "the run failed at: halts"),
    ],
)
def test_it_judges_by_states_and_failure_options(
    stages: list[dict[str, Any]], states: dict[str, str], verdict: str
) -> None:
    assert judge(stages, states) == verdict


@pytest.mark.parametrize(
    ("options", "state", "verdict"),
    [
        ({}, "success", "success"),
        ({}, "failed", "the run failed at: cleans"),
        (THEN_FAIL, "failed", "the run failed at: cleans"),
        (HALT_BRANCH, "failed", "success"),
        ({}, "skipped", "success"),
    ],
)
def test_a_finally_stage_counts_as_its_failure_option(
    options: dict[str, Any], state: str, verdict: str
) -> None:
    stages = [*STAGES, CLEANS | options]

    assert judge(stages, {"cleans": state}, {"cleans": None}) == verdict


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("halt-branch", "success"),
        ("halt-branch-then-fail", "the run failed at: gate"),
        ("halt-pipeline", "the run failed at: gate"),
    ],
)
def test_a_stage_that_found_out_what_its_failure_means_is_asked(policy: str, verdict: str) -> None:
    told = {"gate": {"status": "STOPPED", "context": {"failurePolicy": policy}}}

    assert judge(STAGES, {"gate": "failed"}, told) == verdict


@pytest.mark.parametrize("left", [None, {}, {"status": "CANCELED", "context": {}}, {"status": "RUNNING"}])
def test_a_stage_that_cannot_tell_counts_as_its_failure_option(left: Any) -> None:
    assert judge(STAGES, {"gate": "failed"}, {"gate": left}) == "the run failed at: gate"


def test_a_stage_that_was_not_admitted_fails_the_run() -> None:
    told = {"stops": {"status": "TERMINAL", "context": {"failurePolicy": "halt-pipeline"}}}

    assert judge(STAGES, {"stops": "failed"}, told) == "the run failed at: stops"


def test_a_stage_that_did_not_fail_is_not_asked() -> None:
    told = {"gate": {"status": "STOPPED", "context": {"failurePolicy": "halt-pipeline"}}}

    assert judge(STAGES, {"gate": "success"}, told) == "success"


@pytest.mark.parametrize(
    ("stages", "states", "asked"),
    [
        (
            STAGES,
            {"halts": "failed", "stops": "failed", "ignores": "skipped", "gate": "failed"},
            {"gate", "stops"},
        ),
        ([*STAGES, CLEANS], {"gate": "upstream_failed"}, set()),
        ([*STAGES, CLEANS], {"stops": "failed", "ignores": "skipped"}, {"stops", "ignores"}),
    ],
    ids=["plain", "finally, all went well", "finally"],
)
def test_only_stages_whose_states_do_not_decide_are_asked(
    stages: list[dict[str, Any]], states: dict[str, str], asked: set[str]
) -> None:
    found: set[str] = set()

    judge(stages, states, asked=found)

    assert found == asked


# ---- runs that a person marked -------------------------------------------------------------------------

ROW = [stage("a"), stage("b", "a", **HALT_BRANCH), stage("c", "b"), stage("d", "c"), CLEANS]
RUNNING = {"status": "RUNNING", "context": {}}


@pytest.mark.parametrize("left", [None, RUNNING, {"status": "SUCCEEDED"}, {"status": "CANCELED"}])
@pytest.mark.parametrize("rest", [None, RUNNING], ids=["never begun", "waited to be tried again"])
def test_a_run_marked_failed_fails(left: Any, rest: Any) -> None:
    states = {"b": "failed", "c": "skipped", "d": "skipped"}

    assert (
        judge(ROW, states, {"b": left, "c": rest, "d": None}) == "the run was ended from outside at: b, c, d"
    )


def test_a_run_marked_failed_while_nothing_ran_fails() -> None:
    states = {"b": "skipped", "c": "skipped", "d": "skipped"}

    assert judge(ROW, states, dict.fromkeys("bcd")) == "the run was ended from outside at: b, c, d"


def test_a_run_marked_failed_whose_last_stage_halts_its_branch_fails() -> None:
    assert judge([*ROW[:2], CLEANS], {"b": "failed"}, {"b": None}) == "the run was ended from outside at: b"


def test_a_stage_that_fails_the_run_by_itself_is_all_that_is_named() -> None:
    states = {"a": "failed", "b": "upstream_failed", "c": "upstream_failed", "d": "upstream_failed"}

    assert judge([*ROW, stage("x")], {**states, "x": "skipped"}, {"x": None}) == "the run failed at: a"


@pytest.mark.parametrize("c", ["success", "failed", "skipped"])
def test_stages_that_a_person_skipped_one_by_one_fail_nothing(c: str) -> None:
    stages = [*ROW[:2], stage("c", "b", **HALT_BRANCH), CLEANS]

    assert judge(stages, {"a": "skipped", "b": "skipped", "c": c}, {"a": None, "b": None}) == "success"


@pytest.mark.parametrize("left", [None, RUNNING])
def test_a_run_marked_as_a_success_succeeds(left: Any) -> None:
    told = {"b": left, "c": None, "d": None}

    assert judge(ROW, {"c": "skipped", "d": "skipped"}, told) == "success"


def test_a_stage_that_was_marked_as_a_success_alone_does_not_hide_a_failed_run() -> None:
    assert judge(ROW, {"b": "failed", "c": "skipped", "d": "skipped"}, dict.fromkeys("abcd")) == (
        "the run was ended from outside at: b, c, d"
    )
    assert judge(ROW, {"c": "skipped", "d": "skipped"}, dict.fromkeys("acd")) == (
        "the run was ended from outside at: c, d"
    )


def test_without_finally_stages_airflow_itself_ends_a_run_that_is_marked() -> None:
    assert judge(STAGES, {"stops": "failed", "ignores": "skipped"}, dict.fromkeys(["stops"])) == "success"
