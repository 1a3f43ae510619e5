"""
Scenarios for a real Airflow, where nobody can say how long a stage takes.

Stages that hold a judgment end when they are judged, so the order of those is certain; all others take a
moment. Only scenarios whose ending is the same however long the moments are tell anything, so only these
are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

from tests.semantics import draw
from tests.semantics.orca import Orca
from tests.semantics.scenario import Course, Ending, Planned, Scenario, Together

JUDGMENT = "awaiting_input"
WAIT = "deferred"
#: What a judgment takes beside a moment, and by how much those of two stages differ.
_LONG = 100_000
_APART = 1_000
_MOST_STAGES = 6
_VARIATIONS = 40


@dataclass(frozen=True)
class RealScenario:
    """
    A scenario, how Orca runs it, and when its judgments are made.

    :ivar judgments: the stages that are judged, in order, each with the stages that must be over and those
        that must have begun before.
    """

    number: int
    scenario: Scenario
    ending: Ending
    judgments: Sequence[tuple[str, frozenset[str], frozenset[str]]]

    def document(self) -> dict[str, Any]:
        """Return the pipeline's JSON."""
        stages = [{**stage.document(), **_real_work(stage)} for stage in self.scenario.stages]
        return self.scenario.document() | {"stages": stages}


def _real_work(stage: Planned) -> dict[str, Any]:
    if stage.holds == JUDGMENT:
        return {"type": "manualJudgment"}
    if stage.holds == WAIT:
        too_long = {"waitTime": 600, "stageTimeoutMs": 1000}
        return {"type": "wait", **(too_long if stage.fails else {"waitTime": 1})}
    return {}


def scenarios(how_many: int) -> list[RealScenario]:
    """Return scenarios, the same every time; stages are canceled in a third of them."""
    wanted = {True: how_many // 3, False: how_many - how_many // 3}
    found: list[RealScenario] = []
    for real in _certain():
        cancels = "CANCELED" in real.ending.statuses.values()
        if wanted[cancels]:
            wanted[cancels] -= 1
            found.append(real)
        if not any(wanted.values()):
            return found
    raise AssertionError("numbers do not end")


def _certain() -> Iterator[RealScenario]:
    for number in count():
        scenario = _for_real(draw.scenario(number), Random(number))
        real = _planned(number, scenario)
        if not any(stage.fails for stage in scenario.stages) or _may_halt_too_soon(real):
            continue
        variations = (_varied(scenario, Random(seed)) for seed in range(_VARIATIONS))
        if all(_same(real, _planned(number, variation)) for variation in variations):
            yield real


def _may_halt_too_soon(real: RealScenario) -> bool:
    """Return whether a stage could be halted before it began, since the halting one waits for nobody."""
    ended = real.ending.statuses
    halting = [stage for stage in real.scenario.stages if ended[stage.ref] == "TERMINAL"]
    return "CANCELED" in ended.values() and not all(_is_judged(stage) for stage in halting)


def _for_real(scenario: Scenario, random: Random) -> Scenario:
    """Return a small scenario with judgments, which last, and stages that are over in a moment."""
    stages = []
    for index, stage in enumerate(scenario.stages[:_MOST_STAGES]):
        holds = random.choice((JUDGMENT, JUDGMENT, WAIT, "running"))
        preconditions = stage.preconditions if holds == "running" else ()
        real = replace(stage, holds=holds, preconditions=preconditions)
        stages.append(replace(real, lasts=_LONG + _APART * index if _is_judged(real) else 1))
    return replace(scenario, stages=tuple(stages))


def _is_judged(stage: Planned) -> bool:
    return stage.holds == JUDGMENT and stage.course is not Course.IS_OFF


def _varied(scenario: Scenario, random: Random) -> Scenario:
    """Return the same scenario with other moments."""
    stages = (s if _is_judged(s) else replace(s, lasts=random.randint(1, 50)) for s in scenario.stages)
    return Scenario(tuple(stages), random.choice(list(Together)), random.random() < 0.5)


def _same(one: RealScenario, other: RealScenario) -> bool:
    begun = one.ending.began.keys() == other.ending.began.keys()
    judged = [ref for ref, *_ in one.judgments] == [ref for ref, *_ in other.judgments]
    return begun and judged and one.ending.statuses == other.ending.statuses


def _planned(number: int, scenario: Scenario) -> RealScenario:
    orca = Orca(scenario)
    ending = orca.run()
    judged = [s.ref for s in scenario.stages if _is_judged(s) and s.ref in ending.completed]
    judgments = []
    for ref in sorted(judged, key=orca.ends.__getitem__):
        before = {other for other in ending.began if other != ref and ending.began[other] < orca.ends[ref]}
        over = frozenset(other for other in before if orca.ends[other] < orca.ends[ref])
        judgments.append((ref, over, frozenset(before - over)))
    return RealScenario(number, scenario, ending, judgments)
