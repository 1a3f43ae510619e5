"""Find stages of the running execution, judgments and the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.scope import Scope
from gennaker.expr.values import is_map
from gennaker.expr.views import StageView


def _named(scope: Scope, name: Any) -> Iterator[Mapping[str, Any]]:
    return (
        stage
        for stage in scope.execution.stages.all
        if name is not None and str(name) in {stage.get("name"), str(stage.get("id"))}
    )


def _execution_id(scope: Scope) -> str:
    return str(scope.execution.source.get("id"))


@function("stage")
def stage(scope: Scope, name: Any) -> StageView:
    """Return the first stage with a name or id."""
    found = next(_named(scope, name), None)
    if found is None:
        raise Fault(f"Unable to locate [{name}] using #stage({name}) in execution {_execution_id(scope)}")
    return scope.stage_view(found)


@function("stageByRefId")
def stage_by_ref_id(scope: Scope, ref_id: Any) -> StageView:
    """Return the stage with a refId."""
    stages = scope.execution.stages.all
    found = next((one for one in stages if ref_id is not None and str(one.get("refId")) == str(ref_id)), None)
    if found is None:
        raise Fault(
            f"Unable to locate [{ref_id}] using #stageByRefId({ref_id}) in execution {_execution_id(scope)}"
        )
    return scope.stage_view(found)


@function("stageExists")
def stage_exists(scope: Scope, name: Any) -> bool:
    """Tell whether a stage with a name or id exists."""
    return next(_named(scope, name), None) is not None


@function("currentStage")
def current_stage(scope: Scope) -> StageView:
    """Return the stage that is being evaluated."""
    found = scope.execution and scope.root.current
    if found is None:
        raise Fault(f"No stage found with id '{scope.root.stage}'", hint="there is no current stage here")
    return scope.stage_view(found)


@function("judgment", "judgement")
def judgment(scope: Scope, name: Any) -> Any:
    """Return the answer given in the manual judgment of a name."""
    for found in scope.execution.stages.all:
        if name is None or found.get("name") != name or found.get("type") != "manualJudgment":
            continue
        context = found.get("context")
        if is_map(context) and (answer := context.get("judgmentInput")) is not None:
            return answer
    raise Fault(
        f"Unable to locate manual Judgment stage [{name}] using #judgment({name}) in execution "
        f"{_execution_id(scope)}. Stage doesn't exist or doesn't contain judgmentInput in its context"
    )


@function("currentUser")
def current_user(scope: Scope) -> str:
    """Return who runs the execution."""
    for holder in (scope.execution.source.get("authentication"), scope.root.get("trigger")):
        if is_map(holder) and holder.get("user"):
            return str(holder["user"])
    return "anonymous"
