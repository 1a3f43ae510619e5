"""What would go wrong in a run, found before it: each module looks for one kind of mistake."""

from __future__ import annotations

from gennaker.spec.checks import artifacts, expressions, identity, parameters, stages, times, triggers
from gennaker.spec.checks.subject import Subject
from gennaker.spec.problems import SpecProblem

__all__ = ["Subject", "examine"]

_CHECKS = (
    identity.check,
    stages.check,
    parameters.check,
    triggers.check,
    times.check,
    artifacts.check,
    expressions.check,
)


def examine(subject: Subject) -> list[SpecProblem]:
    """Return everything that the checks find."""
    return [found for check in _CHECKS for found in check(subject)]
