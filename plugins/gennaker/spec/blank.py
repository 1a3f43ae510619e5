"""What a new pipeline and a new stage start from: settings that Spinnaker leaves off for old times' sake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {"spelEvaluator": "v4", "limitConcurrent": True, "keepWaitingPipelines": False}
)
"""Expressions are evaluated when their stage starts; one run at a time, and of those that wait the newest."""

STAGE_SETTINGS: Mapping[str, Any] = MappingProxyType({"failOnFailedExpressions": True})
"""An expression that cannot be evaluated fails its stage; Spinnaker would go on with the text."""

_LISTS = ("parameterConfig", "expectedArtifacts", "notifications", "triggers", "stages")


def blank_pipeline(*, application: str | None = None, name: str | None = None) -> dict[str, Any]:
    """Return a new pipeline without stages; the application and the name only where they are given."""
    identity = {"application": application, "name": name}
    return {
        **{key: value for key, value in identity.items() if value is not None},
        **SETTINGS,
        **{key: [] for key in _LISTS},
    }


def blank_stage(kind: str, *, name: str, ref_id: str, after: Sequence[str] = ()) -> dict[str, Any]:
    """Return a new stage of a type; what the type needs is still absent."""
    return {
        "refId": ref_id,
        "requisiteStageRefIds": [*after],
        "type": kind,
        "name": name,
        **STAGE_SETTINGS,
    }
