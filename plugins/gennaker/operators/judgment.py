"""The work of `manualJudgment`: a question in Airflow's Required Actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import TaskAwaitingInput

from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result, failure
from gennaker.operators._run import StageRun, utc_now

CONTINUE = "Continue"
STOP = "Stop"
#: The field of the form that carries the choice.
INPUT = "judgmentInput"


class ManualJudgmentOperator(StageOperator, HITLOperator):
    """
    Ask, wait without a worker or a trigger, and take the answer.

    The question, its choices and who may answer are worked out when the stage starts, since they may hold
    expressions; Airflow keeps them with the task until somebody answers.
    """

    template_fields = ()
    default_timeout = 72 * 3600.0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(subject="Manual judgment", options=[CONTINUE, STOP], **kwargs)

    def execute(self, context: Any) -> None:
        """Start the stage (not the question alone, as the HITL operator would)."""
        StageOperator.execute(self, context)

    def work(self, run: StageRun) -> Result:
        """Ask, and park the task until the answer or the timeout."""
        self.subject = run.stage.name
        self.body = run.stage.instructions or ""
        self.params = ParamsDict(self._form(run))
        self.assigned_users = [{"id": name, "name": name} for name in self._approvers(run)] or None
        deadline = run.deadline
        self.response_timeout = None if deadline is None else max(deadline - utc_now(), timedelta(seconds=1))
        self.publish_running(run)
        try:
            HITLOperator.execute(self, run.airflow_context)
        except TaskAwaitingInput as parked:
            raise TaskAwaitingInput(
                method_name="resume",
                kwargs={"then": "judged", "state": run.carry()},
                timeout=parked.timeout,
            ) from None
        return failure("Airflow did not take the question", final=True)

    def judged(self, run: StageRun, event: Any) -> Result:
        """Take the answer."""
        if not isinstance(event, Mapping) or "error" in event:
            return self.timed_out(run, "nobody judged in time")
        chosen = next(iter(event.get("chosen_options") or ()), STOP)
        answer = (event.get("params_input") or {}).get(INPUT)
        judge = event.get("responded_by_user")
        values = {
            "judgmentStatus": "continue" if chosen == CONTINUE else "stop",
            "judgmentInput": answer,
            "lastModifiedBy": _name(judge),
        }
        if chosen != CONTINUE:
            return failure(
                f"{values['lastModifiedBy'] or 'somebody'} stopped here", final=True, context=values
            )
        return Result(context=values, outputs={k: v for k, v in values.items() if v is not None})

    def _form(self, run: StageRun) -> dict[str, Param]:
        choices = [_choice(item) for item in run.inputs.get("judgmentInputs") or ()]
        choices = [choice for choice in choices if choice]
        if not choices:
            return {}
        return {INPUT: Param(choices[0], type="string", enum=choices, title="Judgment input")}

    def _approvers(self, run: StageRun) -> list[str]:
        approval = run.stage.approval
        return list(approval.approvers) if approval else []


def _choice(item: Any) -> str:
    value = item.get("value") if isinstance(item, Mapping) else item
    return "" if value is None else str(value)


def _name(user: Any) -> str | None:
    if isinstance(user, Mapping):
        return user.get("name") or user.get("id")
    return getattr(user, "name", None)
