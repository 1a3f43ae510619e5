"""Lock and disable."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from gennaker.api.models._base import Body, NameText, Reason


class LockBody(Body):
    """Why nobody may change the pipeline."""

    reason: Reason = ""
    allow_api: bool = Field(default=True, description="Whether changes through the API go on.")


class DisableBody(Body):
    """Why nobody, or some projects, may start the pipeline."""

    scope: Literal["team", "projects"] = "team"
    projects: list[NameText] = Field(default=[], max_length=500)
    reason: Reason = ""
    until: AwareDatetime | None = Field(default=None, description="When it starts again by itself.")
