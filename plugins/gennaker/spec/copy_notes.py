"""What whoever made a copy should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Note:
    """
    One thing to know about a copy.

    ``path`` is a place in the copy. The message tells no secret: what was minted stands at the path.

    ===========================  ======================================================================
    code                         meaning
    ===========================  ======================================================================
    ``new-id``                   the pipeline, or items of a list, have new ids
    ``new-hook``                 a webhook has a new address: change it at the sender, or add a second
    ``new-secret``               a secret, or a constraint that works as one, is new: tell the sender
    ``starts-by-itself``         a trigger is on, so the copy starts whenever the original does
    ``calls-itself``             what called the original pipeline from inside now calls the copy
    ``calls-original``           a stage still calls the original, by its name
    ``renamed``                  a stage of that name was there already
    ``stage-not-copied``         an expression refers to a stage that was left behind
    ``stage-of-target``          an expression refers to a stage by a name that another one has here
    ``variable-not-copied``      an expression uses a variable of an ``evaluateVariables`` stage that
                                 was left behind
    ``artifact-not-copied``      an artifact is made by a stage that was left behind, or by nobody
    ``artifact-copied``          an expected artifact came along
    ``parameter-copied``         a parameter came along
    ``parameter-unknown``        an expression uses a parameter that neither pipeline declares
    ``parameter-differs``        both pipelines declare the parameter, and not alike
    ``numbers-written``          the stages had no refIds, and have them now
    ``evaluator-differs``        expressions are evaluated at other times than in the source
    ===========================  ======================================================================
    """

    code: str
    path: str
    message: str
    stage: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"code": self.code, "path": self.path, "message": self.message, "stage": self.stage}
