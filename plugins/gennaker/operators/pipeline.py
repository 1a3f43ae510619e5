"""The work of `pipeline` and `monitorPipeline`: start a run, wait for runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from gennaker.errors import NotFound, StageFailed
from gennaker.operators._base import StageOperator
from gennaker.operators._children import RunsTrigger, start_run
from gennaker.operators._execution import CHILD_KEY, STAGE_KEY, child_run_id
from gennaker.operators._halt import internal_client
from gennaker.operators._outcome import Result, Status, failure, skipped
from gennaker.operators._run import StageRun
from gennaker.operators._values import flag, mapping, strings


class RunsOperator(StageOperator):
    """Wait for runs without a worker, and take their end over."""

    default_timeout = 12 * 3600.0
    #: What to say when the runs outlast the stage.
    too_late: ClassVar[str]
    #: Whether the runs are the stage's own, and end with it.
    owns_runs: ClassVar[bool] = False

    def judge(self, run: StageRun, states: Sequence[str]) -> Result:
        """Return how the stage went, given the states in which its runs ended."""
        raise NotImplementedError

    def ended(self, run: StageRun, event: Any) -> Result:
        """Take the end of the wait over."""
        if event.get("skipped"):
            return self._skip(run, event)
        if event.get("timeout"):
            return self.timed_out(run, self.too_late)
        return self.judge(run, event["states"])

    def _skip(self, run: StageRun, event: Mapping[str, Any]) -> Result:
        """Let a person skip the stage where it allows that; else go on waiting."""
        if flag(run.inputs.get("skippable"), "skippable", default=False):
            return skipped(f"skipped by {event.get('by')}")
        self.wait_for_runs(run, run.state["runs"])

    def wait_for_runs(self, run: StageRun, runs: Sequence[Sequence[str]]) -> NoReturn:
        """Give the worker back until the runs, pairs of DAG id and run id, have ended."""
        deadline = run.deadline
        pairs = [list(pair) for pair in runs]
        trigger = RunsTrigger(
            runs=pairs,
            deadline=deadline.isoformat() if deadline else None,
            fail_fast=run.inputs.get("monitorBehavior") == "FailFast",
            cancel=self.owns_runs,
        )
        self.wait_for(run, trigger, then="ended", runs=pairs)


class PipelineOperator(RunsOperator):
    """Start a child run, wait for its end, take over its outputs."""

    too_late = "the child pipeline did not end in time"
    owns_runs = True

    def work(self, run: StageRun) -> Result:
        """Start the child; wait for it unless told otherwise."""
        child = self._child(run)
        run_id = child_run_id(run.ti)
        parameters = mapping(run.stage.pipeline_parameters, "pipelineParameters")
        start_run(child, run_id, conf=parameters, note=f"started by {run.ti.dag_id}/{run.ti.run_id}")
        values = {"executionId": f"{child}/{run_id}", "executionName": run.stage.pipeline}
        if not flag(run.stage.wait_for_completion, "waitForCompletion", default=True):
            return Result(context=values, outputs=values)
        run.ti.xcom_push(key=CHILD_KEY, value={"dagId": child, "runId": run_id, "tiId": str(run.ti.id)})
        self.wait_for_runs(run, [(child, run_id)])

    def judge(self, run: StageRun, states: Sequence[str]) -> Result:
        """Take the child's end over."""
        dag_id, run_id = run.state["runs"][0]
        values = {"executionId": f"{dag_id}/{run_id}", "executionName": run.inputs.get("pipeline")}
        stages = _stages_of(run, dag_id, run_id)
        if states[0] == "success":
            keep = not flag(run.inputs.get("skipDownstreamOutput"), "skipDownstreamOutput", default=False)
            outputs = (
                {k: v for stage in stages for k, v in (stage.get("outputs") or {}).items()} if keep else {}
            )
            return Result(context=values, outputs={**outputs, **values})
        return _child_failure(stages, values)

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


class MonitorPipelineOperator(RunsOperator):
    """Wait for runs that something else has started."""

    too_late = "the runs did not end in time"

    def work(self, run: StageRun) -> Result:
        """Wait for the runs."""
        named = strings(run.stage.execution_ids, "executionIds") + strings(
            run.stage.execution_id, "executionId"
        )
        if not named:
            return failure("executionIds: the stage names no run", final=True)
        self.wait_for_runs(run, [_split(name) for name in named])

    def judge(self, run: StageRun, states: Sequence[str]) -> Result:
        """Return success if all succeeded."""
        names = [f"{dag_id}/{run_id}" for dag_id, run_id in run.state["runs"]]
        ends = dict(zip(names, states, strict=True))
        failed = [name for name, state in ends.items() if state == "failed"]
        if failed:
            return failure(f"failed: {', '.join(failed)}", context={"executions": ends})
        return Result(context={"executions": ends}, outputs={"executions": ends})


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
