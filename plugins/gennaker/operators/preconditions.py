"""The work of `checkPreconditions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gennaker.errors import ExpressionError
from gennaker.operators._base import StageOperator
from gennaker.operators._conditions import value_of
from gennaker.operators._outcome import FAILURE_STATUS, Result, Status, failure
from gennaker.operators._run import StageRun
from gennaker.spec.model import FailurePolicy


class CheckPreconditionsOperator(StageOperator):
    """Check every precondition; the worst failure decides."""

    computes = True
    raw_keys = frozenset({"preconditions"})

    def work(self, run: StageRun) -> Result:
        """Return success if all hold."""
        checked: list[dict[str, Any]] = []
        failed: list[tuple[FailurePolicy, str]] = []
        for precondition in self.raw.get("preconditions") or ():
            message, detail = self._check(run, precondition)
            checked.append({**precondition, **detail, "holds": message is None})
            if message is not None:
                failed.append((self._policy(precondition), message))
        context = {"preconditions": checked}
        if not failed:
            return Result(context=context)
        worst = min((policy for policy, _ in failed), key=_SEVERITY.index)
        message = next(text for policy, text in failed if policy is worst)
        # A failure that would end the pipeline is subject to the stage's own option once more, as Orca's
        # parent stage is; a weaker one stands as it is.
        policy = self.node.policy if FAILURE_STATUS[worst] is Status.TERMINAL else worst
        return failure(message, context=context, policy=policy)

    def _policy(self, precondition: Mapping[str, Any]) -> FailurePolicy:
        own = precondition.get("failPipeline")
        if own is None or self.node.policy is FailurePolicy.IGNORE:
            return self.node.policy
        if own is True:
            return FailurePolicy.HALT_PIPELINE
        if self.raw.get("completeOtherBranchesThenFail") is True:
            return FailurePolicy.HALT_BRANCH_THEN_FAIL
        return FailurePolicy.HALT_BRANCH

    def _check(self, run: StageRun, precondition: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
        """Return why a precondition does not hold (None if it does), and what was seen."""
        kind = str(precondition.get("type") or precondition.get("preconditionType") or "")
        check = _CHECKS.get(kind)
        if check is None:
            known = ", ".join(sorted(_CHECKS))
            return f"precondition of type {kind!r} is not supported; supported are {known}", {}
        context = precondition.get("context")
        return check(run, context if isinstance(context, Mapping) else precondition)


#: Worst first.
_SEVERITY = (
    FailurePolicy.HALT_PIPELINE,
    FailurePolicy.HALT_BRANCH_THEN_FAIL,
    FailurePolicy.HALT_BRANCH,
    FailurePolicy.IGNORE,
)


def _expression(run: StageRun, context: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    expression = str(context.get("expression", ""))
    try:
        value = value_of(expression, run)
    except ExpressionError as error:
        return f"the expression {expression!r} could not be evaluated: {error}", {}
    seen = {"expressionResult": str(value).lower() if isinstance(value, bool) else str(value)}
    if seen["expressionResult"].lower() == "true":
        return None, seen
    message = context.get("failureMessage")
    told = (
        run.evaluate(message).value if message else f"the expression {expression!r} gave {value!r}, not true"
    )
    return str(told), seen


def _stage_status(run: StageRun, context: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    name, wanted = str(context.get("stageName", "")), str(context.get("stageStatus", ""))
    stage = next((s for s in run.execution["stages"] if s["name"] == name), None)
    if stage is None:
        return f"there is no stage named {name!r}", {}
    actual = stage["status"]
    if actual == wanted:
        return None, {"actualStatus": actual}
    return f"stage {name!r} is {actual}, expected {wanted}", {"actualStatus": actual}


_CHECKS: Mapping[str, Callable[[StageRun, Mapping[str, Any]], tuple[str | None, dict[str, Any]]]] = {
    "expression": _expression,
    "stageStatus": _stage_status,
}
