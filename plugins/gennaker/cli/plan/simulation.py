"""
Let a run pass in imagination: start what may start, end what ends first, halt what Orca would halt.

Time is a clock of its own. What ends at the same moment ends together, so that a plan never depends on luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gennaker.cli.plan.fate import Fate, foresee
from gennaker.cli.plan.world import World
from gennaker.operators._base import StageOperator
from gennaker.operators._execution import millis
from gennaker.operators._outcome import Status
from gennaker.spec.graph import Graph, Node
from gennaker.spec.model import FailurePolicy

#: The statuses after which a stage's descendants run.
GO_ON = frozenset({Status.SUCCEEDED, Status.SKIPPED, Status.FAILED_CONTINUE})


@dataclass(frozen=True)
class Verdict:
    """How the run ends, and because of what."""

    status: Status
    reason: str


class Simulation:
    """An imagined run, stage by stage."""

    def __init__(self, graph: Graph, operators: Mapping[str, StageOperator], world: World) -> None:
        self._graph = graph
        self._operators = operators
        self._world = world
        self._running: dict[str, Fate] = {}
        self._halted_by: Node | None = None
        self._now = 0.0
        self.order: list[str] = []
        self.fates: dict[str, Fate] = {node.ref_id: Fate(node=node) for node in graph.nodes}

    def run(self) -> Verdict:
        """Let it pass; return how it ends."""
        while True:
            for node in list(self._ready()):
                self._start(node)
            if not self._running:
                break
            self._advance()
        for fate in self.fates.values():
            if fate.status is Status.NOT_STARTED:
                fate.reason = self._why_not(fate.node)
        return judge_run(list(self.fates.values()))

    def in_order(self) -> list[Fate]:
        """Return the stages as they start, then those that never do."""
        rest = [ref for ref in self.fates if ref not in self.order]
        return [self.fates[ref] for ref in (*self.order, *rest)]

    def _ready(self) -> Iterator[Node]:
        dead = self._dead()
        for node in sorted(self._graph.nodes, key=lambda node: node.index):
            if node.ref_id not in self.order and node.ref_id not in dead and self._may_start(node, dead):
                yield node

    def _may_start(self, node: Node, dead: set[str]) -> bool:
        needed = self._needed(node)
        if node.finally_:
            return all(ref in dead or self._ended(ref) for ref in needed)
        return all(self._ended(ref) in GO_ON for ref in needed)

    def _needed(self, node: Node) -> tuple[str, ...]:
        if node.finally_ and not node.requisites:
            return tuple(other.ref_id for other in self._graph.nodes if not other.finally_)
        return node.requisites

    def _ended(self, ref_id: str) -> Status | None:
        done = ref_id in self.order and ref_id not in self._running
        return self.fates[ref_id].status if done else None

    def _dead(self) -> set[str]:
        """Return the stages that never start any more."""
        dead: set[str] = set()
        for node in self._graph.nodes:
            if node.ref_id in self.order or node.finally_:
                continue
            stopped = any((end := self._ended(ref)) and end not in GO_ON for ref in node.requisites)
            if self._halted_by or stopped or not dead.isdisjoint(node.requisites):
                dead.add(node.ref_id)
        return dead

    def _start(self, node: Node) -> None:
        self.order.append(node.ref_id)
        fate = foresee(self._operators[node.ref_id], self._world, now=self._now)
        self.fates[node.ref_id] = self._running[node.ref_id] = fate

    def _advance(self) -> None:
        """Go to the next moment at which something ends."""
        self._now = min(fate.ends or 0.0 for fate in self._running.values())
        for ref_id, fate in list(self._running.items()):
            if (fate.ends or 0.0) <= self._now:
                self._end(ref_id)
                if fate.status is Status.TERMINAL and self._halted_by is None:
                    self._halted_by = fate.node
        if self._halted_by is not None:
            self._cancel_others()

    def _end(self, ref_id: str) -> None:
        fate = self._running.pop(ref_id)
        self._world.board.write(
            fate.node.task_id,
            status=str(fate.status),
            context=fate.inputs,
            outputs=fate.outputs,
            endTime=millis(self._world.moment(self._now)),
        )

    def _cancel_others(self) -> None:
        for ref_id, fate in list(self._running.items()):
            if fate.node.finally_:
                continue
            fate.status, fate.ends, fate.outputs = Status.CANCELED, self._now, {}
            fate.reason = f"running when {self._halted()} halted the pipeline"
            self._end(ref_id)

    def _halted(self) -> str:
        return f"'{self._halted_by.name}'" if self._halted_by else "nobody"

    def _why_not(self, node: Node) -> str:
        """Return why a stage never started."""
        for ref_id in (*node.requisites, *self._graph.ancestors(node.ref_id)):
            fate = self.fates[ref_id]
            if fate.status not in GO_ON and fate.status is not Status.NOT_STARTED:
                return f"'{fate.node.name}' ended as {fate.status}"
        return f"{self._halted()} halted the pipeline before"


def judge_run(fates: list[Fate]) -> Verdict:
    """Return how a run ends, by Orca's rules in Orca's order."""
    ends = {status: [fate for fate in fates if fate.status is status] for status in Status}
    if terminal := ends[Status.TERMINAL]:
        return Verdict(Status.TERMINAL, f"{_named(terminal)} failed")
    if canceled := ends[Status.CANCELED]:
        return Verdict(Status.CANCELED, f"{_named(canceled)} was canceled")
    failing = [fate for fate in ends[Status.STOPPED] if fate.policy is FailurePolicy.HALT_BRANCH_THEN_FAIL]
    if failing:
        return Verdict(Status.TERMINAL, f"{_named(failing)} stopped a branch and fails the run at its end")
    if stopped := ends[Status.STOPPED]:
        return Verdict(Status.SUCCEEDED, f"{_named(stopped)} stopped a branch, which does not fail the run")
    return Verdict(Status.SUCCEEDED, "every stage succeeded, was skipped, or failed with its failure ignored")


def _named(fates: list[Fate]) -> str:
    return ", ".join(f"'{fate.node.name}'" for fate in fates)
