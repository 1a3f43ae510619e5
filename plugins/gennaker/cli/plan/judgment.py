"""Who would be asked, and what an assumed answer gives."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gennaker.cli.plan.world import DryRun
from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result, failure


@dataclass(frozen=True)
class Question:
    """What a manual judgment asks, of whom."""

    instructions: str
    inputs: tuple[str, ...]
    approvers: tuple[str, ...]
    groups: tuple[str, ...]
    roles: tuple[str, ...]
    quorum: int
    mode: str
    prevent_self_approval: bool
    waits_seconds: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    def who(self) -> str:
        """Return on one line who may answer."""
        groups = {"users": self.approvers, "groups": self.groups, "roles": self.roles}
        told = [f"{kind} {', '.join(names)}" for kind, names in groups.items() if names]
        who = "; ".join(told) or "whoever may run the pipeline"
        if self.quorum > 1:
            who += f"; {self.quorum} must agree"
        if self.mode != "any":
            who += f"; {self.mode}"
        return who + ("; not whoever started the run" if self.prevent_self_approval else "")


def ask(operator: StageOperator, run: DryRun) -> Question:
    """Return the question that a manual judgment asks."""
    stage = run.stage
    approval = stage.approval
    limit = None if run.deadline is None else (run.deadline - (run.began_work or run.started)).total_seconds()
    roles = (*(stage.selected_stage_roles or ()), *(stage.required_judgment_roles or ()))
    return Question(
        instructions=str(stage.instructions or ""),
        inputs=tuple(choice for choice in map(_choice, run.inputs.get("judgmentInputs") or ()) if choice),
        approvers=tuple(approval.approvers) if approval else (),
        groups=tuple(approval.groups) if approval else (),
        roles=tuple(dict.fromkeys(roles)),
        quorum=(approval.quorum or 1) if approval else 1,
        mode=approval.mode if approval else "any",
        prevent_self_approval=stage.prevent_self_approval is True
        or bool(approval and approval.prevent_self_approval),
        waits_seconds=limit,
    )


def judge(question: Question, chosen: str | None, notes: list[str]) -> Result:
    """Return what an answer gives; without one, the judge is assumed to go on with the first choice."""
    first = question.inputs[0] if question.inputs else None
    answer = first if chosen is None else chosen
    if chosen is not None and chosen not in question.inputs:
        word = chosen.strip().lower()
        if word == "stop":
            return failure("assumed to be stopped by its judge", context={"judgmentStatus": "stop"})
        if word == "continue":
            answer = first
        else:
            offered = ", ".join(question.inputs) or "none"
            notes.append(f"the judge cannot choose {chosen!r}; the choices are: {offered}")
    values = {"judgmentStatus": "continue", "judgmentInput": answer}
    told = f"{answer!r} is" if answer else "going on is"
    notes.append(f"{told} {'assumed for want of --judge' if chosen is None else 'chosen'}")
    return Result(context=values, outputs={key: value for key, value in values.items() if value is not None})


def _choice(item: Any) -> str:
    value = item.get("value") if isinstance(item, dict) else item
    return "" if value is None else str(value)
