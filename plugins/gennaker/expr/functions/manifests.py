"""Read labels of manifests that a stage deployed."""

from __future__ import annotations

from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.scope import Scope
from gennaker.expr.values import is_list, is_map
from gennaker.expr.views import status_of


@function("manifestLabelValue")
def manifest_label_value(scope: Scope, stage_name: Any, kind: Any, label: Any) -> Any:
    """Return a label of the pod template that a stage deployed."""
    if kind not in ("Deployment", "ReplicaSet"):
        raise Fault("Only Deployments and ReplicaSets are valid kinds for this function")
    if label is None:
        raise Fault("A labelKey is required for this function")
    for manifest in _manifests(scope, stage_name):
        if is_map(manifest) and manifest.get("kind") == kind:
            labels = _dig(manifest, "spec", "template", "metadata", "labels")
            if not is_map(labels) or label not in labels:
                raise Fault(
                    "No label of specified key found on matching manifest spec.template.metadata.labels"
                )
            return labels[label]
    raise Fault(f"No manifest of kind {kind} could be found on the context of the specified stage")


def _manifests(scope: Scope, name: Any) -> Any:
    for stage in scope.execution.stages.all:
        if (
            stage.get("name") == name
            and stage.get("type") == "deployManifest"
            and status_of(stage) == "SUCCEEDED"
        ):
            context = stage.get("context")
            manifests = context.get("outputs.manifests") if is_map(context) else None
            if not is_list(manifests) or not manifests:
                raise Fault("No manifest could be found in the context of the specified stage")
            return manifests
    raise Fault("A valid Deploy Manifest stage name is required for this function")


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if is_map(value) else None
    return value
