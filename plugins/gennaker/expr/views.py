"""
Show the mappings of an execution and its stages as the beans that expressions expect.

Reading a property touches only the keys it needs: the first access to a stage's status, context or
outputs may load them over the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gennaker.expr.ancestry import Stages
from gennaker.expr.faults import Fault, did_you_mean
from gennaker.expr.values import ListValue, Status, View, is_map

SUCCESSFUL = frozenset({"SUCCEEDED", "STOPPED", "SKIPPED"})
FAILED = frozenset({"TERMINAL", "STOPPED", "FAILED_CONTINUE"})
HALTED = frozenset({"TERMINAL", "CANCELED", "STOPPED"})
COMPLETE = frozenset({"SUCCEEDED", "FAILED_CONTINUE", "SKIPPED"}) | HALTED

_STAGE_NAMES = frozenset({
    "id", "refId", "type", "name", "startTime", "endTime", "startTimeExpiry", "scheduledTime", "context",
    "outputs", "tasks", "requisiteStageRefIds", "syntheticStageOwner", "parentStageId", "lastModified",
    "additionalMetricTags",
})  # fmt: skip
_EXECUTION_NAMES = frozenset({
    "id", "rootId", "type", "application", "name", "buildTime", "canceled", "canceledBy", "description",
    "cancellationReason", "limitConcurrent", "maxConcurrentExecutions", "keepWaitingPipelines", "context",
    "stages", "startTime", "endTime", "startTimeExpiry", "authentication", "paused", "origin", "trigger",
    "pipelineConfigId", "source", "notifications", "initialConfig", "systemNotifications", "spelEvaluator",
    "templateVariables", "partition", "parameters",
})  # fmt: skip


def status_of(source: Mapping[str, Any]) -> Status | None:
    """Return the status of a stage or an execution; whatever has not run yet says so."""
    value = source.get("status")
    return Status("NOT_STARTED" if value is None else str(value))


class StageView(View):
    """A stage as ``#stage('name')`` and ``execution.stages`` return it."""

    __slots__ = ("_stages",)

    def __init__(self, source: Mapping[str, Any], stages: Stages) -> None:
        super().__init__(source)
        self._stages = stages

    def read(self, name: str) -> Any:
        """Return a property, or raise when a stage has none of that name."""
        if (computed := _STAGE_COMPUTED.get(name)) is not None:
            return computed(self)
        if name in _STAGE_NAMES:
            return self.source.get(name)
        if name in self.source:
            return self.source[name]
        raise _unknown("stage", name, _STAGE_NAMES | _STAGE_COMPUTED.keys())

    @property
    def context(self) -> Mapping[str, Any]:
        """Return the stage's context, which falls back to the outputs of the stages before it."""
        return StageData(self, "context")

    def output_before(self, key: str) -> Any:
        """Return an output of an earlier stage, or raise KeyError."""
        return self._stages.output_before(self.source, key)


class StageData(Mapping[str, Any]):
    """A stage's context: its own keys, and for a missing one the nearest earlier stage's output."""

    __slots__ = ("_stage", "own")

    def __init__(self, stage: StageView, key: str) -> None:
        self._stage = stage
        found = stage.source.get(key)
        self.own: Mapping[str, Any] = found if is_map(found) else {}

    def __getitem__(self, key: str) -> Any:
        return self.own[key] if key in self.own else self._stage.output_before(key)

    def __contains__(self, key: object) -> bool:
        return key in self.own

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)


class ExecutionView(View):
    """The execution as ``execution`` shows it."""

    __slots__ = ("stages",)

    def __init__(self, source: Mapping[str, Any], stages: Stages) -> None:
        super().__init__(source)
        self.stages = stages

    def read(self, name: str) -> Any:
        """Return a property, or raise when an execution has none of that name."""
        if name == "stages":
            return ListValue(StageView(stage, self.stages) for stage in self.stages.all)
        if name == "status":
            return status_of(self.source)
        if name in _EXECUTION_NAMES:
            return self.source.get(name)
        if name in self.source:
            return self.source[name]
        raise _unknown("execution", name, _EXECUTION_NAMES)


_STAGE_COMPUTED: dict[str, Callable[[StageView], Any]] = {
    "status": lambda stage: status_of(stage.source),
    "context": lambda stage: stage.context,
    "outputs": lambda stage: stage.source.get("outputs") or {},
    "hasSucceeded": lambda stage: status_of(stage.source) == "SUCCEEDED",
    "hasFailed": lambda stage: status_of(stage.source) == "TERMINAL",
}


def _unknown(kind: str, name: str, known: Any) -> Fault:
    return Fault(f"A {kind} has no property {name!r}", hint=did_you_mean(name, sorted(known)))
