"""
How Orca's failure options become Airflow states. This table is the contract; tests hold the compiler to it.

=================================  ============================  ==================  ======================
"If the stage fails"               the stage ends as             Airflow task state  the run
=================================  ============================  ==================  ======================
halt the pipeline (default)        TERMINAL; siblings CANCELED   failed              failed
halt this branch                   STOPPED                       failed              judged by the verdict
halt this branch, fail at the end  STOPPED                       failed              failed
ignore the failure                 FAILED_CONTINUE               skipped             goes on
condition false (`stageEnabled`)   SKIPPED                       skipped             goes on
=================================  ============================  ==================  ======================

* Every stage has ``trigger_rule="none_failed"``: a skipped or ignored stage lets its descendants run, a
  failed one makes them ``upstream_failed`` all the way down. Nobody skips descendants by hand.
* "Halt the pipeline" asks the server to cancel what runs beside the stage, where anything can run beside it.
* A *verdict* task, the only leaf, downstream of every stage and ``all_done``, exists only where the states of
  the last tasks would judge wrongly: where a stage may be STOPPED in a run that succeeds, and wherever there
  is a ``finally`` stage.
* A ``finally`` stage is a teardown: it runs after failure, halt and cancel, once everything that it waits
  for, directly or not, is over. It does not fail the run by itself (core would judge by it alone).
* Beside ``finally`` stages the verdict is a teardown too, one that fails the run. Core leaves such a run open
  when a person marks it as failed, ends everything but the teardowns, and then judges by the verdict, which
  finds stages that were failed or skipped without an outcome of their own.

Where Airflow cannot be Orca:

* Orca cancels at the moment of a failure; here the failed stage has to ask the server, and what ends before
  the server has heard it has ended, and what it lets start is canceled in its turn.
* A canceled stage is over for Airflow before its process is: up to 20 seconds later. A ``finally`` stage
  may start meanwhile.
* A worker that dies tells nothing: its stage counts as its failure option says, but nobody halts the other
  branches, and an ignored failure holds up what follows it, and fails the run. Beside ``finally`` stages each
  such death fails the run: it looks like a stage of a run that was marked as failed. So does a stage that a
  person fails by hand there, and one that a person skips and that nothing else waits for.
* A run with ``finally`` stages that is marked as a success before any stage has begun fails, and once only
  ``finally`` stages are left, marking it changes nothing.
* The same holds for a judgment that is answered before the scheduler has noted that the question was put
  (seconds, where it is busy; apache/airflow#67287): Airflow takes the task for one that was killed, and
  fails it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gennaker.spec.graph import Graph, Node
from gennaker.spec.model import FailurePolicy
from gennaker.stages._base import Stage

STAGE_RULE = "none_failed"
VERDICT_TASK = "verdict"


def awaited(graph: Graph, node: Node) -> tuple[str, ...]:
    """
    Return the stages that must be over before a stage is looked at.

    One failed branch makes a join ``upstream_failed`` at once, while its other branches still run. What
    follows the join does not run then, except for a ``finally`` stage: it waits for the branches themselves.
    """
    if not node.finally_:
        return node.requisites
    if not node.requisites:
        return tuple(other.ref_id for other in graph.nodes if not other.finally_)
    above = (graph[ref_id] for ref_id in graph.ancestors(node.ref_id))
    branches = (ref_id for join in above if len(join.requisites) > 1 for ref_id in join.requisites)
    return tuple(dict.fromkeys((*node.requisites, *branches)))


def halts_others(graph: Graph, node: Node) -> bool:
    """Return whether anything can run beside a stage, which its failure would have to cancel."""
    if node.policy is not FailurePolicy.HALT_PIPELINE:
        return False
    before = {*awaited(graph, node), *graph.ancestors(node.ref_id)}
    related = {node.ref_id, *before, *graph.descendants(node.ref_id)}
    return any(other.ref_id not in related and not other.finally_ for other in graph.nodes)


def unsure(graph: Graph, stages: Mapping[str, Stage]) -> frozenset[str]:
    """Return the tasks whose failure option alone does not tell how they end; ``stages`` by refId."""
    return frozenset(node.task_id for node in graph.nodes if stages[node.ref_id].may_stop)


def needs_verdict(graph: Graph, stages: Mapping[str, Stage]) -> bool:
    """Return whether the states of the last tasks could judge a run wrongly."""
    return any(node.finally_ or node.policy is FailurePolicy.HALT_BRANCH for node in graph.nodes) or bool(
        unsure(graph, stages)
    )
