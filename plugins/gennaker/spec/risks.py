"""
What may go wrong because of a change that nobody would notice in a diff.

A risk is not an error: it is what a reviewer should look at. Values that are computed when a run starts
(``${ }``) cannot be compared; a change of one counts where it might be the worse.

==============================  ==========================================================================
class                           given where
==============================  ==========================================================================
``approval-removed``            a judgment is gone or of another type; a stage no longer waits for one; a
                                new stage does unasked what every stage of its type was asked for
``approval-weakened``           more people may judge, fewer must agree, in any order, or whoever started
                                the run; a judgment may be skipped, ignored, or succeeds when time is up
``failure-ignored``             a failure halts less than before; running out of time is a success; an
                                expression that fails, or a precondition, no longer fails the stage
``condition-removed``           ``stageEnabled`` or a precondition is gone or another; a stage no longer
                                waits for a ``checkPreconditions`` stage
``window-removed``              the execution window is off, or has other days, hours or another zone
``rollback-removed``            ``rollback.onFailure`` is off; a stage that undoes a deployment is gone
``target-changed``              another account, namespace, cluster, region, application, child pipeline,
                                job, operator or connection
``strategy-changed``            another deployment strategy or other traffic management
``traffic-guard-removed``       what serves traffic may be deleted or shrunk; fewer instances must be
                                healthy or must stay
``url-changed``                 a stage calls another address
``trigger-added``               the pipeline now starts by itself: a trigger is new, or switched on
``trigger-changed``             a trigger that is on starts it at other times or for other events
``trigger-constraint-removed``  a constraint, a secret or a needed artifact of a trigger is gone or another
``parallel-allowed``            more runs at a time than before
``access-changed``              it acts for another account, or other people or projects may use it
``secret-exposed``              a parameter is no longer of type ``secret``
==============================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gennaker.spec.changes import Change
from gennaker.spec.differences import Steps
from gennaker.spec.risk import Risk
from gennaker.spec.stage_pairs import StagePairs
from gennaker.spec.stage_risks import rollback_is_off, stage_risks
from gennaker.spec.trigger_risks import trigger_risks

__all__ = ["RISKS", "Risk", "risks_of"]

RISKS = (
    "approval-removed",
    "approval-weakened",
    "failure-ignored",
    "condition-removed",
    "window-removed",
    "rollback-removed",
    "target-changed",
    "strategy-changed",
    "traffic-guard-removed",
    "url-changed",
    "trigger-added",
    "trigger-changed",
    "trigger-constraint-removed",
    "parallel-allowed",
    "access-changed",
    "secret-exposed",
)
"""The classes, the gravest first: this is the order of a comparison's risks, too."""

_ACCESS = {
    "roles": "other roles may edit the pipeline",
    "relationProjects": "other projects may use the pipeline",
    "serviceAccount": "runs act for another account",
}


def risks_of(
    before: Mapping[str, Any], after: Mapping[str, Any], pairs: StagePairs, changes: Sequence[Change]
) -> list[Risk]:
    """Return what a change may break, the gravest first; each place once for each class."""
    found = [
        *stage_risks(pairs, changes),
        *trigger_risks(before, after),
        *_parallel(before, after),
        *_of_pipeline(before, after, changes),
    ]
    once: dict[tuple[str, Steps, bool], Risk] = {}
    for risk in found:
        once.setdefault((risk.kind, risk.steps, risk.gone), risk)
    return sorted(once.values(), key=lambda risk: RISKS.index(risk.kind))


def _parallel(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Risk]:
    old, new = _at_once(before), _at_once(after)
    if new > old:
        key = "limitConcurrent" if before.get("limitConcurrent") is True else "maxConcurrentExecutions"
        place: Steps = (key,)
        many = "any number of runs" if new == float("inf") else f"{new:g} runs"
        yield Risk("parallel-allowed", f"{many} may be under way at a time", place, gone=key not in after)


def _at_once(pipeline: Mapping[str, Any]) -> float:
    if pipeline.get("limitConcurrent") is True:
        return 1
    try:
        limit = float(pipeline.get("maxConcurrentExecutions") or 0)
    except (TypeError, ValueError):
        return float("inf")
    return limit if limit > 0 else float("inf")


def _of_pipeline(
    before: Mapping[str, Any], after: Mapping[str, Any], changes: Sequence[Change]
) -> Iterator[Risk]:
    for change in changes:
        steps = change.new or change.old or ()
        first = steps[0] if steps else ""
        gone = change.new is None
        if first in _ACCESS:
            yield Risk("access-changed", _ACCESS[str(first)], steps, gone=gone)
        elif first == "rollback" and rollback_is_off(change):
            yield Risk("rollback-removed", "a failed run is no longer undone", steps, gone=gone)
        elif first == "parameterConfig" and steps[2:] == ("type",) and change.before == "secret":
            yield Risk("secret-exposed", "the parameter's value is shown in clear", steps, gone=gone)
