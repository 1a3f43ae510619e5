"""Read what the user assumes of a run: parameters, trigger, outcomes, judgments, outputs, durations."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from gennaker.cli._files import as_object, read_object
from gennaker.errors import GennakerError
from gennaker.spec.graph import Graph

#: FAILED and CANCELED are what the work gives; the stage's failure option makes a status of them.
OUTCOMES = (
    "SUCCEEDED",
    "FAILED",
    "CANCELED",
    "SKIPPED",
    "TERMINAL",
    "STOPPED",
    "FAILED_CONTINUE",
)


@dataclass(frozen=True)
class Assumptions:
    """What is assumed; stages are named by refId."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    trigger: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    judgments: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    durations: Mapping[str, float] = field(default_factory=dict)
    granted: frozenset[str] = frozenset()
    """Stages of unknown types whose success nobody asked for by name."""


def read_assumptions(
    arguments: argparse.Namespace, graph: Graph, *, unknown: Collection[str] = ()
) -> Assumptions:
    """
    Return the assumptions of a command line; raise where one makes no sense.

    :param unknown: refIds of the stages of unknown types.
    """
    trigger = _trigger(read_object(arguments.trigger, "--trigger"))
    supplied = trigger.get("parameters")
    parameters = dict(supplied) if isinstance(supplied, Mapping) else {}
    outcomes = {
        ref: _outcome(value)
        for name, value in _pairs(arguments.outcome, "--outcome")
        for ref in _stages(name, graph)
    }
    granted = frozenset(unknown if arguments.unknown_succeed else ()) - outcomes.keys()
    return Assumptions(
        parameters=parameters | dict(_pairs(arguments.param, "--param")),
        trigger=trigger,
        outcomes={**dict.fromkeys(granted, "SUCCEEDED"), **outcomes},
        granted=granted,
        judgments={
            ref: v for name, v in _pairs(arguments.judge, "--judge") for ref in _judgments(name, graph)
        },
        outputs={
            ref: as_object(value, f"--outputs: {name}")
            for name, value in read_object(arguments.outputs, "--outputs").items()
            for ref in _stages(name, graph)
        },
        durations={
            ref: _seconds(value)
            for name, value in _pairs(arguments.duration, "--duration")
            for ref in _stages(name, graph)
        },
    )


def _pairs(texts: Sequence[str], option: str) -> list[tuple[str, str]]:
    found = []
    for text in texts:
        # Stage names may hold "=", statuses and numbers never do; a parameter's value may, its name does not.
        name, sign, value = text.partition("=") if option in ("--param", "--judge") else text.rpartition("=")
        if not sign or not name.strip():
            raise GennakerError(f"{option}: got {text!r}, expected NAME=VALUE")
        found.append((name.strip(), value))
    return found


def _stages(name: str, graph: Graph) -> list[str]:
    """Return the refIds that a name means: a refId itself, else every stage that is called so."""
    if name in graph:
        return [name]
    found = [node.ref_id for node in graph.nodes if node.name == name]
    if not found:
        names = [node.name for node in graph.nodes]
        close = get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(dict.fromkeys(names))}"
        raise GennakerError(f"no stage has the name or refId {name!r}", hint=hint)
    return found


def _judgments(name: str, graph: Graph) -> list[str]:
    found = [ref for ref in _stages(name, graph) if graph[ref].type == "manualJudgment"]
    if not found:
        raise GennakerError(f"--judge: stage {name!r} is no manual judgment")
    return found


def _outcome(text: str) -> str:
    wanted = text.strip().upper()
    if wanted not in OUTCOMES:
        raise GennakerError(f"--outcome: got {text!r}, expected one of {', '.join(OUTCOMES)}")
    return wanted


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        raise GennakerError(f"--duration: got {text!r}, expected seconds") from None


def _trigger(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trigger; an object without a type is what a webhook was sent."""
    if not given or isinstance(given.get("type"), str):
        return dict(given)
    brought = {key: given[key] for key in ("parameters", "artifacts") if key in given}
    return {"type": "webhook", "payload": dict(given), **brought}
