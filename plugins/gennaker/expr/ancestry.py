"""Find an execution's stages, and walk from a stage to the ones before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from gennaker.expr.values import is_list, is_map

# Orca writes the id of a synthetic stage's parent; executions written by hand name its refId.
_PARENT_KEYS = ("parentStageId", "parent")


class Stages:
    """Find an execution's stages by refId or id, and the ones before a stage."""

    def __init__(self, execution: Mapping[str, Any]) -> None:
        self._execution = execution

    @property
    def all(self) -> Sequence[Mapping[str, Any]]:
        """Return every stage, untouched."""
        stages = self._execution.get("stages")
        return stages if is_list(stages) else ()

    @cached_property
    def _by_key(self) -> dict[str, Mapping[str, Any]]:
        index: dict[str, Mapping[str, Any]] = {}
        for key in ("refId", "id"):
            for stage in self.all:
                if (value := stage.get(key)) is not None:
                    index.setdefault(str(value), stage)
        return index

    def find(self, key: object) -> Mapping[str, Any] | None:
        """Return the stage with this refId or, failing that, this id."""
        return self._by_key.get(str(key))

    def before(self, stage: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the stages that come before one, nearest first."""
        seen = {id(stage)}
        waiting = deque(self._requisites(stage))
        while waiting:
            earlier = waiting.popleft()
            if id(earlier) not in seen:
                seen.add(id(earlier))
                yield earlier
                waiting.extend(self._requisites(earlier))

    def _requisites(self, stage: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        keys = list(stage.get("requisiteStageRefIds") or ())
        keys += [parent for name in _PARENT_KEYS if (parent := stage.get(name)) is not None]
        for key in keys:
            if (found := self.find(key)) is not None:
                yield found

    def output_before(self, stage: Mapping[str, Any], key: str) -> Any:
        """Return an output of the nearest earlier stage that has it, or raise KeyError."""
        for earlier in self.before(stage):
            outputs = earlier.get("outputs")
            if is_map(outputs) and key in outputs:
                return outputs[key]
        raise KeyError(key)
