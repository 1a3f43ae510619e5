"""Who may judge, and how many must: the rule of a judgment, and what it says to each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Approval:
    """
    The rule of one judgment.

    :ivar approvers: names of those who may judge; none means everybody who may answer in Airflow.
    :ivar needed: how many different people must agree.
    :ivar in_order: they agree one after the other, as they are listed.
    :ivar starter: who started the run and may not judge; None where anybody may.
    """

    approvers: tuple[str, ...] = ()
    needed: int = 1
    in_order: bool = False
    starter: str | None = None

    def objection(self, judge: str | None, votes: Sequence[str]) -> str | None:
        """Return why an answer does not count, None where it does; ``votes`` names who has agreed so far."""
        if judge is None:
            return "it is not known who answered" if self.restricted else None
        if judge == self.starter:
            return f"{judge} started the run and may not judge it"
        if self.approvers and judge not in self.approvers:
            return f"{judge} is not among the approvers ({', '.join(self.approvers)})"
        if self.in_order and judge != self.approvers[len(votes)]:
            return f"it is the turn of {self.approvers[len(votes)]}"
        if judge in votes:
            return f"{judge} has agreed already"
        return None

    @property
    def restricted(self) -> bool:
        """Return whether it matters who answers."""
        return bool(self.approvers) or self.needed > 1 or self.starter is not None


def approval_of(stage: Any, *, starter: str | None) -> Approval:
    """Return the rule that a judgment's ``approval`` (ours) and ``preventSelfApproval`` (Deck's) make."""
    given = stage.approval
    alone = stage.prevent_self_approval is True or bool(given and given.prevent_self_approval)
    forbidden = starter if alone else None
    if given is None:
        return Approval(starter=forbidden)
    everyone = given.mode in ("all", "sequential") and given.approvers
    return Approval(
        approvers=given.approvers,
        needed=len(given.approvers) if everyone else max(1, given.quorum or 1),
        in_order=bool(everyone) and given.mode == "sequential",
        starter=forbidden,
    )
