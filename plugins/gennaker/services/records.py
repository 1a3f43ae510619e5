"""
XComs as the server reads and writes them.

A worker sends plain JSON and the database holds it as JSON, so that is what is written here too: core's own
server-side serialization would hand the worker a text.  Whatever a task left belongs to one try: a record
counts only while the id in it is the task instance's current one, since a clear gives a new id and deletes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from sqlalchemy import select
from sqlalchemy.orm import Session


def read(
    key: str, run: DagRun, tasks: Iterable[TaskInstance], *, session: Session
) -> dict[str, Mapping[str, Any]]:
    """Return what the tasks' current tries left under a key, by task id."""
    current = {ti.task_id: str(ti.id) for ti in tasks}
    query = select(XComModel).where(
        XComModel.dag_id == run.dag_id,
        XComModel.run_id == run.run_id,
        XComModel.key == key,
        XComModel.map_index == -1,
    )
    found = {row.task_id: XComModel.deserialize_value(row) for row in session.scalars(query)}
    return {
        task_id: value
        for task_id, value in found.items()
        if isinstance(value, Mapping) and task_id in current and value.get("tiId") == current[task_id]
    }


def write(key: str, ti: TaskInstance, value: Mapping[str, Any], *, session: Session) -> None:
    """Leave a record with a task, in place of an older one."""
    XComModel.set(
        key=key,
        value={**value, "tiId": str(ti.id)},
        dag_id=ti.dag_id,
        task_id=ti.task_id,
        run_id=ti.run_id,
        map_index=ti.map_index,
        serialize=False,
        session=session,
    )
