"""End the pause of a waiting stage at once, because a person said so."""

from __future__ import annotations

import importlib
from typing import Any

from airflow.models.taskinstance import TaskInstance
from airflow.models.trigger import Trigger, handle_event_submit
from airflow.triggers.base import TriggerEvent
from airflow.utils.state import TaskInstanceState
from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import Conflict, NotFound
from gennaker.services import audit

_OURS = "gennaker.operators."


def skip_wait(*, dag_id: str, run_id: str, task_id: str, by: str, session: Session) -> dict[str, Any]:
    """
    Let a deferred stage go on as if its trigger had fired; the stage is told who skipped.

    :raises Conflict: the stage does not wait, or not for something that can be skipped.
    """
    ti = _lock_task(dag_id, run_id, task_id, session=session)
    if ti.state != TaskInstanceState.DEFERRED or ti.trigger_id is None:
        raise Conflict(f"stage '{task_id}' is not waiting", hint="look at its state again")
    trigger = session.get(Trigger, ti.trigger_id, with_for_update=True)
    if trigger is None or not _can_be_skipped(trigger.classpath):
        raise Conflict(f"stage '{task_id}' waits for something that cannot be skipped")
    event = TriggerEvent({"skipped": True, "by": by})
    handle_event_submit(event, task_instance=ti, session=session)
    audit.record("gennaker_skip_wait", session=session, dag_id=dag_id, run_id=run_id, task_id=task_id, by=by)
    return {"skipped": True, "by": by}


def _lock_task(dag_id: str, run_id: str, task_id: str, *, session: Session) -> TaskInstance:
    query = select(TaskInstance).where(
        TaskInstance.dag_id == dag_id,
        TaskInstance.run_id == run_id,
        TaskInstance.task_id == task_id,
        TaskInstance.map_index == -1,
    )
    locked = query.with_for_update(of=TaskInstance).execution_options(populate_existing=True)
    ti: TaskInstance | None = session.scalar(locked)
    if ti is None:
        raise NotFound(f"run '{run_id}' of '{dag_id}' has no task '{task_id}'")
    return ti


def _can_be_skipped(classpath: str) -> bool:
    """Tell whether a trigger is one of ours that takes a skip; ``skippable = False`` on its class says no."""
    if not classpath.startswith(_OURS):
        return False
    module, _, name = classpath.rpartition(".")
    try:
        trigger = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return False
    return bool(getattr(trigger, "skippable", True))
