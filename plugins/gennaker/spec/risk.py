"""One risk of a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gennaker.spec.differences import Steps
from gennaker.spec.problems import json_path


@dataclass(frozen=True)
class Risk:
    """
    One thing that a reviewer should look at.

    ``kind`` is a class of :data:`gennaker.spec.risks.RISKS`. ``steps`` lead to the place in the document
    after, or, where it is gone, before.
    """

    kind: str
    message: str
    steps: Steps
    stage: str | None = None
    gone: bool = False

    @property
    def path(self) -> str:
        """Return the JSON path of the place."""
        return json_path("$", *self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"class": self.kind, "message": self.message, "path": self.path, "stage": self.stage}
