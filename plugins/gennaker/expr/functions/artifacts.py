"""Find the artifacts that the trigger or a stage resolved."""

from __future__ import annotations

from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.scope import Scope
from gennaker.expr.values import ListValue, is_list, is_map


def _trigger_artifact(scope: Scope, key: str, wanted: Any) -> Any:
    execution = scope.root.execution or {}
    trigger = scope.root.get("trigger") or execution.get("trigger")
    expected = trigger.get("resolvedExpectedArtifacts") if is_map(trigger) else None
    for one in expected if is_list(expected) else ():
        bound = one.get("boundArtifact") if is_map(one) else None
        if is_map(bound) and wanted is not None and bound.get(key) == wanted:
            return bound
    raise Fault(f"Unable to locate resolved artifact {wanted} in trigger execution {execution.get('id')}.")


@function("triggerResolvedArtifact")
def trigger_resolved_artifact(scope: Scope, name: Any) -> Any:
    """Return the artifact of a name that the trigger resolved."""
    return _trigger_artifact(scope, "name", name)


@function("triggerResolvedArtifactByType")
def trigger_resolved_artifact_by_type(scope: Scope, kind: Any) -> Any:
    """Return the artifact of a type that the trigger resolved."""
    return _trigger_artifact(scope, "type", kind)


@function("resolvedArtifacts")
def resolved_artifacts(scope: Scope) -> ListValue:
    """Return the artifacts of every stage's outputs."""
    found = ListValue()
    for stage in scope.execution.stages.all:
        outputs = stage.get("outputs")
        artifacts = outputs.get("artifacts") if is_map(outputs) else None
        if is_list(artifacts):
            scope.budget.grow(len(artifacts))
            found.extend(artifacts)
    return found
