"""Start runs of other pipelines, and wait for them without a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from gennaker.errors import StageFailed
from gennaker.operators._triggers import SETTLE_SECONDS

#: Seconds between two looks at the runs that a stage waits for.
POLL_SECONDS = 2.0


def start_run(dag_id: str, run_id: str, *, conf: Mapping[str, Any], note: str) -> None:
    """Start a run; one that is there already under this id is taken for ours (the task ran twice)."""
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
    from airflow.sdk.execution_time import task_runner
    from airflow.sdk.execution_time.comms import ErrorResponse, TriggerDagRun

    message = TriggerDagRun(dag_id=dag_id, run_id=run_id, conf=dict(conf), note=note)
    try:
        answer = task_runner.SUPERVISOR_COMMS.send(message)
    except AirflowRuntimeError as error:
        raise StageFailed(f"{dag_id} could not be started: {error}") from error
    if isinstance(answer, ErrorResponse) and answer.error != ErrorType.DAGRUN_ALREADY_EXISTS:
        raise StageFailed(f"{dag_id} could not be started: {answer.detail or answer.error}")


class RunsTrigger(BaseTrigger):
    """
    Fire when runs have ended, or when a deadline has passed.

    :param runs: pairs of DAG id and run id.
    :param deadline: ISO 8601 with an offset; None waits for ever.
    :param fail_fast: fire at the first failure.
    :param cancel: cancel the runs when a person ends the waiting task.
    """

    def __init__(
        self,
        runs: list[list[str]],
        deadline: str | None = None,
        fail_fast: bool = False,
        cancel: bool = False,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.runs = runs
        self.deadline = deadline
        self.fail_fast = fail_fast
        self.cancel = cancel

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer needs to build it again."""
        return "gennaker.operators._children.RunsTrigger", {
            "runs": self.runs,
            "deadline": self.deadline,
            "fail_fast": self.fail_fast,
            "cancel": self.cancel,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look at the runs until they have ended."""
        until = datetime.fromisoformat(self.deadline) if self.deadline else None
        await asyncio.sleep(SETTLE_SECONDS)
        while True:
            states = [await self._state(dag_id, run_id) for dag_id, run_id in self.runs]
            ended = all(state in ("success", "failed") for state in states)
            if ended or (self.fail_fast and "failed" in states):
                yield TriggerEvent({"states": states})
                return
            if until and datetime.now(UTC) >= until:
                yield TriggerEvent({"timeout": True, "states": states})
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _state(self, dag_id: str, run_id: str) -> str:
        from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

        state = await sync_to_async(RuntimeTaskInstance.get_dagrun_state)(dag_id=dag_id, run_id=run_id)
        return str(getattr(state, "value", state))

    async def on_kill(self) -> None:
        """Cancel the child: the stage that waits for it was ended by a person."""
        if self.cancel:
            await sync_to_async(self._cancel)()

    def _cancel(self) -> None:
        from gennaker.operators._halt import internal_client
        from gennaker.settings import from_airflow

        client = internal_client(from_airflow())
        for dag_id, run_id in self.runs:
            client.cancel_run(dag_id, run_id, "the parent pipeline was canceled", requested_by="parent")
