"""The task that judges a run where the states of its last stages would judge wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from gennaker.operators._execution import RunReader
from gennaker.operators._outcome import Status, status_of_state
from gennaker.operators._pipeline import PipelineInfo
from gennaker.spec.graph import Node
from gennaker.spec.model import FailurePolicy


class VerdictOperator(BaseOperator):
    """
    Fail the run if a stage failed whose failure option says so.

    A halted branch ("STOPPED") leaves failed tasks behind in a run that succeeds, so the run is judged by
    this one task, the only leaf. It trusts task states and the compiled failure options; what a stage
    published counts only where its option alone does not decide (`unsure`: a precondition may halt just
    its branch).

    As a teardown, beside ``finally`` stages, it also judges a run that a person marked failed, which Airflow
    leaves to its teardowns. Such a run is known by stages that were ended from outside: failed or skipped
    without a word of their own.

    A stage that was not admitted fails the run, whatever its option: it says so itself.

    :param unsure: task ids whose published status decides.
    """

    template_fields = ()
    ui_color = "#f0ede4"

    def __init__(
        self, *, pipeline: PipelineInfo, unsure: frozenset[str] = frozenset(), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.unsure = unsure

    def execute(self, context: Any) -> None:
        """Judge."""
        reader = RunReader(context["ti"])
        if guilty := [node.name for node in self.pipeline.graph.nodes if self._fails_run(node, reader)]:
            raise AirflowFailException(f"the run failed at: {', '.join(guilty)}")
        if ended := [node.name for node in self._ended_from_outside(reader)]:
            raise AirflowFailException(f"the run was ended from outside at: {', '.join(ended)}")

    def _fails_run(self, node: Node, reader: RunReader) -> bool:
        if reader.states.get(node.task_id) != "failed":
            return False
        policy = self._policy(node, reader) or node.policy
        return (
            status_of_state("failed", policy) is Status.TERMINAL
            or policy is FailurePolicy.HALT_BRANCH_THEN_FAIL
        )

    def _policy(self, node: Node, reader: RunReader) -> FailurePolicy | None:
        """Return the failure option that a stage found out while it ran."""
        if node.task_id not in self.unsure and node.policy is not FailurePolicy.HALT_BRANCH:
            return None
        told = ((reader.published(node.task_id) or {}).get("context") or {}).get("failurePolicy")
        return FailurePolicy(told) if told else None

    def _ended_from_outside(self, reader: RunReader) -> list[Node]:
        """
        Return the stages by which a run shows that it was ended before they were through.

        Airflow fails what has begun and skips the rest, without an outcome; our own server writes CANCELED.
        A stage that somebody skipped alone does not count if one that waited for it began later; nor does
        any in a run that was marked as a success.
        """
        if not self.is_teardown:
            return []
        nodes = [node for node in self.pipeline.graph.nodes if not node.finally_]
        silent = [node for node in nodes if _is_silent(node, reader)]
        failed = [node for node in silent if reader.states[node.task_id] == "failed"]
        skipped = [node for node in silent if node not in failed]
        begun = {node.ref_id for node in nodes if _has_begun(node, reader, skipped)}
        last = [node for node in nodes if not begun & self.pipeline.graph.descendants(node.ref_id)]
        if skipped and not failed and any(_was_marked_success(node, reader) for node in last):
            return []
        return failed + [node for node in skipped if node in last]


def _is_silent(node: Node, reader: RunReader) -> bool:
    if reader.states.get(node.task_id) not in ("failed", "skipped"):
        return False
    told = reader.published(node.task_id)
    return told is None or told["status"] == Status.CANCELED


def _has_begun(node: Node, reader: RunReader, skipped: Iterable[Node]) -> bool:
    return node not in skipped and reader.states.get(node.task_id) in ("success", "failed", "skipped")


def _was_marked_success(node: Node, reader: RunReader) -> bool:
    return reader.states.get(node.task_id) == "success" and reader.published(node.task_id) is None
