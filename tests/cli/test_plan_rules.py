"""The dry run's rules: Orca's table of failure options, its order, its verdict."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import HALT_BRANCH, HALT_BRANCH_THEN_FAIL, IGNORE, Write, stage

from gennaker.cli.plan import configure
from gennaker.cli.plan.command import plan

#: A Monday morning.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Planned:
    """A plan, as a test asks for it."""

    def __init__(self, found: Any) -> None:
        self.found = found
        self.stages = {one["refId"]: one for one in found["stages"]}
        self.statuses = {ref: one["status"] for ref, one in self.stages.items()}
        self.verdict = found["verdict"]["status"]


@pytest.fixture
def imagine(write: Write, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(stages: list[dict[str, Any]], *arguments: str, now: datetime = NOW, **keys: Any) -> Planned:
        parser = argparse.ArgumentParser()
        configure(parser)
        path: Path = write(stages, **keys)
        plan(parser.parse_args([str(path), *arguments, "-o", "json"]), now=now)
        return Planned(json.loads(capsys.readouterr().out)[0])

    return call


def fork(**options: Any) -> list[dict[str, Any]]:
    """Return 1 → 2 beside 3 → 4, where 1 fails with the given failure option."""
    return [
        stage("1", "wait", waitTime=10, **options),
        stage("2", after="1"),
        stage("3", "wait", waitTime=30),
        stage("4", after="3"),
    ]


@pytest.mark.parametrize(
    ("options", "statuses", "verdict"),
    [
        ({}, ("TERMINAL", "NOT_STARTED", "CANCELED", "NOT_STARTED"), "TERMINAL"),
        (HALT_BRANCH, ("STOPPED", "NOT_STARTED", "SUCCEEDED", "SUCCEEDED"), "SUCCEEDED"),
        (HALT_BRANCH_THEN_FAIL, ("STOPPED", "NOT_STARTED", "SUCCEEDED", "SUCCEEDED"), "TERMINAL"),
        (IGNORE, ("FAILED_CONTINUE", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED"), "SUCCEEDED"),
    ],
)
@pytest.mark.parametrize("outcome", ["FAILED", "CANCELED"])
def test_failure_options(
    imagine: Any, options: dict[str, Any], statuses: tuple[str, ...], verdict: str, outcome: str
) -> None:
    planned = imagine(fork(**options), "--outcome", f"1={outcome}")
    assert tuple(planned.statuses[ref] for ref in "1234") == statuses
    assert planned.verdict == verdict


def test_what_is_canceled_and_what_never_starts_says_why(imagine: Any) -> None:
    planned = imagine(fork(), "--outcome", "1=FAILED")
    assert planned.found["canceled"] == ["3"]
    assert planned.stages["2"]["reason"] == "'Stage 1' ended as TERMINAL"
    assert planned.stages["3"]["reason"] == "running when 'Stage 1' halted the pipeline"
    assert planned.stages["3"]["ends"] == 10.0
    assert planned.stages["4"]["reason"] == "'Stage 3' ended as CANCELED"


def test_what_ended_before_the_halt_is_not_canceled(imagine: Any) -> None:
    planned = imagine(fork(), "--outcome", "1=FAILED", "--duration", "3=5")
    assert planned.statuses == {"1": "TERMINAL", "2": "NOT_STARTED", "3": "SUCCEEDED", "4": "SUCCEEDED"}


def test_what_ends_in_the_same_moment_ends_by_itself(imagine: Any) -> None:
    planned = imagine(fork(), "--outcome", "1=FAILED", "--duration", "3=10")
    assert planned.statuses["3"] == "SUCCEEDED"
    assert planned.statuses["4"] == "NOT_STARTED"
    assert planned.stages["4"]["reason"] == "'Stage 1' halted the pipeline before"


@pytest.mark.parametrize("outcome", ["TERMINAL", "STOPPED", "FAILED_CONTINUE"])
def test_a_status_may_be_assumed_as_it_is(imagine: Any, outcome: str) -> None:
    assert imagine(fork(), "--outcome", f"1={outcome}").statuses["1"] == outcome


def test_a_stopped_stage_keeps_its_kind(imagine: Any) -> None:
    assert imagine(fork(**HALT_BRANCH_THEN_FAIL), "--outcome", "1=STOPPED").verdict == "TERMINAL"
    assert imagine(fork(**HALT_BRANCH), "--outcome", "1=STOPPED").verdict == "SUCCEEDED"


def test_skipping_does_not_cascade(imagine: Any) -> None:
    planned = imagine([stage("1"), stage("2", after="1"), stage("3", after="2")], "--outcome", "2=SKIPPED")
    assert planned.statuses == {"1": "SUCCEEDED", "2": "SKIPPED", "3": "SUCCEEDED"}
    assert planned.verdict == "SUCCEEDED"


def test_a_join_waits_for_all_and_never_starts_after_a_stopped_branch(imagine: Any) -> None:
    join = [stage("1", "wait", waitTime=5), stage("2", "wait", waitTime=9), stage("3", after="1 2")]
    assert imagine(join).stages["3"]["starts"] == 9.0
    join[0].update(HALT_BRANCH)
    planned = imagine(join, "--outcome", "1=FAILED")
    assert planned.statuses["3"] == "NOT_STARTED"
    assert planned.verdict == "SUCCEEDED"


def test_stages_run_in_list_order_where_it_is_free(imagine: Any) -> None:
    planned = imagine([stage("b"), stage("a"), stage("c", after="a"), stage("d", after="b")])
    assert planned.found["order"] == ["b", "a", "c", "d"]


def test_a_terminal_stage_outweighs_a_stopped_one(imagine: Any) -> None:
    stages = [stage("1", **HALT_BRANCH), stage("2", "wait", waitTime=5)]
    planned = imagine(stages, "--outcome", "1=FAILED", "--outcome", "2=FAILED")
    assert planned.verdict == "TERMINAL"
    assert planned.found["verdict"]["reason"] == "'Stage 2' failed"


def always(ref: str, after: str = "", **keys: Any) -> dict[str, Any]:
    return stage(ref, after=after, **{"finally": True, **keys})


def test_a_finally_stage_runs_whatever_happened(imagine: Any) -> None:
    planned = imagine([*fork(), always("5"), always("6", "2"), always("7", "5 6")], "--outcome", "1=FAILED")
    assert [planned.statuses[ref] for ref in "567"] == ["SUCCEEDED"] * 3
    assert planned.stages["5"]["starts"] == 10.0
    assert planned.verdict == "TERMINAL"


def test_a_finally_stage_waits_for_everything_else(imagine: Any) -> None:
    planned = imagine([always("1"), stage("2", "wait", waitTime=7)])
    assert planned.found["order"] == ["2", "1"]
    assert planned.stages["1"]["starts"] == 7.0


def test_the_failure_of_a_finally_stage_fails_the_run(imagine: Any) -> None:
    assert imagine([stage("1"), always("2", "1")], "--outcome", "2=FAILED").verdict == "TERMINAL"
    assert imagine([stage("1"), always("2", "1", **IGNORE)], "--outcome", "2=FAILED").verdict == "SUCCEEDED"


def expression(text: str, **keys: Any) -> dict[str, Any]:
    return {"type": "expression", "context": {"expression": text}, **keys}


def test_preconditions_are_really_checked(imagine: Any) -> None:
    checked = stage(
        "2", "checkPreconditions", "1", preconditions=[expression("#stage('Stage 1').hasSucceeded")]
    )
    planned = imagine([stage("1", **IGNORE), checked])
    assert planned.statuses["2"] == "SUCCEEDED"
    planned = imagine([stage("1", **IGNORE), checked], "--outcome", "1=FAILED")
    assert planned.statuses["2"] == "TERMINAL"
    assert "gave False, not true" in planned.stages["2"]["reason"]


def test_a_precondition_may_halt_only_its_branch(imagine: Any) -> None:
    checks = [expression("false", failPipeline=False)]
    planned = imagine(
        [stage("1", "checkPreconditions", preconditions=checks), stage("2"), stage("3", after="1")]
    )
    assert planned.statuses == {"1": "STOPPED", "2": "SUCCEEDED", "3": "NOT_STARTED"}
    assert planned.verdict == "SUCCEEDED"


def test_a_precondition_reads_the_status_of_a_stage(imagine: Any) -> None:
    checks = [{"type": "stageStatus", "context": {"stageName": "Stage 1", "stageStatus": "FAILED_CONTINUE"}}]
    stages = [stage("1", **IGNORE), stage("2", "checkPreconditions", "1", preconditions=checks)]
    assert imagine(stages, "--outcome", "1=FAILED").verdict == "SUCCEEDED"
    assert imagine(stages).verdict == "TERMINAL"


def test_variables_are_really_evaluated_and_seen_by_descendants_only(imagine: Any) -> None:
    made = stage("1", "evaluateVariables", variables=[{"key": "a", "value": "${1 + 1}"}])
    used = {"comments": "${a}"}
    planned = imagine([made, stage("2", after="1", **used), stage("3", **used)])
    assert planned.stages["2"]["inputs"]["comments"] == 2
    assert planned.stages["3"]["inputs"]["comments"] == "${a}"
    assert planned.stages["3"]["failed_expressions"][0]["message"] == "a not found"


def test_a_wait_takes_what_its_expression_says(imagine: Any) -> None:
    planned = imagine(
        [stage("1", "wait", waitTime="${parameters.pause}"), stage("2", after="1")], "-p", "pause=90"
    )
    assert planned.stages["2"]["starts"] == 90.0


def test_a_wait_that_is_no_number_fails(imagine: Any) -> None:
    planned = imagine([stage("1", "wait", waitTime="${parameters.pause}")])
    assert planned.statuses["1"] == "TERMINAL"
    assert "waitTime: got '${parameters.pause}', expected a number" in planned.stages["1"]["reason"]


def test_a_wait_beyond_the_calendar_fails(imagine: Any) -> None:
    assert imagine([stage("1", "wait", waitTime=10**30)]).statuses["1"] == "TERMINAL"


def test_a_wait_until_ends_at_its_moment(imagine: Any) -> None:
    moment = int(NOW.timestamp() * 1000) + 5000
    planned = imagine([stage("1", "waitUntil", epochMillis=moment), stage("2", "waitUntil", epochMillis=1)])
    assert planned.stages["1"]["ends"] == 5.0
    assert planned.stages["2"]["ends"] == 0.0


def test_a_stage_runs_out_of_time(imagine: Any) -> None:
    late = stage("1", "wait", waitTime=60, stageTimeoutMs=20_000)
    planned = imagine([late])
    assert planned.statuses["1"] == "TERMINAL"
    assert planned.stages["1"]["ends"] == 20.0
    assert "its time of 20 s is over before the work, which takes 60 s" in planned.stages["1"]["reason"]
    assert imagine([{**late, "markSuccessfulOnTimeout": True}]).statuses["1"] == "SUCCEEDED"


def test_a_judgment_that_takes_too_long_fails(imagine: Any) -> None:
    planned = imagine([stage("1", "manualJudgment")], "--duration", f"1={73 * 3600}")
    assert planned.statuses["1"] == "TERMINAL"


WINDOW = {
    "days": [3],
    "whitelist": [{"startHour": 10, "startMin": 0, "endHour": 12, "endMin": 0}],
    "timezone": "UTC",
}


def windowed(**window: Any) -> dict[str, Any]:
    return stage("1", restrictExecutionDuringTimeWindow=True, restrictedExecutionWindow={**WINDOW, **window})


def test_an_execution_window_delays_a_stage(imagine: Any) -> None:
    planned = imagine([windowed(), stage("2", after="1")])
    # Tuesday at ten is 25 hours after Monday at nine.
    assert planned.stages["2"]["starts"] == 25 * 3600.0
    assert planned.stages["1"]["notes"] == ["waits for its execution window until 2026-03-03T10:00+00:00"]
    assert imagine([windowed(days=[])]).stages["1"]["ends"] == 3600.0


def test_a_stage_that_is_reached_too_late_is_skipped(imagine: Any) -> None:
    expiry = int(NOW.timestamp() * 1000) + 5000
    stages = [stage("1", "wait", waitTime=10), stage("2", after="1", startTimeExpiry=expiry)]
    planned = imagine(stages)
    assert planned.statuses["2"] == "SKIPPED"
    assert planned.stages["2"]["reason"] == "the stage was reached after its start time expiry"


def test_conditions_see_what_earlier_stages_did(imagine: Any) -> None:
    condition: dict[str, Any] = {
        "stageEnabled": {"type": "expression", "expression": "#judgment('Stage 1') == 'blue'"}
    }
    stages = [
        stage("1", "manualJudgment", judgmentInputs=["blue", "green"]),
        stage("2", after="1", **condition),
    ]
    assert imagine(stages, "--judge", "1=blue").statuses["2"] == "SUCCEEDED"
    assert imagine(stages, "--judge", "1=green").statuses["2"] == "SKIPPED"


def test_names_that_several_stages_share_mean_all_of_them(imagine: Any) -> None:
    twins = [stage("1", name="Twin", **IGNORE), stage("2", name="Twin", **IGNORE)]
    planned = imagine(twins, "--outcome", "Twin=FAILED")
    assert set(planned.statuses.values()) == {"FAILED_CONTINUE"}
    assert imagine(twins, "--outcome", "2=FAILED").statuses["1"] == "SUCCEEDED"


def test_nothing_is_fetched_from_the_network(imagine: Any) -> None:
    planned = imagine([stage("1", comments="${#fromUrl('https://example.com/')}")])
    [failed] = planned.stages["1"]["failed_expressions"]
    assert failed["expression"] == "#fromUrl('https://example.com/')"


def test_a_graph_of_five_hundred_stages_is_planned(imagine: Any) -> None:
    stages = [stage(str(number), after=str(number - 1) if number % 7 else "") for number in range(500)]
    planned = imagine(stages)
    assert len(planned.found["order"]) == 500
    assert planned.verdict == "SUCCEEDED"
