"""The work of `manualJudgment`: a question in Airflow's Required Actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import TaskAwaitingInput

from gennaker.operators._approval import approval_of
from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result, Status, failure
from gennaker.operators._run import StageRun, utc_now

CONTINUE = "Continue"
STOP = "Stop"
#: The field of the form that carries the choice.
INPUT = "judgmentInput"


class ManualJudgmentOperator(StageOperator, HITLOperator):
    """
    Ask, wait without a worker or a trigger, and take the answer.

    The question and its choices are worked out when the stage starts, since they may hold expressions;
    Airflow keeps them with the task until somebody answers. An answer of somebody who may not judge does not
    count: the question is asked again.
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
        self.publish_running(run)
        return self._ask(run)

    def _ask(self, run: StageRun) -> Result:
        self.subject = run.stage.name
        self.body = run.stage.instructions or ""
        self.params = ParamsDict(self._form(run))
        deadline = run.deadline
        self.response_timeout = None if deadline is None else max(deadline - utc_now(), timedelta(seconds=1))
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
        """Take an answer: refuse it and ask again, go on asking until enough agree, or go on."""
        if not isinstance(event, Mapping) or "error" in event:
            return self.timed_out(run, "nobody judged in time")
        rule = approval_of(run.stage, starter=run.execution["trigger"]["user"])
        judge = _name(event.get("responded_by_user"))
        votes: list[str] = list(run.state.get("votes") or ())
        if (objection := rule.objection(judge, votes)) is not None:
            self.log.warning("The answer does not count: %s", objection)
            refused = [*(run.state.get("refused") or ()), objection]
            return self._ask_again(run, votes=votes, refused=refused)
        values = self._values(event, judge)
        if values["judgmentStatus"] == "stop":
            return failure(f"{judge or 'somebody'} stopped here", final=True, context=values)
        votes.append(judge or "")
        if len(votes) < rule.needed:
            return self._ask_again(run, votes=votes, refused=run.state.get("refused") or [])
        seen = {**values, "approvedBy": votes}
        return Result(context=seen, outputs={k: v for k, v in seen.items() if v is not None})

    def _ask_again(self, run: StageRun, *, votes: list[str], refused: list[str]) -> Result:
        run.state.update(votes=votes, refused=refused)
        context = {**run.inputs, "approvedBy": votes, "refusedAnswers": refused}
        run.publish(Status.RUNNING, context=context)
        return self._ask(run)

    def _values(self, event: Mapping[str, Any], judge: str | None) -> dict[str, Any]:
        chosen = next(iter(event.get("chosen_options") or ()), STOP)
        return {
            "judgmentStatus": "continue" if chosen == CONTINUE else "stop",
            "judgmentInput": (event.get("params_input") or {}).get(INPUT),
            "lastModifiedBy": judge,
        }

    def _form(self, run: StageRun) -> dict[str, Param]:
        choices = [_choice(item) for item in run.inputs.get("judgmentInputs") or ()]
        choices = [choice for choice in choices if choice]
        if not choices:
            return {}
        return {INPUT: Param(choices[0], type="string", enum=choices, title="Judgment input")}


def _choice(item: Any) -> str:
    value = item.get("value") if isinstance(item, Mapping) else item
    return "" if value is None else str(value)


def _name(user: Any) -> str | None:
    if isinstance(user, Mapping):
        return user.get("name") or user.get("id")
    return getattr(user, "name", None)
