"""What becomes of one stage: asked at the moment it starts, as the stage's operator would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gennaker.cli.plan.judgment import Question, ask, judge
from gennaker.cli.plan.world import DryRun, World
from gennaker.errors import GennakerError
from gennaker.operators._base import StageOperator
from gennaker.operators._conditions import why_skipped
from gennaker.operators._outcome import FAILURE_STATUS, Result, Status, failure, skipped
from gennaker.operators._values import number
from gennaker.operators.window import next_opening
from gennaker.spec.graph import Node
from gennaker.spec.model import FailurePolicy

#: Seconds of work whose length nobody knows.
UNKNOWN = 60.0

#: Keys of a stage's JSON that say nothing about its work.
_ENVELOPE = frozenset(
    {"refId", "requisiteStageRefIds", "type", "name", "stageEnabled", "restrictedExecutionWindow"}
)


#: The failure option that gives a status.
_POLICIES = {
    "TERMINAL": FailurePolicy.HALT_PIPELINE,
    "STOPPED": FailurePolicy.HALT_BRANCH,
    "FAILED_CONTINUE": FailurePolicy.IGNORE,
}


@dataclass
class Fate:
    """A stage in the plan; times are seconds from the start of the run."""

    node: Node
    status: Status = Status.NOT_STARTED
    policy: FailurePolicy = FailurePolicy.HALT_PIPELINE
    starts: float | None = None
    ends: float | None = None
    assumed: bool = False
    reason: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    failed_expressions: list[dict[str, Any]] = field(default_factory=list)
    question: Question | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Work:
    """How the work of a stage goes, and how long it takes."""

    result: Result
    seconds: float = 0.0
    assumed: bool = False


def foresee(operator: StageOperator, world: World, *, now: float) -> Fate:
    """Return the fate of a stage that starts now; its status is what it will have at the end."""
    run = world.begin(operator, now)
    fate = Fate(node=operator.node, starts=now, ends=now)
    result = operator.attempt(run, lambda _: _unless_skipped(operator, run, world, fate))
    _settle(fate, operator, run, result)
    return fate


def _unless_skipped(operator: StageOperator, run: DryRun, world: World, fate: Fate) -> Result:
    if (reason := why_skipped(operator.raw, run, now=run.started)) is not None:
        return skipped(reason)
    if operator.raw.get("restrictExecutionDuringTimeWindow") is True and not _window(operator, run, fate):
        return failure("the execution window never opens")
    if (refusal := operator.refused(run)) is not None:
        return refusal
    work = _work(operator, run, world, fate)
    fate.assumed = work.assumed
    return _in_time(run, fate, work)


def _window(operator: StageOperator, run: DryRun, fate: Fate) -> bool:
    """Wait for the execution window; tell whether it ever opens."""
    window = operator.model.model_validate(dict(operator.raw)).restricted_execution_window
    if window is None:
        return True
    opens = next_opening(window, run.started, timezone=run.settings.default_timezone)
    if opens is None:
        return False
    if opens > run.started:
        fate.ends = (fate.ends or 0.0) + (opens - run.started).total_seconds()
        fate.notes.append(f"waits for its execution window until {opens.isoformat(timespec='minutes')}")
        run.began_work = opens
    return True


def _work(operator: StageOperator, run: DryRun, world: World, fate: Fate) -> Work:
    """Return how the work goes: computed where that is possible, else assumed."""
    ref_id = operator.node.ref_id
    seconds = _seconds(operator, run, world)
    if operator.node.type == "manualJudgment":
        fate.question = ask(operator, run)
    if (outcome := world.assumed.outcomes.get(ref_id)) is not None:
        return Work(_assumed(outcome, operator.node.policy), seconds, assumed=True)
    if fate.question is not None:
        chosen = world.assumed.judgments.get(ref_id)
        return Work(judge(fate.question, chosen, fate.notes), seconds, assumed=True)
    if operator.computes:
        return Work(operator.work(run), seconds)
    _note_child(operator, run, fate)
    # A pause only takes its time, which is known.
    return Work(Result(), seconds, assumed=operator.node.type not in ("wait", "waitUntil"))


def _seconds(operator: StageOperator, run: DryRun, world: World) -> float:
    given = world.assumed.durations.get(operator.node.ref_id)
    if given is not None:
        return given
    if operator.node.type == "wait":
        return max(0.0, number(run.stage.wait_time, "waitTime"))
    if operator.node.type == "waitUntil":
        left = number(run.stage.epoch_millis, "epochMillis") / 1000 - run.started.timestamp()
        return max(0.0, left)
    computed = operator.computes and operator.node.ref_id not in world.assumed.outcomes
    return 0.0 if computed else UNKNOWN


def _assumed(outcome: str, policy: FailurePolicy) -> Result:
    if outcome == "SUCCEEDED":
        return Result()
    if outcome == "SKIPPED":
        return skipped("assumed")
    if outcome == "CANCELED":
        return Result(status=Status.CANCELED, error="assumed to be canceled")
    wanted = _POLICIES.get(outcome, policy)
    # Both kinds of halted branch end as STOPPED; the stage's own option tells which it is.
    changed = FAILURE_STATUS[wanted] is not FAILURE_STATUS[policy]
    return failure("assumed to fail", policy=wanted if changed else None)


def _note_child(operator: StageOperator, run: DryRun, fate: Fate) -> None:
    if operator.node.type != "pipeline":
        return
    application = str(run.stage.application or operator.pipeline.application)
    name = str(run.stage.pipeline or "")
    child = operator.pipeline.directory.dag_id(application, name)
    found = (
        f"starts {child}"
        if child
        else f"starts {name!r} of {application!r}, which is not among the files here"
    )
    fate.notes.append(found)


def _in_time(run: DryRun, fate: Fate, work: Work) -> Result:
    """Add the length of the work to the stage, as far as its time limit allows."""
    began = fate.ends or 0.0
    # A pause beyond the end of the calendar fails here as it does in a run.
    run.world.moment(began + work.seconds)
    limit = None if run.deadline is None else (run.deadline - (run.began_work or run.started)).total_seconds()
    if limit is None or work.seconds <= limit:
        fate.ends = began + work.seconds
        return work.result
    fate.ends = began + limit
    if run.inputs.get("markSuccessfulOnTimeout") is True:
        return Result(context={"timedOut": True})
    return failure(f"its time of {limit:g} s is over before the work, which takes {work.seconds:g} s")


def _settle(fate: Fate, operator: StageOperator, run: DryRun, result: Result) -> None:
    fate.policy = result.policy or operator.node.policy
    fate.status = FAILURE_STATUS[fate.policy] if result.bad else result.status
    fate.reason = result.error or result.context.get("skipReason")
    fate.failed_expressions = [
        {"path": p.path, "expression": p.expression, "message": p.message, "position": p.position}
        for p in run.failures
    ]
    given = run.world.assumed.outputs.get(operator.node.ref_id, {})
    context, outputs = _split(given)
    if not result.bad and fate.status is not Status.SKIPPED:
        fate.outputs = run.shown({**result.outputs, **outputs})
    fate.inputs = run.shown({**_inputs(operator, run), **result.context, **context})
    raw = operator.raw
    fate.changed = frozenset(key for key in fate.inputs if key in raw and "${" in str(raw[key]))


def _split(given: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return assumed context and outputs; values without either name are outputs."""
    if given and given.keys() <= {"context", "outputs"}:
        return given.get("context") or {}, given.get("outputs") or {}
    return {}, given


def _inputs(operator: StageOperator, run: DryRun) -> Mapping[str, Any]:
    if "evaluation" not in run.__dict__:
        return {}
    try:
        return {key: value for key, value in run.inputs.items() if key not in _ENVELOPE}
    except GennakerError:
        return {}
