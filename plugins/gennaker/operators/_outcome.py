"""How a stage ended: Orca's statuses, and what Airflow is told for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gennaker.spec.model import FailurePolicy


class Status(StrEnum):
    """The status of a stage, as expressions and the API name it."""

    NOT_STARTED = "NOT_STARTED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    SKIPPED = "SKIPPED"
    FAILED_CONTINUE = "FAILED_CONTINUE"
    STOPPED = "STOPPED"
    TERMINAL = "TERMINAL"
    CANCELED = "CANCELED"


#: What a stage that failed ends as (Orca's ``failureStatus``).
FAILURE_STATUS: Mapping[FailurePolicy, Status] = {
    FailurePolicy.HALT_PIPELINE: Status.TERMINAL,
    FailurePolicy.HALT_BRANCH: Status.STOPPED,
    FailurePolicy.HALT_BRANCH_THEN_FAIL: Status.STOPPED,
    FailurePolicy.IGNORE: Status.FAILED_CONTINUE,
}

#: The Airflow task states in which a published status is believable. A status that was published by an
#: earlier try outlives a clear until the task starts again; its state then no longer fits.
BELIEVABLE_STATES: Mapping[Status, frozenset[str | None]] = {
    Status.RUNNING: frozenset({"running", "deferred", "awaiting_input", "up_for_retry", "up_for_reschedule"}),
    Status.SUCCEEDED: frozenset({"success", "running"}),
    Status.SKIPPED: frozenset({"skipped", "running"}),
    Status.FAILED_CONTINUE: frozenset({"skipped", "running"}),
    Status.STOPPED: frozenset({"failed", "running"}),
    Status.TERMINAL: frozenset({"failed", "running"}),
    Status.CANCELED: frozenset({"failed", "running"}),
}

_STATE_STATUS: Mapping[str | None, Status] = {
    "success": Status.SUCCEEDED,
    "running": Status.RUNNING,
    "restarting": Status.RUNNING,
    "deferred": Status.RUNNING,
    "awaiting_input": Status.RUNNING,
    "up_for_retry": Status.RUNNING,
    "up_for_reschedule": Status.RUNNING,
}


def status_of_state(state: str | None, policy: FailurePolicy) -> Status:
    """
    Return the status of a task that published none.

    A stage that is skipped says so itself; a task that was skipped without a word never began, because
    another stage halted the pipeline.

    A worker that died tells nothing, so the compiled failure option speaks for it. An ignored failure
    is the exception: its descendants did not run, and only a stage that itself ended as
    FAILED_CONTINUE lets them.
    """
    if state == "failed":
        status = FAILURE_STATUS[policy]
        return Status.TERMINAL if status is Status.FAILED_CONTINUE else status
    return _STATE_STATUS.get(state, Status.NOT_STARTED)


@dataclass(frozen=True, slots=True)
class Result:
    """
    What the work of a stage gave.

    :ivar status: SUCCEEDED, SKIPPED, CANCELED or TERMINAL; a failure option turns the last two into what
        the stage ends as.
    :ivar outputs: what descendants read by bare key.
    :ivar context: added to the stage's context, over its evaluated JSON.
    :ivar error: what went wrong, for people.
    :ivar final: do not try again, even where the stage asks for retries.
    :ivar policy: overrides the stage's failure option (a precondition may have its own).
    :ivar alone: a failure that stops no other branch, whatever the failure option.
    """

    status: Status = Status.SUCCEEDED
    outputs: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    final: bool = False
    policy: FailurePolicy | None = None
    alone: bool = False

    @property
    def bad(self) -> bool:
        """Return whether the failure option of the stage applies."""
        return self.status in (Status.TERMINAL, Status.CANCELED)


def failure(error: str, *, final: bool = False, **values: Any) -> Result:
    """Return the result of work that failed."""
    return Result(status=Status.TERMINAL, error=error, final=final, **values)


def skipped(reason: str) -> Result:
    """Return the result of a stage that did not have to run."""
    return Result(status=Status.SKIPPED, context={"skipReason": reason})
