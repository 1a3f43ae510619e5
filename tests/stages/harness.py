"""
Run the stages of a pipeline in this process, one after the other, without a scheduler.

Every operator is the compiled one and executes for real; only what Airflow's supervisor would keep
(XComs, task states, a wait) is kept by a stand-in, since a supervisor cannot be had without a running
Airflow. What a run on a real Airflow does is shown in tests/e2e.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    TaskAwaitingInput,
    TaskDeferred,
)

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline

#: Given the wait of a task, return the event that ends it.
Answer = Callable[[Any], Any]


class Ti:
    """What an operator sees of its task instance."""

    def __init__(self, run: Run, task_id: str, *, should_retry: bool = False) -> None:
        self.run, self.task_id = run, task_id
        self.dag_id, self.run_id = run.dag.dag_id, "manual__1"
        self.id = uuid.uuid4()
        self.map_index = -1
        self._ti_context_from_server = SimpleNamespace(should_retry=should_retry)

    def xcom_push(self, key: str, value: Any) -> None:
        self.run.xcoms[self.task_id, key] = value

    def xcom_pull(self, task_ids: str, key: str, **_: Any) -> Any:
        self.run.pulled.append((task_ids, key))
        return self.run.xcoms.get((task_ids, key))

    def get_task_states(self, dag_id: str, run_ids: list[str]) -> dict[str, dict[str, str | None]]:
        return {self.run_id: dict(self.run.states)}


class Run:
    """
    A run of a pipeline.

    :param conf: the parameters.
    :param answers: by stage name, what ends its wait.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        conf: Mapping[str, Any] | None = None,
        answers: Mapping[str, Answer] | None = None,
        directory: Any = None,
    ) -> None:
        loaded = load(document, check=False)
        self.dag = compile_pipeline(
            loaded, dag_id="app.test", application="app", name="test", directory=directory
        )
        self.conf = dict(conf or {})
        self.answers = dict(answers or {})
        self.xcoms: dict[tuple[str, str], Any] = {}
        self.pulled: list[tuple[str, str]] = []
        self.waits: dict[str, Any] = {}
        self.errors: dict[str, str] = {}
        self.states: dict[str, str | None] = dict.fromkeys(self.dag.task_dict)

    def go(self) -> Run:
        """Execute every task whose upstream tasks allow it."""
        for task in self.dag.topological_sort():
            upstream = [self.states[name] for name in task.upstream_task_ids]
            if (
                any(state in ("failed", "upstream_failed") for state in upstream)
                and task.trigger_rule == "none_failed"
            ):
                self.states[task.task_id] = "upstream_failed"
            else:
                self.execute(task)
        return self

    def execute(self, task: Any, *, should_retry: bool = False) -> None:
        """Execute one task to its end, through its waits."""
        self.states[task.task_id] = "running"
        ti = Ti(self, task.task_id, should_retry=should_retry)
        moment = datetime.now(UTC)
        dag_run = SimpleNamespace(
            run_id="manual__1",
            run_type="manual",
            conf=self.conf,
            start_date=moment,
            triggering_user_name="ann",
        )
        context = {
            "ti": ti,
            "task_instance": ti,
            "dag_run": dag_run,
            "dag": self.dag,
            "run_id": "manual__1",
            "params": {},
        }
        self.states[task.task_id] = self._course(task, context)

    def _course(self, task: Any, context: dict[str, Any]) -> str:
        ExecutorSafeguard.tracker.set(task)
        call: Callable[[], Any] = partial(task.execute, context)
        while True:
            try:
                call()
            except (TaskDeferred, TaskAwaitingInput) as wait:
                name = task.task_display_name
                self.waits[name] = wait
                if name not in self.answers:
                    return "deferred" if isinstance(wait, TaskDeferred) else "awaiting_input"
                kwargs = {**(wait.kwargs or {}), "event": self.answers[name](wait)}
                call = partial(task.resume_execution, wait.method_name, kwargs, context)
            except AirflowSkipException as error:
                self.errors[task.task_display_name] = str(error)
                return "skipped"
            except AirflowFailException as error:
                self.errors[task.task_display_name] = str(error)
                return "failed"
            except AirflowException as error:
                self.errors[task.task_display_name] = str(error)
                return "up_for_retry"
            else:
                return "success"

    def stage(self, name: str) -> Mapping[str, Any]:
        """Return what the stage with a name published; empty where it published nothing."""
        task = next(t for t in self.dag.tasks if t.task_display_name == name)
        value = self.xcoms.get((task.task_id, "stage"))
        return value if isinstance(value, Mapping) else {}

    def status(self, name: str) -> str | None:
        """Return the status of the stage with a name."""
        return self.stage(name).get("status")


def pipeline(*stages: Mapping[str, Any], **top: Any) -> dict[str, Any]:
    """Return a linear pipeline of stages."""
    return {
        "application": "app",
        "name": "test",
        "spelEvaluator": "v4",
        "stages": [dict(s) for s in stages],
        **top,
    }
