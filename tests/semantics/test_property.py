"""
The compiled DAG runs what Orca would run, and ends as Orca would end.

Thousands of random pipelines are played on a model of Orca (`orca.py`) and on the compiled DAG
(`airflow_model.py`). The same stages must begin at the same moments, the same must be canceled, every stage
and the run must end the same. The pipelines are the same every time; one that differs is made as small as
it gets before it is shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pprint import pformat

import pytest

from tests.semantics import airflow_model, draw, orca
from tests.semantics.scenario import Scenario

BLOCKS = 8
SIZE = 300


def differs(scenario: Scenario) -> bool:
    """Return whether the two models disagree."""
    return airflow_model.play(scenario) != orca.run(scenario)


def compare(scenario: Scenario, name: str) -> None:
    """Fail where the two models disagree, and show the smallest scenario in which they do."""
    if not differs(scenario):
        return
    smallest = draw.shrink(scenario, differs)
    told = [name, smallest, "ran as", airflow_model.play(smallest), "in Orca", orca.run(smallest)]
    pytest.fail("\n".join(pformat(item) for item in told))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_compiled_pipeline_runs_as_orca_would(block: int) -> None:
    for number in range(block * SIZE, (block + 1) * SIZE):
        compare(draw.scenario(number), f"scenario {number}")


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_run_that_a_person_marks_as_failed_ends_as_one_that_is_canceled_in_orca(block: int) -> None:
    for number in range(block * SIZE, (block + 1) * SIZE):
        compare(draw.marked(number), f"marked scenario {number}")


def test_the_scenarios_show_every_way_in_which_a_stage_and_a_run_can_end() -> None:
    endings = [orca.run(draw.scenario(number)) for number in range(BLOCKS * SIZE)]
    seen = Counter(status for ending in endings for status in ending.statuses.values())

    assert min(seen.values()) > 100, seen
    assert set(seen) == {
        "SUCCEEDED", "SKIPPED", "FAILED_CONTINUE", "STOPPED", "TERMINAL", "CANCELED", "NOT_STARTED"
    }  # fmt: skip
    assert 0.25 < sum(ending.succeeded for ending in endings) / len(endings) < 0.75


def test_the_scenarios_show_runs_that_a_person_marks_in_every_way() -> None:
    seen: Counter[tuple[bool, bool]] = Counter()
    for scenario in map(draw.marked, range(BLOCKS * SIZE)):
        beside_finally = any(stage.finally_ for stage in scenario.stages)
        ends_it = orca.run(scenario) != orca.run(replace(scenario, marked=None))
        seen[beside_finally, ends_it] += 1

    assert len(seen) == 4
    assert min(seen.values()) > 100, seen
