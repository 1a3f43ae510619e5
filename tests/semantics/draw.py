"""Random scenarios, the same for the same number; and the smallest one that still shows a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from tests.semantics.scenario import Course, Planned, Precondition, Scenario, Together

MOST_STAGES = 8

#: The four failure options, and the odd ways to write them: only booleans count.
OPTIONS: list[dict[str, Any]] = [
    {},
    {"failPipeline": False},
    {"failPipeline": False, "completeOtherBranchesThenFail": True},
    {"continuePipeline": True},
    {"failPipeline": True, "completeOtherBranchesThenFail": True},
    {"failPipeline": False, "continuePipeline": True},
    {"failPipeline": None, "continuePipeline": False},
    {"failPipeline": "true"},
    {"failPipeline": False, "completeOtherBranchesThenFail": "true"},
    {"continuePipeline": "true"},
]
_PLAIN_OPTIONS = 4
OVERRIDES: list[dict[str, Any]] = [{}] + [{"failPipeline": value} for value in (False, True, None)]
HOLDS = ("running", "deferred", "awaiting_input")


def scenario(number: int) -> Scenario:
    """Return the scenario with a number."""
    random = Random(number)
    planned: list[Planned] = []
    # A third of the pipelines has `finally` stages, rarely nothing else.
    finally_share = random.choice((0.0, 0.0, 0.0, 0.2, 0.4, 0.9))
    odd = random.random() < 0.2
    for index in range(random.randint(2, MOST_STAGES)):
        finally_ = random.random() < finally_share
        planned.append(_stage(random, planned, str(index + 1), finally_=finally_, odd=odd))
    return Scenario(tuple(planned), together=random.choice(list(Together)), backwards=random.random() < 0.5)


def marked(number: int) -> Scenario:
    """Return the scenario with a number, with a person who marks the run as failed at some moment."""
    plain = scenario(number)
    return replace(
        plain, marked=Random(number).randint(0, 2 + sum(stage.lasts for stage in plain.stages) // 2)
    )


def _stage(random: Random, planned: list[Planned], ref: str, *, finally_: bool, odd: bool) -> Planned:
    above = [other.ref for other in planned if finally_ or not other.finally_]
    count = min(len(above), random.choice((0, 1, 1, 1, 2, 2, 3)))
    conditions: tuple[Precondition, ...] = ()
    if random.random() < 0.25:
        conditions = tuple(
            Precondition(random.random() < 0.5, random.choice(OVERRIDES)) for _ in range(random.randint(1, 2))
        )
    return Planned(
        ref=ref,
        requisites=tuple(random.sample(above, count)),
        course=random.choices(list(Course), (6, 4, 1))[0],
        options=random.choice(OPTIONS if odd else OPTIONS[:_PLAIN_OPTIONS]),
        preconditions=conditions,
        lasts=random.randint(1, 4),
        finally_=finally_,
        holds=random.choice(HOLDS),
    )


def shrink(scenario: Scenario, differs: Callable[[Scenario], bool]) -> Scenario:
    """Return a scenario that still differs and that no single simplification of ours makes smaller."""
    while smaller := next((s for s in _simpler(scenario) if differs(s)), None):
        scenario = smaller
    return scenario


def _simpler(scenario: Scenario) -> Iterator[Scenario]:
    stages = scenario.stages
    for gone in stages:
        left = (s for s in stages if s is not gone)
        kept = tuple(replace(s, requisites=tuple(r for r in s.requisites if r != gone.ref)) for s in left)
        if kept:
            yield replace(scenario, stages=kept)
    for index, stage in enumerate(stages):
        for simpler in _simpler_stages(stage):
            yield replace(scenario, stages=(*stages[:index], simpler, *stages[index + 1 :]))
    if scenario.together is not Together.ONE_BY_ONE or scenario.backwards:
        yield replace(scenario, together=Together.ONE_BY_ONE, backwards=False)
    if scenario.marked is not None:
        yield replace(scenario, marked=None)


def _simpler_stages(stage: Planned) -> Iterator[Planned]:
    for requisite in stage.requisites:
        yield replace(stage, requisites=tuple(r for r in stage.requisites if r != requisite))
    plain: dict[str, Any] = {
        "course": Course.SUCCEEDS,
        "options": {},
        "preconditions": (),
        "holds": "running",
    }
    for key, value in plain.items():
        if getattr(stage, key) != value:
            yield replace(stage, **{key: value})
    if stage.lasts > 1:
        yield replace(stage, lasts=stage.lasts - 1)
