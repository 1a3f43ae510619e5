"""Every model of a pipeline, under one name."""

from __future__ import annotations

from gennaker.spec.artifact import Artifact, ExpectedArtifact
from gennaker.spec.base import SpecModel
from gennaker.spec.notification import Notification
from gennaker.spec.parameter import Parameter, ParameterCondition, ParameterOption, ParameterType
from gennaker.spec.pipeline import Locked, ManualStartAlert, Pipeline, Rollback
from gennaker.spec.stage import FailurePolicy, Retries, StageEnabled, StageEnvelope
from gennaker.spec.trigger import TriggerEnvelope
from gennaker.spec.window import ExecutionWindow, Jitter, TimeRange

__all__ = [
    "Artifact",
    "ExecutionWindow",
    "ExpectedArtifact",
    "FailurePolicy",
    "Jitter",
    "Locked",
    "ManualStartAlert",
    "Notification",
    "Parameter",
    "ParameterCondition",
    "ParameterOption",
    "ParameterType",
    "Pipeline",
    "Retries",
    "Rollback",
    "SpecModel",
    "StageEnabled",
    "StageEnvelope",
    "TimeRange",
    "TriggerEnvelope",
]
