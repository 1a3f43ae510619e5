"""
Halt the pipeline: a stage failed and its other branches must not go on.

Begun siblings become failed with the outcome CANCELED, siblings that have not begun are skipped, and what
follows the failed stage is left to become ``upstream_failed`` by itself: were it skipped, the run would end
as a success.  For the same reason only the first halt of a run acts: two would skip each other's followers.
The run itself, its verdict and its ``finally`` stages are left to the scheduler.

What was done is recorded with the failed stage, and counts until that stage is restarted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.utils.state import State, TaskInstanceState
from sqlalchemy.orm import Session

from gennaker.errors import Conflict, NotFound
from gennaker.operators._execution import STAGE_KEY
from gennaker.operators._outcome import Status
from gennaker.services import audit, cancel, records, runs, stopping

HALT_KEY = "gennaker_halt"


@dataclass(frozen=True)
class _Scene:
    """A locked run with what its tasks have told."""

    run: DagRun
    dag: SerializedDAG
    tasks: Sequence[TaskInstance]
    caller: TaskInstance
    outcomes: Mapping[str, Mapping[str, Any]]
    halts: Mapping[str, Mapping[str, Any]]

    @property
    def halted_by(self) -> str | None:
        return next((task_id for task_id in sorted(self.halts) if task_id != self.caller.task_id), None)

    @property
    def caller_was_canceled(self) -> bool:
        return self.outcomes.get(self.caller.task_id, {}).get("status") == Status.CANCELED

    def targets(self) -> list[TaskInstance]:
        """Return the tasks that must not go on."""
        spared = {runs.VERDICT} | self._with_followers([self.caller.task_id, *self.halts])
        return [
            ti
            for ti in runs.unfinished(self.tasks, self.dag)
            if ti.task_id not in spared and not self._is_just_ending(ti)
        ]

    def _with_followers(self, task_ids: Iterable[str]) -> set[str]:
        known = [task_id for task_id in task_ids if task_id in self.dag.task_dict]
        followers = (self.dag.get_task(task_id).get_flat_relative_ids(upstream=False) for task_id in known)
        return set(known).union(*followers)

    def _is_just_ending(self, ti: TaskInstance) -> bool:
        """Tell whether a stage is over and its task is about to end: the true outcome is better than ours."""
        outcome = self.outcomes.get(ti.task_id, {})
        return ti.state == TaskInstanceState.RUNNING and outcome.get("status") in stopping.OVER


def halt(
    *, dag_id: str, run_id: str, task_id: str, ti_id: str, reason: str, session: Session
) -> dict[str, Any]:
    """
    Stop the other branches of a run.

    :param task_id: the stage that failed.
    :param ti_id: its task instance; one that has been cleared or retried meanwhile halts nothing.
    """
    scene = _look(dag_id, run_id, task_id, ti_id, session=session)
    if record := scene.halts.get(task_id):
        return _answer(True, task_id, record)  # the answer to the first call was lost
    if scene.run.state in State.finished_dr_states:
        return _answer(False, scene.halted_by, {})
    if scene.caller_was_canceled:
        return _answer(False, scene.halted_by, {})
    targets = scene.targets()
    if scene.halted_by and not targets:
        return _answer(False, scene.halted_by, {})
    return _answer(True, task_id, _act(scene, targets, reason, session=session))


def _look(dag_id: str, run_id: str, task_id: str, ti_id: str, *, session: Session) -> _Scene:
    run = runs.lock_run(dag_id, run_id, session=session)
    tasks = runs.lock_tasks(run, session=session)
    caller = next((ti for ti in tasks if ti.task_id == task_id), None)
    if caller is None:
        raise NotFound(f"run '{run_id}' has no task '{task_id}'")
    if str(caller.id) != ti_id.lower():
        raise Conflict(f"task '{task_id}' has been cleared or retried meanwhile")
    return _Scene(
        run=run,
        dag=runs.dag_of(run, session=session),
        tasks=tasks,
        caller=caller,
        outcomes=records.read(STAGE_KEY, run, tasks, session=session),
        halts=records.read(HALT_KEY, run, tasks, session=session),
    )


def _act(scene: _Scene, targets: Sequence[TaskInstance], reason: str, *, session: Session) -> dict[str, Any]:
    before = {ti.task_id: str(ti.state) if ti.state else None for ti in targets}
    begun = [ti for ti in targets if ti.state in runs.BEGUN]
    for ti in targets:
        state = TaskInstanceState.FAILED if ti in begun else TaskInstanceState.SKIPPED
        ti.set_state(state, session=session)
    cause = f"stage '{runs.display_name(scene.dag, scene.caller.task_id)}' halted the pipeline"
    message = f"canceled: {cause}"
    stopping.write_canceled(begun, message, session=session)
    stopping.close_approvals(begun, session=session)
    runs.tell_listeners(begun, message)
    record = {"at": datetime.now(UTC).isoformat(), "reason": reason, "canceled": before}
    records.write(HALT_KEY, scene.caller, record, session=session)
    run = scene.run
    children = cancel.cancel_children(begun, run, reason=cause, requested_by="gennaker", session=session)
    audit.record(
        "gennaker_halt",
        session=session,
        dag_id=run.dag_id,
        run_id=run.run_id,
        task_id=scene.caller.task_id,
        by="gennaker",
        extra={"reason": reason, "canceled": before, "children": children},
    )
    return {**record, "children": children}


def _answer(halted: bool, by: str | None, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "halted": halted,
        "by": by,
        "canceled": dict(record.get("canceled") or {}),
        "children": list(record.get("children") or ()),
    }
