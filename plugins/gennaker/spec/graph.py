"""
Turn a list of stages into a graph: who waits for whom, and what a failure means.

The compiler, the expression context and the checks all ask the same :class:`Graph`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush

from gennaker.spec.naming import numbered, task_ids
from gennaker.spec.problems import SpecProblem, json_path, problem
from gennaker.spec.stage import FailurePolicy, StageEnvelope


@dataclass(frozen=True, slots=True)
class Node:
    """One stage in the graph."""

    ref_id: str
    task_id: str
    name: str
    type: str
    index: int
    requisites: tuple[str, ...]
    policy: FailurePolicy
    finally_: bool


@dataclass(frozen=True)
class Graph:
    """The stages in an order in which they could run, list order wherever it is free."""

    nodes: tuple[Node, ...]

    @cached_property
    def _by_ref_id(self) -> Mapping[str, Node]:
        return {node.ref_id: node for node in self.nodes}

    @cached_property
    def _downstream(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {node.ref_id: [] for node in self.nodes}
        for node in sorted(self.nodes, key=lambda node: node.index):
            for requisite in node.requisites:
                found[requisite].append(node.ref_id)
        return {ref_id: tuple(followers) for ref_id, followers in found.items()}

    def __getitem__(self, ref_id: str) -> Node:
        return self._by_ref_id[ref_id]

    def __contains__(self, ref_id: object) -> bool:
        return ref_id in self._by_ref_id

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def roots(self) -> tuple[Node, ...]:
        """Return the stages that wait for nothing."""
        return tuple(node for node in self.nodes if not node.requisites)

    @property
    def leaves(self) -> tuple[Node, ...]:
        """Return the stages that nothing waits for."""
        return tuple(node for node in self.nodes if not self._downstream[node.ref_id])

    def followers(self, ref_id: str) -> tuple[str, ...]:
        """Return the refIds of the stages that wait for this one, in list order."""
        return self._downstream[ref_id]

    def ancestors(self, ref_id: str) -> tuple[str, ...]:
        """Return every stage that must end before this one, nearest first, list order among equals."""
        return self._reach(ref_id, {node.ref_id: node.requisites for node in self.nodes})

    def descendants(self, ref_id: str) -> frozenset[str]:
        """Return every stage that waits for this one, directly or not."""
        return frozenset(self._reach(ref_id, self._downstream))

    def _reach(self, start: str, links: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        seen = {start: None}
        level: Iterable[str] = (start,)
        while level:
            step = {other for ref_id in level for other in links[ref_id]} - seen.keys()
            level = sorted(step, key=lambda ref_id: self._by_ref_id[ref_id].index)
            seen.update(dict.fromkeys(level))
        return tuple(seen)[1:]


def build_graph(
    stages: Sequence[StageEnvelope], *, base: str = "$"
) -> tuple[Graph | None, tuple[SpecProblem, ...]]:
    """
    Return the graph of stages, or the problems that leave none.

    Where no stage has a refId they run one after the other, as in Orca.

    :param base: JSON path of the pipeline, for the problems.
    """
    nodes = _nodes(stages)
    problems = [*_missing(stages, base), *_duplicates(nodes, base), *_bad_links(nodes, base)]
    if any(found.severity == "error" for found in problems):
        return None, tuple(problems)
    ordered = _topological(nodes)
    if len(ordered) < len(nodes):
        return None, (*problems, _cycle(nodes, {node.ref_id for node in ordered}, base))
    graph = Graph(nodes=tuple(ordered))
    return graph, (*problems, *_late_finally(graph, base))


def _nodes(stages: Sequence[StageEnvelope]) -> list[Node]:
    names = ref_ids(stages)
    tasks = task_ids(names)
    linear = not any(stage.ref_id for stage in stages)
    nodes = []
    for index, (stage, ref_id) in enumerate(zip(stages, names, strict=True)):
        requisites = names[max(index - 1, 0) : index] if linear else stage.requisite_stage_ref_ids
        nodes.append(
            Node(
                ref_id=ref_id,
                task_id=tasks[ref_id],
                name=stage.name,
                type=stage.type,
                index=index,
                requisites=tuple(dict.fromkeys(requisites)),
                policy=stage.policy,
                finally_=stage.finally_,
            )
        )
    return nodes


def ref_ids(stages: Sequence[StageEnvelope]) -> list[str]:
    """Return each stage's refId; one that has none gets its place in the list, or the next free number."""
    return numbered([stage.ref_id for stage in stages])


