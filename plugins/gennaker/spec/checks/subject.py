"""What a check looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from gennaker.spec.graph import Graph, Node
from gennaker.spec.pipeline import Pipeline
from gennaker.spec.problems import SpecProblem, json_path, problem
from gennaker.spec.stage import StageEnvelope
from gennaker.spec.trigger import TriggerEnvelope
from gennaker.spec.types import has_expression


class StageView(NamedTuple):
    """One stage: where it is, its JSON and its model."""

    path: str
    raw: Mapping[str, Any]
    model: StageEnvelope
    place: int

    def problem(self, code: str, *steps: str | int, message: str) -> SpecProblem:
        """Return a problem at a place below the stage."""
        return problem(code, path=json_path(self.path, *steps), message=message, stage=self.model.name)


class TriggerView(NamedTuple):
    """One trigger: where it is, its JSON and its model."""

    path: str
    raw: Mapping[str, Any]
    model: TriggerEnvelope


@dataclass(frozen=True)
class Subject:
    """A loaded pipeline, as JSON and as models."""

    spec: Mapping[str, Any]
    base: str
    pipeline: Pipeline
    graph: Graph | None
    models: Mapping[str, type[StageEnvelope]]
    partial: bool = False
    """Whether other stages may join: a template's are not all of them."""

    def path(self, *steps: str | int) -> str:
        """Return the JSON path of a place in the pipeline."""
        return json_path(self.base, *steps)

    @cached_property
    def stages(self) -> tuple[StageView, ...]:
        """Return the stages that are objects."""
        given = self._objects("stages")
        return tuple(
            StageView(path, raw, model, index)
            for index, ((path, raw), model) in enumerate(zip(given, self.pipeline.stages, strict=False))
        )

    @cached_property
    def _nodes(self) -> Mapping[int, Node]:
        return {node.index: node for node in self.graph.nodes} if self.graph else {}

    @cached_property
    def open_names(self) -> bool:
        """Return whether there may be stages of other names: computed ones, or stages that join later."""
        return self.partial or any(has_expression(stage.model.name) for stage in self.stages)

    def node(self, stage: StageView) -> Node:
        """Return a stage's place in the graph; there is one wherever there is a graph."""
        return self._nodes[stage.place]

    @cached_property
    def triggers(self) -> tuple[TriggerView, ...]:
        """Return the triggers that are objects."""
        given = self._objects("triggers")
        return tuple(
            TriggerView(path, raw, model)
            for (path, raw), model in zip(given, self.pipeline.triggers, strict=False)
        )

    def _objects(self, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        given = self.spec.get(key)
        for index, raw in enumerate(given if isinstance(given, list | tuple) else ()):
            if isinstance(raw, Mapping):
                yield self.path(key, index), raw
