"""The work of `pipeline` and `monitorPipeline`: start a run, wait for runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from gennaker.errors import NotFound, StageFailed
from gennaker.operators._base import StageOperator
from gennaker.operators._children import RunsTrigger, start_run
from gennaker.operators._execution import STAGE_KEY
from gennaker.operators._halt import internal_client
from gennaker.operators._outcome import Result, Status, failure, skipped
from gennaker.operators._run import StageRun
from gennaker.operators._values import flag, mapping, strings

#: The XCom that names the child of a waiting `pipeline` stage, so that the server can cancel it too.
CHILD_KEY = "gennaker_child"


class PipelineOperator(StageOperator):
    """Start a child run, wait for its end, take over its outputs."""

    default_timeout = 12 * 3600.0

    def work(self, run: StageRun) -> Result:
        """Start the child; wait for it unless told otherwise."""
        child = self._child(run)
        # The id follows from the task instance, so that a task which is executed twice starts one child.
        digest = hashlib.sha256(f"{run.ti.dag_id}\0{run.ti.run_id}\0{run.ti.id}".encode()).hexdigest()
        run_id = f"pipeline__{digest[:24]}"
        parameters = mapping(run.stage.pipeline_parameters, "pipelineParameters")
        start_run(child, run_id, conf=parameters, note=f"started by {run.ti.dag_id}/{run.ti.run_id}")
        values = {"executionId": f"{child}/{run_id}", "executionName": run.stage.pipeline}
        if not flag(run.stage.wait_for_completion, "waitForCompletion", default=True):
            return Result(context=values, outputs=values)
        run.ti.xcom_push(key=CHILD_KEY, value={"dagId": child, "runId": run_id, "tiId": str(run.ti.id)})
        self._wait(run, [(child, run_id)])
        return Result()

    def ended(self, run: StageRun, event: Any) -> Result:
        """Take the child's end over."""
        if event.get("skipped"):
            return self._skip(run, event)
        if event.get("timeout"):
            return self.timed_out(run, "the child pipeline did not end in time")
        dag_id, run_id = run.state["runs"][0]
        values = {"executionId": f"{dag_id}/{run_id}", "executionName": run.inputs.get("pipeline")}
        stages = _stages_of(run, dag_id, run_id)
        if event["states"][0] == "success":
            keep = not flag(run.inputs.get("skipDownstreamOutput"), "skipDownstreamOutput", default=False)
            outputs = (
                {k: v for stage in stages for k, v in (stage.get("outputs") or {}).items()} if keep else {}
            )
            return Result(context=values, outputs={**outputs, **values})
        return _child_failure(stages, values)

    def _skip(self, run: StageRun, event: Mapping[str, Any]) -> Result:
        """Let a person skip the stage where it allows that; else go on waiting."""
        if flag(run.inputs.get("skippable"), "skippable", default=False):
            return skipped(f"skipped by {event.get('by')}")
        self._wait(run, [(dag_id, run_id) for dag_id, run_id in run.state["runs"]])
        return Result()

    def on_timeout(self, run: StageRun) -> None:
        """Cancel the child, since the stage's time is over."""
        for dag_id, run_id in run.state.get("runs") or ():
            client = internal_client(run.settings)
            client.cancel_run(dag_id, run_id, "the stage's time is over", requested_by=run.ti.dag_id)

    def _child(self, run: StageRun) -> str:
        application = str(run.stage.application or self.pipeline.application)
        name = str(run.stage.pipeline or "")
        if not name:
            raise StageFailed("pipeline: the stage names no pipeline", hint="give the id or the name of one")
        dag_id = self.pipeline.directory.dag_id(application, name)
        if dag_id is None:
            raise NotFound(f"application {application!r} has no pipeline with the id or name {name!r}")
        if dag_id == run.ti.dag_id and flag(run.stage.wait_for_completion, "waitForCompletion", default=True):
            raise StageFailed("a pipeline cannot wait for a run of itself")
        return dag_id

    def _wait(self, run: StageRun, runs: list[tuple[str, str]]) -> None:
        deadline = run.deadline
        trigger = RunsTrigger(
            runs=[list(pair) for pair in runs],
            deadline=deadline.isoformat() if deadline else None,
            fail_fast=run.inputs.get("monitorBehavior") == "FailFast",
            cancel=self.__class__ is PipelineOperator,
        )
        self.wait_for(run, trigger, then="ended", runs=[list(pair) for pair in runs])


class MonitorPipelineOperator(PipelineOperator):
    """Wait for runs that something else has started."""

    def work(self, run: StageRun) -> Result:
        """Wait for the runs."""
        named = strings(run.stage.execution_ids, "executionIds") + strings(
            run.stage.execution_id, "executionId"
        )
        if not named:
            return failure("executionIds: the stage names no run", final=True)
        runs = [_split(name) for name in named]
        self._wait(run, runs)
        return Result()

    def ended(self, run: StageRun, event: Any) -> Result:
        """Return success if all succeeded."""
        if event.get("skipped"):
            return self._skip(run, event)
        if event.get("timeout"):
            return self.timed_out(run, "the runs did not end in time")
        names = [f"{dag_id}/{run_id}" for dag_id, run_id in run.state["runs"]]
        states = dict(zip(names, event["states"], strict=True))
        failed = [name for name, state in states.items() if state == "failed"]
        if failed:
            return failure(f"failed: {', '.join(failed)}", context={"executions": states})
        return Result(context={"executions": states}, outputs={"executions": states})

    def on_timeout(self, run: StageRun) -> None:
        """Leave the runs alone: something else started them."""


def _split(name: str) -> tuple[str, str]:
    dag_id, slash, run_id = name.partition("/")
    if not slash or not run_id:
        raise StageFailed(f"executionIds: got {name!r}", hint="name a run as dag_id/run_id")
    return dag_id, run_id


def _stages_of(run: StageRun, dag_id: str, run_id: str) -> list[Mapping[str, Any]]:
    """Return what the stages of a child run published."""
    states = run.ti.get_task_states(dag_id=dag_id, run_ids=[run_id]).get(run_id, {})
    found = [run.ti.xcom_pull(dag_id=dag_id, run_id=run_id, task_ids=task, key=STAGE_KEY) for task in states]
    return [stage for stage in found if isinstance(stage, Mapping)]


def _child_failure(stages: list[Mapping[str, Any]], values: Mapping[str, Any]) -> Result:
    statuses = {stage.get("status") for stage in stages}
    if Status.CANCELED in statuses and Status.TERMINAL not in statuses:
        error = "the child pipeline was canceled"
        return Result(status=Status.CANCELED, error=error, context=values, outputs=values)
    errors = [str((stage.get("error") or {}).get("message")) for stage in stages if stage.get("error")]
    reason = f": {errors[0]}" if errors else ""
    return failure(f"the child pipeline failed{reason}", context=values, outputs=values)
