"""The run that is only imagined: its clock, its trigger, and what its stages have left behind so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from gennaker.cli.plan.assumptions import Assumptions
from gennaker.expr import ExpressionProblem, Services
from gennaker.operators._base import StageOperator
from gennaker.operators._evaluated import Evaluated
from gennaker.operators._execution import StageView, execution_of, millis, trigger_of
from gennaker.operators._outcome import Status
from gennaker.operators._parameters import Parameters
from gennaker.operators._pipeline import PipelineInfo
from gennaker.operators._run import StageRun
from gennaker.security.redact import MASK

RUN_ID = "plan"


class PlannedParameters(Parameters):
    """Parameters whose secrets are never fetched."""

    def __getitem__(self, name: str) -> Any:
        """Return the value; a secret is masked."""
        return MASK if name in self._secret else self._values[name]


class Board:
    """What the stages have published; read as a run's tasks are."""

    states: Mapping[str, str | None] = {}

    def __init__(self) -> None:
        self._published: dict[str, Mapping[str, Any]] = {}

    def published(self, task_id: str) -> Mapping[str, Any] | None:
        """Return what a task published."""
        return self._published.get(task_id)

    def write(self, task_id: str, **values: Any) -> None:
        """Publish."""
        self._published[task_id] = {**self._published.get(task_id, {}), **values}


class World:
    """An imagined run of a pipeline."""

    def __init__(self, pipeline: PipelineInfo, assumed: Assumptions, *, start: datetime) -> None:
        self.pipeline = pipeline
        self.assumed = assumed
        self.start = start
        self.board = Board()
        self.parameters = PlannedParameters(pipeline.parameters, assumed.parameters)

    @cached_property
    def execution(self) -> dict[str, Any]:
        """Return the run as expressions see it."""
        dag_run = self._dag_run()
        trigger = {
            **trigger_of(dag_run, self.parameters),
            **self.assumed.trigger,
            "parameters": self.parameters,
        }
        trigger["isPipeline"] = trigger["type"] == "pipeline"
        stages = [StageView(node, raw, self.board) for node, raw in self.pipeline.in_list_order()]  # type: ignore[arg-type]
        return {
            **execution_of(self.pipeline, SimpleNamespace(), dag_run),
            "trigger": trigger,
            "parameters": self.parameters,
            "authentication": {"user": trigger.get("user"), "allowedAccounts": []},
            "stages": stages,
        }

    def _dag_run(self) -> Any:
        return SimpleNamespace(
            run_id=RUN_ID,
            run_type="manual",
            conf=dict(self.assumed.parameters),
            start_date=self.start,
            triggering_user_name=None,
        )

    def moment(self, seconds: float) -> datetime:
        """Return the time at an offset from the start of the run."""
        return self.start + timedelta(seconds=seconds)

    def begin(self, operator: StageOperator, seconds: float) -> DryRun:
        """Return the try of a stage that starts at an offset."""
        self.board.write(operator.task_id, status=str(Status.RUNNING), startTime=millis(self.moment(seconds)))
        return DryRun(operator, self, seconds)


class DryRun(StageRun):
    """A try of a stage that evaluates everything and touches nothing."""

    def __init__(self, operator: StageOperator, world: World, seconds: float) -> None:
        ti = SimpleNamespace(id="plan", dag_id=world.pipeline.dag_id, run_id=RUN_ID, task_id=operator.task_id)
        super().__init__(operator, {"ti": ti, "dag_run": SimpleNamespace(run_id=RUN_ID)})
        self.world = world
        self.started = self.began_work = world.moment(seconds)
        self.failures: list[ExpressionProblem] = []

    def evaluate(self, value: Any, **names: Any) -> Evaluated:
        """Evaluate the ``${ }`` of a value, and remember what failed."""
        done = super().evaluate(value, **names)
        self.failures += [failed for failed in done.problems if failed not in self.failures]
        return done

    @cached_property
    def execution(self) -> dict[str, Any]:
        """Return the imagined run."""
        return self.world.execution

    @cached_property
    def _services(self) -> Services:
        directory, own = self.operator.pipeline.directory, self.operator.pipeline.application

        def pipeline_id(name: str, application: str | None) -> str | None:
            return directory.pipeline_id(name, application or own)

        # Nothing is fetched: a plan must not have effects, and an answer now says little about the one then.
        return Services(pipeline_id=pipeline_id)

    def shown(self, data: Mapping[str, Any] | None) -> Any:
        """Return data as a real run would publish it: plain, and without secrets."""
        return self._masked(data)