def _missing(stages: Sequence[StageEnvelope], base: str) -> Iterable[SpecProblem]:
    if not any(stage.ref_id for stage in stages):
        return
    for index, stage in enumerate(stages):
        if not stage.ref_id:
            path = json_path(base, "stages", index, "refId")
            yield problem("missing-ref-id", path=path, message="refId is absent", stage=stage.name)


def _duplicates(nodes: Sequence[Node], base: str) -> Iterable[SpecProblem]:
    first: dict[str, Node] = {}
    for node in nodes:
        other = first.setdefault(node.ref_id, node)
        if other is not node:
            yield problem(
                "duplicate-ref-id",
                path=json_path(base, "stages", node.index, "refId"),
                message=f"refId '{node.ref_id}' is already that of stages[{other.index}] '{other.name}'",
                stage=node.name,
            )


def _bad_links(nodes: Sequence[Node], base: str) -> Iterable[SpecProblem]:
    known = {node.ref_id for node in nodes}
    for node in nodes:
        if known.issuperset(node.requisites) and node.ref_id not in node.requisites:
            continue
        for requisite in node.requisites:
            path = json_path(base, "stages", node.index, "requisiteStageRefIds")
            if requisite == node.ref_id:
                message = f"stage '{node.ref_id}' waits for itself"
                yield problem("self-reference", path=path, message=message, stage=node.name)
            elif requisite not in known:
                message = f"no stage has the refId '{requisite}'"
                yield problem("dangling-requisite", path=path, message=message, stage=node.name)


def _topological(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes that can run, each after its requisites (Kahn, smallest list index first)."""
    by_ref_id = {node.ref_id: node for node in nodes}
    waiting = {node.ref_id: len(node.requisites) for node in nodes}
    followers: dict[str, list[Node]] = {ref_id: [] for ref_id in by_ref_id}
    for node in nodes:
        for requisite in node.requisites:
            followers[requisite].append(node)
    ready = [(node.index, node.ref_id) for node in nodes if not node.requisites]
    heapify(ready)
    ordered = []
    while ready:
        _, ref_id = heappop(ready)
        ordered.append(by_ref_id[ref_id])
        for follower in followers[ref_id]:
            waiting[follower.ref_id] -= 1
            if not waiting[follower.ref_id]:
                heappush(ready, (follower.index, follower.ref_id))
    return ordered


def _cycle(nodes: Sequence[Node], sorted_out: set[str], base: str) -> SpecProblem:
    """Name one loop: whoever is left over waits for somebody who is left over."""
    left = {node.ref_id: node for node in nodes if node.ref_id not in sorted_out}
    trail: dict[str, None] = {}
    here = next(iter(left))
    while here not in trail:
        trail[here] = None
        here = next(requisite for requisite in left[here].requisites if requisite in left)
    walked = list(trail)
    loop = walked[walked.index(here) :][::-1]
    start = loop.index(min(loop, key=lambda ref_id: left[ref_id].index))
    loop = loop[start:] + loop[:start]
    names = [f"'{left[ref_id].name}' ({ref_id})" for ref_id in loop]
    first = left[loop[0]]
    return problem(
        "cycle",
        path=json_path(base, "stages", first.index, "requisiteStageRefIds"),
        message="stages wait for each other: " + " → ".join([*names, names[0]]),
        stage=first.name,
    )


def _late_finally(graph: Graph, base: str) -> Iterable[SpecProblem]:
    if not any(node.finally_ for node in graph.nodes):
        return
    for node in graph.nodes:
        if node.finally_:
            continue
        early = next((graph[ref_id] for ref_id in node.requisites if graph[ref_id].finally_), None)
        if early:
            yield problem(
                "finally-not-last",
                path=json_path(base, "stages", node.index, "requisiteStageRefIds"),
                message=f"waits for '{early.name}' ({early.ref_id}), a `finally` stage, and is none itself",
                stage=node.name,
            )
