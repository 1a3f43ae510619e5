"""What became of copies."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gennaker.api.models._base import Answer
from gennaker.api.models.pipelines import CreatedPipeline
from gennaker.api.models.revisions import Saved


class NoteAnswer(Answer):
    """Something that whoever made a copy should know: a hook or a secret is new, say."""

    path: str = Field(description="JSON path in the copy.")
    code: str
    message: str


class CopiedPipeline(CreatedPipeline):
    """A copy."""

    notes: list[NoteAnswer] = []


class StagesCopied(Saved):
    """What became of stages that were copied."""

    ref_ids: dict[str, Any] = Field(description="The refId of each in the target, by the one it had.")
    notes: list[NoteAnswer]
