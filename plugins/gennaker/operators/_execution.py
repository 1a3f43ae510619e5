"""
The run as expressions see it: ``execution``, its stages, ``trigger`` and ``parameters``.

Everything that lives in another task (its status, context and outputs) is fetched when an expression first
asks for it: a worker pays one request for each stage that is really named, and none otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from gennaker.operators._outcome import BELIEVABLE_STATES, Status, status_of_state
from gennaker.operators._parameters import Parameters
from gennaker.operators._pipeline import PipelineInfo
from gennaker.spec.graph import Node

#: The XCom under which every stage publishes how it ended.
STAGE_KEY = "stage"
#: The XCom that names the child of a waiting `pipeline` stage, so that the server can cancel it too.
CHILD_KEY = "gennaker_child"
_CHILD_RUN = "pipeline__"
#: Where a stage keeps, through its waits, what the server said when it was admitted.
ADMISSION = "admission"


def millis(moment: datetime | None) -> int | None:
    """Return milliseconds since the epoch."""
    return None if moment is None else int(moment.timestamp() * 1000)


def child_run_id(ti: Any) -> str:
    """
    Return the id of the run that a `pipeline` stage starts.

    It follows from the task instance, so that a task which is executed twice starts one child, and so that
    the server can tell a true child from one that somebody wrote into an XCom.
    """
    digest = sha256(f"{ti.dag_id}\0{ti.run_id}\0{ti.id}".encode()).hexdigest()
    return f"{_CHILD_RUN}{digest[:24]}"


class RunReader:
    """Read what the other tasks of the same run left, each at most once."""

    def __init__(self, ti: Any) -> None:
        self._ti = ti
        self._published: dict[str, Mapping[str, Any] | None] = {}

    @cached_property
    def states(self) -> Mapping[str, str | None]:
        """Return the state of every task of the run."""
        answer = self._ti.get_task_states(dag_id=self._ti.dag_id, run_ids=[self._ti.run_id])
        return {
            task: str(state) if state else None for task, state in answer.get(self._ti.run_id, {}).items()
        }

    def published(self, task_id: str) -> Mapping[str, Any] | None:
        """Return what the task published, unless a clear has made it stale."""
        if task_id not in self._published:
            self._published[task_id] = self._fetch(task_id)
        return self._published[task_id]

    def _fetch(self, task_id: str) -> Mapping[str, Any] | None:
        value = self._ti.xcom_pull(task_ids=task_id, key=STAGE_KEY)
        if not isinstance(value, Mapping):
            return None
        status = Status(value.get("status", Status.RUNNING))
        return value if self.states.get(task_id) in BELIEVABLE_STATES.get(status, frozenset()) else None


class StageView(Mapping[str, Any]):
    """One stage of the run, as ``execution.stages[i]`` or ``#stage('name')``."""

    _LAZY = ("status", "context", "outputs", "startTime", "endTime", "tasks")

    def __init__(self, node: Node, raw: Mapping[str, Any], reader: RunReader) -> None:
        self._node = node
        self._raw = raw
        self._reader = reader
        self._fixed = {
            "id": node.task_id,
            "refId": node.ref_id,
            "type": node.type,
            "name": node.name,
            "requisiteStageRefIds": list(node.requisites),
            "parentStageId": None,
            "syntheticStageOwner": None,
        }

    def __getitem__(self, key: str) -> Any:
        """Return a value, fetching what the stage's task published where needed."""
        if key in self._fixed:
            return self._fixed[key]
        if key in self._LAZY:
            return getattr(self, f"_{key}")()
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._fixed, *self._LAZY))

    def __len__(self) -> int:
        return len(self._fixed) + len(self._LAZY)

    def _published(self) -> Mapping[str, Any]:
        return self._reader.published(self._node.task_id) or {}

    def _status(self) -> str:
        if status := self._published().get("status"):
            return str(status)
        return str(status_of_state(self._reader.states.get(self._node.task_id), self._node.policy))

    def _context(self) -> Mapping[str, Any]:
        return self._published().get("context") or self._raw

    def _outputs(self) -> Mapping[str, Any]:
        return self._published().get("outputs") or {}

    def _startTime(self) -> int | None:
        return self._published().get("startTime")

    def _endTime(self) -> int | None:
        return self._published().get("endTime")

    def _tasks(self) -> Sequence[Mapping[str, Any]]:
        return [{"id": "1", "name": self._node.type, "status": self._status()}]


def trigger_of(dag_run: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``trigger`` of a run that Airflow started: who, how and with which parameters."""
    run_type = str(getattr(dag_run.run_type, "value", dag_run.run_type))
    kind = {"scheduled": "cron", "asset_triggered": "asset"}.get(run_type, "manual")
    if str(dag_run.run_id).startswith(_CHILD_RUN):
        kind = "pipeline"
    return {
        "type": kind,
        "user": dag_run.triggering_user_name or "anonymous",
        "parameters": parameters,
        "artifacts": [],
        "resolvedExpectedArtifacts": [],
        "payload": {},
        "correlationId": dag_run.run_id,
        "dryRun": False,
        "rebake": False,
        "strategy": False,
        "notifications": [],
        "isPipeline": kind == "pipeline",
    }


def execution_of(
    pipeline: PipelineInfo, ti: Any, dag_run: Any, admission: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """
    Return the run as expressions see it.

    :param admission: what the server knows of the run beside its conf; None in the files-only mode.
    """
    reader = RunReader(ti)
    told = admission or {}
    parameters = Parameters(pipeline.parameters, dag_run.conf or {})
    trigger = {**trigger_of(dag_run, parameters), **told.get("trigger", {})}
    started = millis(dag_run.start_date)
    return {
        "id": dag_run.run_id,
        "type": "PIPELINE",
        "application": pipeline.application,
        "name": pipeline.name,
        "pipelineConfigId": pipeline.id,
        "project": told.get("project") or "",
        "status": "RUNNING",
        "canceled": False,
        "trigger": trigger,
        "parameters": parameters,
        "authentication": {"user": trigger["user"], "allowedAccounts": []},
        "buildTime": told.get("buildTime") or started,
        "startTime": started,
        "endTime": None,
        "initialConfig": {},
        "templateVariables": dict(pipeline.template_variables),
        "stages": [StageView(node, raw, reader) for node, raw in pipeline.in_list_order()],
    }
