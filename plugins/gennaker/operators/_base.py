"""
The operator that every stage is: admission, condition, execution window, expressions, timeout, work, outcome.

A stage's own operator implements :meth:`StageOperator.work`, which returns a :class:`Result` or calls
:meth:`StageOperator.wait_for`. Everything that may go wrong in it becomes the outcome that the stage's
failure option asks for; see ``compiler/semantics.py`` for the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    AirflowTaskTimeout,
    TaskDeferred,
)
from pydantic import ValidationError

from gennaker.errors import GennakerError
from gennaker.operators._admission import ask_admission, not_admitted
from gennaker.operators._conditions import why_skipped
from gennaker.operators._evaluated import Evaluated
from gennaker.operators._halt import halt_pipeline
from gennaker.operators._outcome import FAILURE_STATUS, Result, Status, failure, skipped
from gennaker.operators._pipeline import PipelineInfo
from gennaker.operators._run import StageRun, utc_now
from gennaker.operators._triggers import UntilTrigger
from gennaker.operators.window import jitter, next_opening
from gennaker.spec.graph import Node
from gennaker.spec.model import ExecutionWindow, StageEnvelope
from gennaker.spec.validation import parse


class StageOperator(BaseOperator):
    """
    Run one stage of a pipeline.

    :param node: the stage's place in the graph.
    :param raw: the stage's JSON as it was written.
    :param model: the stage type, which reads the evaluated JSON.
    :param pipeline: what all stages of the pipeline share.
    :param halts: other branches exist that "halt the pipeline" must stop.
    """

    #: Jinja is off: Helm and Go templates pass through untouched.
    template_fields = ()
    ui_color = "#e8f4f8"

    #: Keys of the stage's JSON that :meth:`work` evaluates itself.
    raw_keys: ClassVar[frozenset[str]] = frozenset()
    #: Keys that ``skipExpressionEvaluation`` leaves alone.
    skippable_keys: ClassVar[frozenset[str]] = frozenset({"manifests", "manifest", "patchBody"})
    #: Seconds that the stage may take where it has no ``stageTimeoutMs``; None is for ever.
    default_timeout: ClassVar[float | None] = None
    #: Whether :meth:`work` only computes: a dry run then really does it.
    computes: ClassVar[bool] = False

    def __init__(
        self,
        *,
        node: Node,
        raw: Mapping[str, Any],
        model: type[StageEnvelope],
        pipeline: PipelineInfo,
        halts: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.node = node
        self.raw = raw
        self.model = model
        self.pipeline = pipeline
        self.halts = halts

    def work(self, run: StageRun) -> Result:
        """Do the stage's work; return how it went, or wait with :meth:`wait_for`."""
        raise NotImplementedError

    def on_timeout(self, run: StageRun) -> None:
        """Stop what the stage started elsewhere, since its time is over."""

    # ---- the course of a try -------------------------------------------------------------------------

    def execute(self, context: Any) -> None:
        """Start the stage."""
        run = StageRun(self, context)
        self._conclude(run, self._begin)

    def resume(self, context: Any, *, then: str, state: Mapping[str, Any], event: Any = None) -> None:
        """Go on after a wait: with the method ``then``, given what the trigger said."""
        run = StageRun(self, context, state)
        self._conclude(run, lambda run: getattr(self, then)(run, event))

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Any) -> Any:
        """Go on after a wait; a wait that broke is a failure of the stage like any other."""
        if next_method == "resume":
            return super().resume_execution(next_method, next_kwargs, context)
        reason = (next_kwargs or {}).get("error", "unknown")
        trace = (next_kwargs or {}).get("traceback") or []
        self.log.error("The trigger failed:\n%s", "".join(trace))
        run = StageRun(self, context, {})
        self._conclude(run, lambda _: failure(f"the wait for the stage broke: {reason}"))
        return None

    def _begin(self, run: StageRun) -> Result:
        if (reason := ask_admission(run)) is not None:
            return not_admitted(reason)
        if (reason := why_skipped(self.raw, run, now=utc_now())) is not None:
            return skipped(reason)
        if self.raw.get("restrictExecutionDuringTimeWindow") is True:
            return self._await_window(run)
        return self._work(run)

    def _await_window(self, run: StageRun) -> Result:
        written = self.raw.get("restrictedExecutionWindow")
        window, _ = parse(ExecutionWindow, written or {}, base="$.restrictedExecutionWindow")
        if not written or window is None:
            return self._work(run)
        now = utc_now()
        opens = next_opening(window, now, timezone=run.settings.default_timezone)
        if opens is None:
            return failure("the execution window never opens", final=True)
        # As in Orca, a stage that finds the window open waits for its jitter too.
        opens += jitter(window, manual=run.manual)
        if opens > now:
            self.log.info("The execution window lets the stage go on at %s", opens.isoformat())
            self.wait_for(run, UntilTrigger(opens.isoformat()), then="_window_opened")
        return self._work(run)

    def _window_opened(self, run: StageRun, event: Any) -> Result:
        run.resumed = False
        return self._work(run)

    def _work(self, run: StageRun) -> Result:
        run.began_work = utc_now()
        if (refusal := self.refused(run)) is not None:
            return refusal
        with self._time_limit(run):
            return self.work(run)

    def refused(self, run: StageRun) -> Result | None:
        """Return the failure of a stage whose evaluated JSON cannot be worked with, or None."""
        evaluation = run.evaluation
        for problem in evaluation.problems:
            self.log.warning("%s: %s: %s", problem.path, problem.expression, problem.message)
        if evaluation.problems and str(self.raw.get("failOnFailedExpressions")).lower() == "true":
            return failure(_describe(evaluation), final=True, context=_summary(evaluation))
        try:
            run.stage  # noqa: B018 - reads the evaluated JSON as the stage's type
        except ValidationError as error:
            return failure(_bad_inputs(error), final=True)
        return None

    @contextmanager
    def _time_limit(self, run: StageRun) -> Iterator[None]:
        """Interrupt work that holds the worker past the stage's deadline; waits watch it themselves."""
        if run.deadline is None or self.raw.get("stageTimeoutMs") is None:
            yield
            return
        from airflow.sdk.execution_time.timeout import timeout

        left = (run.deadline - utc_now()).total_seconds()
        if left <= 0:
            raise AirflowTaskTimeout("the stage's time is over")
        with timeout(int(left) + 1):
            yield

    # ---- waiting -------------------------------------------------------------------------------------

    def wait_for(self, run: StageRun, trigger: Any, *, then: str, **state: Any) -> NoReturn:
        """
        Give the worker back until the trigger fires; go on with ``then(run, event)``.

        :param state: kept in ``run.state`` for the part after the wait; plain JSON.
        """
        self.publish_running(run)
        raise TaskDeferred(
            trigger=trigger, method_name="resume", kwargs={"then": then, "state": run.carry(**state)}
        )

    def publish_running(self, run: StageRun) -> None:
        """Let others see the stage, and keep its evaluated values for the part after the wait."""
        if not run.state.get("published") or run.began_work is None:
            context = run.inputs if run.began_work else self.raw
            run.publish(Status.RUNNING, context=context)
            run.state["published"] = run.began_work is not None

    def timed_out(self, run: StageRun, message: str) -> Result:
        """Return the result of a stage whose time is over."""
        self.on_timeout(run)
        if run.inputs.get("markSuccessfulOnTimeout") is True:
            return Result(context={"timedOut": True})
        return failure(message, final=True, context={"timedOut": True})

    def earliest(self, run: StageRun, moment: datetime | None) -> datetime | None:
        """Return the earlier of a moment and the stage's deadline."""
        moments = [m for m in (moment, run.deadline) if m is not None]
        return min(moments) if moments else None

    # ---- the outcome ---------------------------------------------------------------------------------

    def _conclude(self, run: StageRun, step: Callable[[StageRun], Result]) -> None:
        self._finish(run, self.attempt(run, step))

    def attempt(self, run: StageRun, step: Callable[[StageRun], Result]) -> Result:
        """Take a step; return how it went, whatever it raises."""
        try:
            return self._in_time(run, step)
        except AirflowSkipException as skip:
            return skipped(str(skip))
        except AirflowFailException as error:
            return failure(str(error), final=True)
        except GennakerError as error:
            return failure(str(error))
        except Exception as error:
            self.log.exception("The stage's work failed")
            return failure(f"{type(error).__name__}: {error}")

    def _in_time(self, run: StageRun, step: Callable[[StageRun], Result]) -> Result:
        try:
            return step(run)
        except AirflowTaskTimeout:
            return self.timed_out(run, "the stage's time is over")

    def _finish(self, run: StageRun, result: Result) -> None:
        if result.bad and not result.final and _may_retry(run.ti):
            raise AirflowException(result.error or "the stage failed; it is tried again")
        result = self._publish(run, result)
        status = self._status(result)
        if status is Status.TERMINAL and self.halts and not result.alone:
            halt_pipeline(run, reason=result.error or "the stage failed")
        if status in (Status.TERMINAL, Status.STOPPED):
            raise AirflowFailException(result.error or "the stage failed")
        if status in (Status.SKIPPED, Status.FAILED_CONTINUE):
            raise AirflowSkipException(result.error or result.context.get("skipReason", ""))

    def _status(self, result: Result) -> Status:
        return FAILURE_STATUS[result.policy or self.node.policy] if result.bad else result.status

    def _publish(self, run: StageRun, result: Result) -> Result:
        """Publish how the stage ended; where that cannot be kept, publish a bare failure that says why."""
        policy = {"failurePolicy": str(result.policy)} if result.policy else {}
        try:
            context = {**self._seen_inputs(run), **result.context, **policy}
            run.publish(self._status(result), context=context, outputs=result.outputs, error=result.error)
        except Exception as error:
            self.log.exception("The outcome of the stage could not be published")
            why = str(error) if isinstance(error, GennakerError) else f"{type(error).__name__}: {error}"
            told = f"{result.error}; its outcome could not be kept: {why}" if result.error else why
            result = failure(told, final=True, policy=result.policy)
            run.publish(self._status(result), context=policy, error=result.error)
        return result

    def _seen_inputs(self, run: StageRun) -> Mapping[str, Any]:
        """Return what the stage worked with; its JSON as written where it never came to work."""
        if "inputs" in run.__dict__ or "evaluation" in run.__dict__ or run.resumed:
            return {k: v for k, v in run.inputs.items() if k not in ("refId", "requisiteStageRefIds")}
        return {}


def _may_retry(ti: Any) -> bool:
    """Return whether Airflow would try the task again (``retries`` of the stage)."""
    told = getattr(ti, "_ti_context_from_server", None)
    return bool(told and told.should_retry)


def _describe(evaluation: Evaluated) -> str:
    first = evaluation.problems[0]
    more = f" (and {len(evaluation.problems) - 1} more)" if len(evaluation.problems) > 1 else ""
    return f"expression {first.expression!r} failed: {first.message}{more}"


def _summary(evaluation: Evaluated) -> dict[str, Any]:
    problems = [
        {"path": p.path, "expression": p.expression, "level": p.level, "description": p.message}
        for p in evaluation.problems
    ]
    return {"expressionEvaluationSummary": problems}


def _bad_inputs(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}, got {first['input']!r}"
