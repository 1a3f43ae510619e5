"""The task that judges a run where the states of its last stages would judge wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from gennaker.operators._execution import STAGE_KEY
from gennaker.operators._outcome import Status, status_of_state
from gennaker.operators._pipeline import PipelineInfo
from gennaker.spec.model import FailurePolicy


class VerdictOperator(BaseOperator):
    """
    Fail the run if a stage failed whose failure option says so.

    A halted branch ("STOPPED") leaves failed tasks behind in a run that succeeds, so the run is judged by
    this one task, the only leaf. It trusts task states and the compiled failure options; what a stage
    published counts only where its option alone does not decide (`unsure`: a precondition may halt just
    its branch).

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
        ti = context["ti"]
        states: Mapping[str, Any] = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(
            ti.run_id, {}
        )
        guilty = []
        for node in self.pipeline.graph.nodes:
            if str(states.get(node.task_id)) != "failed":
                continue
            policy = self._policy(ti, node.task_id) or node.policy
            status = status_of_state("failed", policy)
            if status is Status.TERMINAL or policy is FailurePolicy.HALT_BRANCH_THEN_FAIL:
                guilty.append(node.name)
        if guilty:
            raise AirflowFailException(f"the run failed at: {', '.join(guilty)}")

    def _policy(self, ti: Any, task_id: str) -> FailurePolicy | None:
        """Return the failure option that a stage found out while it ran."""
        if task_id not in self.unsure:
            return None
        value = ti.xcom_pull(task_ids=task_id, key=STAGE_KEY) or {}
        told = (value.get("context") or {}).get("failurePolicy")
        return FailurePolicy(told) if told else None
