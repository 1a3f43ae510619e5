"""One try of one stage: its times, its evaluated JSON, and what it publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from gennaker.errors import StageFailed
from gennaker.operators._evaluated import Evaluated, has_expressions
from gennaker.operators._execution import ADMISSION, STAGE_KEY, execution_of, millis
from gennaker.operators._outcome import Status
from gennaker.operators._parameters import Parameters
from gennaker.operators._pipeline import PipelineInfo
from gennaker.security.redact import MASK, redact
from gennaker.settings import SECTION, Settings, from_airflow
from gennaker.spec.graph import Node
from gennaker.spec.model import StageEnvelope
from gennaker.spec.validation import parse

if TYPE_CHECKING:
    from gennaker.expr import Services

#: Keys that shape the graph or are read on their own terms; never evaluated as a part of the stage.
STRUCTURAL = frozenset({"refId", "requisiteStageRefIds", "type", "stageEnabled", "restrictedExecutionWindow"})


def utc_now() -> datetime:
    """Return the time; the one place that reads the clock."""
    return datetime.now(UTC)


def plain(value: Any) -> Any:
    """Return a value as plain JSON data; what JSON does not know becomes text."""
    return json.loads(json.dumps(value, default=_plain_object))


def _plain_object(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return str(value)


class Work(Protocol):
    """What a try knows of its operator."""

    raw: Mapping[str, Any]
    node: Node
    model: type[StageEnvelope]
    pipeline: PipelineInfo

    @property
    def raw_keys(self) -> frozenset[str]:
        """Keys that the work evaluates itself."""

    @property
    def skippable_keys(self) -> frozenset[str]:
        """Keys that ``skipExpressionEvaluation`` leaves alone."""

    @property
    def default_timeout(self) -> float | None:
        """Seconds; None is for ever."""

    @property
    def log(self) -> Any:
        """The task's log."""


