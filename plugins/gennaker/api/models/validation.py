"""Checks and graphs."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field, model_validator

from gennaker.api.models._base import Answer, Body, Problem
from gennaker.spec.graph import Graph
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import json_path


class SpecBody(Body):
    """A pipeline's JSON, as an object or as the text that somebody typed."""

    spec: dict[str, Any] | None = Field(default=None, description="The pipeline's JSON.")
    text: str | None = Field(
        default=None, description="The same as text: keeps the order of keys, and may be broken."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> SpecBody:
        if (self.spec is None) == (self.text is None):
            raise ValueError("give either `spec` or `text`")
        # Python reads NaN and Infinity, which are not JSON and would be handed on as such.
        json.dumps(self.spec, allow_nan=False)
        return self

    @property
    def source(self) -> str | dict[str, Any]:
        """Return what was given."""
        return self.text if self.text is not None else self.spec or {}


class GraphNode(Answer):
    """A stage in the graph."""

    ref_id: str
    task_id: str = Field(description="Id of the task in Airflow; stays when the stage is renamed.")
    name: str
    type: str
    policy: str = Field(description="What a failure means.", examples=["halt-pipeline"])
    finally_: bool = Field(alias="finally", description="Whether it runs whatever happened before.")
    index: int = Field(description="Place in the list `stages`.")
    problems: list[Problem] = []


class GraphAnswer(Answer):
    """The stages in an order in which they could run, and who waits for whom."""

    nodes: list[GraphNode] = []
    edges: list[tuple[str, str]] = Field(default=[], examples=[[["1", "2"]]])


class Validation(Answer):
    """What would go wrong with a pipeline; the graph is null where the stages make none."""

    problems: list[Problem]
    graph: GraphAnswer | None = None


def graph_of(loaded: LoadedPipeline) -> GraphAnswer | None:
    """Return the graph of a pipeline with the problems of each stage, or None when it has none."""
    if loaded.graph is None:
        return None
    graph: Graph = loaded.graph
    nodes = [
        GraphNode(
            ref_id=node.ref_id,
            task_id=node.task_id,
            name=node.name,
            type=node.type,
            policy=str(node.policy),
            finally_=node.finally_,
            index=node.index,
            problems=_problems_of(loaded, node.index),
        )
        for node in graph.nodes
    ]
    edges = [(requisite, node.ref_id) for node in graph.nodes for requisite in node.requisites]
    return GraphAnswer(nodes=nodes, edges=edges)


def _problems_of(loaded: LoadedPipeline, index: int) -> list[Problem]:
    place = json_path(loaded.base, "stages", index)
    return [
        Problem.of(found)
        for found in loaded.problems
        if found.path == place or found.path.startswith((f"{place}.", f"{place}["))
    ]
