"""Examples are files of ``pipeline_specs/examples``: shown as they are, and as the graph that they become."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from gennaker.catalog import load
from gennaker.compiler.semantics import VERDICT_TASK, awaited, needs_verdict
from gennaker.errors import NotFound
from gennaker.spec.graph import Graph, Node
from gennaker.spec.model import Pipeline
from gennaker.stages._base import Stage

FOLDER = Path("pipeline_specs/examples")


def example_name(kind: str) -> str:
    """Return the name of the example of a stage type: ``checkPreconditions`` → ``check-preconditions``."""
    return "unsupported" if kind == "*" else re.sub(r"(?<!^)(?=[A-Z])", "-", kind).replace(".", "-").lower()


def block(root: Path, name: str) -> str:
    """Return an example as a block of JSON."""
    return f"```json\n{_file(root, name).read_text(encoding='utf-8').strip()}\n```"


def link(name: str, *, up: str) -> str:
    """Return a link to an example's file; ``up`` leads to the root of the repository."""
    return f"[{FOLDER.name}/{name}.json]({up}{FOLDER.as_posix()}/{name}.json)"


def diagram(root: Path, name: str) -> str:
    """Return the tasks of an example and their order, as a Mermaid flow chart."""
    loaded = load(_file(root, name).read_bytes())
    loaded.raise_for_errors()
    graph, pipeline = cast(Graph, loaded.graph), cast(Pipeline, loaded.pipeline)
    stages = {node.ref_id: cast(Stage, pipeline.stages[node.index]) for node in graph.nodes}
    lines = [*_nodes(graph), *_edges(graph)]
    if needs_verdict(graph, stages):
        judged = (f"  {_id(leaf)} -.-> {VERDICT_TASK}" for leaf in _last(graph))
        lines += [f'  {VERDICT_TASK}{{{{"{VERDICT_TASK}"}}}}', *judged]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


def _nodes(graph: Graph) -> Iterator[str]:
    for node in graph.nodes:
        shape = ("([", "])") if node.finally_ else ("[", "]")
        yield f'  {_id(node)}{shape[0]}"{_label(node)}"{shape[1]}'


def _edges(graph: Graph) -> Iterator[str]:
    for node in graph.nodes:
        for other in awaited(graph, node):
            yield f"  {_id(graph[other])} --> {_id(node)}"


def _last(graph: Graph) -> list[Node]:
    """Return the stages that no other one waits for."""
    waited_for = {ref_id for node in graph.nodes for ref_id in awaited(graph, node)}
    return [node for node in graph.nodes if node.ref_id not in waited_for]


def _id(node: Node) -> str:
    return f"s{node.index + 1}"


def _label(node: Node) -> str:
    name = node.name.replace('"', "'")
    return f"{name}<br/><small>{node.task_id} · {node.type}</small>"


def _file(root: Path, name: str) -> Path:
    path = root / FOLDER / f"{name}.json"
    if not path.is_file():
        raise NotFound(f"there is no example {path}", hint="write one, or correct the name")
    return path
