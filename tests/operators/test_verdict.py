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
    stage("cleans", **FINALLY),
]


def judge(states: Mapping[str, str], told: Mapping[str, Any] | None = None) -> str:
    """Return what the verdict says of a run whose tasks, unless told, succeeded."""
    dag = compiled(*STAGES)
    verdict: Any = dag.task_dict["verdict"]
    every = {t.task_id: "success" for t in dag.tasks} | {f"stage-{ref}": s for ref, s in states.items()}
    pulled: list[str] = []

    def xcom_pull(task_ids: str, key: str) -> Any:
        pulled.append(task_ids)
        return (told or {}).get(task_ids.removeprefix("stage-"))

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
    finally:
        assert set(pulled) <= {"stage-gate"}, "only a stage whose option does not decide is asked"
    return "success"


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ({}, "success"),
        ({"halts": "failed"}, "the run failed at: halts"),
        ({"stops": "failed"}, "success"),
        ({"stops-and-fails": "failed"}, "the run failed at: stops-and-fails"),
        ({"ignores": "skipped"}, "success"),
        ({"ignores": "failed"}, "the run failed at: ignores"),
        ({"cleans": "failed"}, "the run failed at: cleans"),
        ({"stops": "failed", "halts": "upstream_failed"}, "success"),
        ({"halts": "failed", "stops": "failed", "cleans": "failed"}, "the run failed at: halts, cleans"),
    ],
)
def test_it_judges_by_states_and_failure_options(states: dict[str, str], verdict: str) -> None:
    assert judge(states) == verdict


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

    assert judge({"gate": "failed"}, told) == verdict


@pytest.mark.parametrize("left", [None, {}, {"status": "CANCELED", "context": {}}, {"status": "RUNNING"}])
def test_a_stage_that_cannot_tell_counts_as_its_failure_option(left: Any) -> None:
    assert judge({"gate": "failed"}, {"gate": left}) == "the run failed at: gate"


def test_a_stage_that_did_not_fail_is_not_asked() -> None:
    told = {"gate": {"status": "STOPPED", "context": {"failurePolicy": "halt-pipeline"}}}

    assert judge({"gate": "success"}, told) == "success"