class StageRun:
    """
    One try of one stage.

    :param state: what an earlier part of the same try handed on when it began to wait.
    """

    def __init__(self, operator: Work, context: Any, state: Mapping[str, Any] | None = None) -> None:
        self.operator = operator
        self.airflow_context = context
        self.ti = context["ti"]
        self.dag_run = context["dag_run"]
        self.state: dict[str, Any] = dict(state or {})
        self.resumed = state is not None
        now = utc_now()
        self.started = _moment(self.state.get("started")) or now
        self.began_work = _moment(self.state.get("beganWork"))

    @cached_property
    def settings(self) -> Settings:
        """Return the administrator's settings."""
        return from_airflow()

    @cached_property
    def execution(self) -> dict[str, Any]:
        """Return the run as expressions see it."""
        return execution_of(
            self.operator.pipeline, self.ti, self.dag_run, admission=self.state.get(ADMISSION)
        )

    @property
    def parameters(self) -> Parameters:
        """Return the run's parameters."""
        parameters: Parameters = self.execution["parameters"]
        return parameters

    @property
    def manual(self) -> bool:
        """Return whether a person started the run."""
        return bool(self.execution["trigger"]["type"] == "manual")

    def evaluate(self, value: Any, **names: Any) -> Evaluated:
        """Evaluate the ``${ }`` of a value; ``names`` are visible before anything else."""
        if not has_expressions(value):
            return Evaluated(value)
        # Imported where it is needed: many stages of a pipeline have no expression.
        from gennaker.expr import evaluate_with_problems

        done = evaluate_with_problems(
            value,
            {**self.operator.raw, **names},
            execution=self.execution,
            stage=self.operator.node.ref_id,
            services=self._services,
        )
        return Evaluated(done.value, done.problems)

    def evaluate_bare(self, expression: str) -> Any:
        """Evaluate an expression written without ``${ }``; raises ExpressionError."""
        from gennaker.expr import evaluate_expression

        return evaluate_expression(
            expression,
            self.operator.raw,
            execution=self.execution,
            stage=self.operator.node.ref_id,
            services=self._services,
        )

    @cached_property
    def _services(self) -> Services:
        from gennaker.expr import Services

        pipeline = self.operator.pipeline

        def pipeline_id(name: str, application: str | None) -> str | None:
            return pipeline.directory.pipeline_id(name, application or pipeline.application)

        return Services(pipeline_id=pipeline_id, fetch=self._fetch)

    def _fetch(self, url: str) -> str:
        """Return what a URL gives, for ``#fromUrl`` and its kin."""
        from gennaker.client.outbound import Call
        from gennaker.operators._webhook_call import send

        answer = send(Call("GET", url), self.settings)
        if answer.status >= 400:
            raise StageFailed(f"{url} answered {answer.status} {answer.reason}")
        return answer.text

    @cached_property
    def evaluation(self) -> Evaluated:
        """Return the stage's JSON with its expressions evaluated, and what could not be."""
        raw = self.operator.raw
        kept = STRUCTURAL | self.operator.raw_keys
        if raw.get("skipExpressionEvaluation") is True:
            kept |= self.operator.skippable_keys
        done = self.evaluate({key: value for key, value in raw.items() if key not in kept})
        values = {key: raw[key] for key in raw if key in kept} | dict(done.value)
        return Evaluated(values, done.problems)

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """
        Return the stage's evaluated JSON.

        A stage that waited goes on with the values it started with, which it published before it began to
        wait; only where some of them were masked are they evaluated again.
        """
        if self.resumed:
            published = self.ti.xcom_pull(task_ids=self.ti.task_id, key=STAGE_KEY)
            context = published.get("context") if isinstance(published, Mapping) else None
            if context and MASK not in json.dumps(context):
                return dict(context)
        return dict(self.evaluation.value)

    @cached_property
    def stage(self) -> Any:
        """Return the evaluated JSON as the stage type's model; as for the loader, null is no value."""
        model, given = self.operator.model, dict(self.inputs)
        try:
            return model.model_validate(given)
        except ValidationError as error:
            if any(
                fault["type"] == "missing" or fault["input"] not in (None, "") for fault in error.errors()
            ):
                raise
            stage, _ = parse(model, given, base="$")
            if stage is None:
                raise
            return stage

    @property
    def deadline(self) -> datetime | None:
        """Return when ``stageTimeoutMs`` is over; the wait for an execution window does not count."""
        limit = self.inputs.get("stageTimeoutMs")
        if limit in (None, "", 0, "0"):
            limit = None
        seconds = float(limit) / 1000 if limit is not None else self.operator.default_timeout
        return None if seconds is None else (self.began_work or self.started) + timedelta(seconds=seconds)

    def carry(self, **more: Any) -> dict[str, Any]:
        """Return what the part of the try after the wait needs to know."""
        self.state.update(more)
        self.state["started"] = self.started.isoformat()
        if self.began_work:
            self.state["beganWork"] = self.began_work.isoformat()
        return self.state

    def publish(
        self,
        status: Status,
        *,
        context: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        """
        Publish the stage's state for other stages, the API and the UI; secrets are masked.

        :raises StageFailed: the outputs are larger than the administrator allows.
        """
        ended = None if status is Status.RUNNING else millis(utc_now())
        shown = self._masked(outputs)
        if shown:
            _refuse_large(shown, self.settings.max_outputs_bytes)
        value = {
            "status": str(status),
            "context": self._masked(context),
            "outputs": shown,
            "startTime": millis(self.started),
            "endTime": ended,
            "error": {"message": error} if error else None,
            "tiId": str(self.ti.id),
        }
        self.ti.xcom_push(key=STAGE_KEY, value=value)

    def _masked(self, data: Mapping[str, Any] | None) -> Any:
        """Return data without secrets: those that their names give away, and the parameters' own."""
        shown = redact(plain(data or {}))
        execution = self.__dict__.get("execution")
        secrets = execution["parameters"].secrets() if execution else ()
        return _mask_values(shown, secrets) if secrets else shown


def _refuse_large(outputs: Mapping[str, Any], limit: int) -> None:
    """Raise when the outputs are larger than the limit; name what takes the most room."""
    size = _bytes_of(outputs)
    if size <= limit:
        return
    largest = max(outputs, key=lambda key: _bytes_of(outputs[key]))
    raise StageFailed(
        f"the stage's outputs are {size:,} bytes of JSON, the limit is {limit:,}"
        f" (the largest is {largest!r} with {_bytes_of(outputs[largest]):,})",
        hint=f"leave less behind, or raise [{SECTION}] max_outputs_bytes",
    )


def _bytes_of(data: Any) -> int:
    return len(json.dumps(data, ensure_ascii=False).encode(errors="replace"))


def _mask_values(data: Any, secrets: Sequence[str]) -> Any:
    """Replace secret values wherever they turn up."""
    if isinstance(data, str):
        for secret in secrets:
            data = data.replace(secret, MASK)
        return data
    if isinstance(data, Mapping):
        return {_mask_values(key, secrets): _mask_values(value, secrets) for key, value in data.items()}
    if isinstance(data, list):
        return [_mask_values(item, secrets) for item in data]
    return data


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
