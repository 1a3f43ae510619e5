"""What every task of a run knows of its pipeline; built once by the compiler and shared by all stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gennaker.spec.graph import Graph, Node


class Directory(Protocol):
    """Where pipelines are looked up by name or id."""

    def dag_id(self, application: str, pipeline: str) -> str | None:
        """Return the DAG of a pipeline, given its id or its name; None where there is none."""

    def pipeline_id(self, name: str, application: str) -> str | None:
        """Return the id of the pipeline with a name."""


class EmptyDirectory:
    """A directory without pipelines, for checks that look at one file alone."""

    def dag_id(self, application: str, pipeline: str) -> str | None:
        """Return None: nothing is known."""
        return None

    def pipeline_id(self, name: str, application: str) -> str | None:
        """Return None: nothing is known."""
        return None


@dataclass(frozen=True)
class PipelineInfo:
    """
    A compiled pipeline.

    :ivar stages: the stages' JSON as it was written, in list order.
    :ivar parameters: the pipeline's ``parameterConfig``.
    :ivar application: where the pipeline lives; also the default application of child pipelines.
    :ivar revision: what was compiled, and ``sequence`` its publication; None in the files-only mode.
    """

    application: str
    name: str
    id: str
    dag_id: str
    graph: Graph
    stages: Sequence[Mapping[str, Any]]
    parameters: Sequence[Mapping[str, Any]] = ()
    template_variables: Mapping[str, Any] = field(default_factory=dict)
    directory: Directory = field(default_factory=EmptyDirectory)
    revision: int | None = None
    sequence: int | None = None

    def in_list_order(self) -> Iterator[tuple[Node, Mapping[str, Any]]]:
        """Yield each stage with its JSON, in the order in which they were written."""
        for node in sorted(self.graph.nodes, key=lambda node: node.index):
            yield node, self.stages[node.index]
