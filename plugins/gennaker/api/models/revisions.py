"""Revisions: what was saved, and what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from gennaker.api.models._base import Answer, Body, LongText, Problem
from gennaker.api.models.validation import SpecBody
from gennaker.services import revisions


class SpecAnswer(Answer):
    """A pipeline's JSON at a revision."""

    revision: int
    spec: dict[str, Any]
    text: str = Field(
        description="The same, indented, with its keys in the order in which they were written."
    )
    redacted: bool = Field(description="Whether `***` stands for secrets, because you may not change it.")
    problems: list[Problem] = Field(default=[], description="What is wrong with it now.")


class SaveSpec(SpecBody):
    """What to save."""

    message: LongText = Field(default="", description="Why.")
    publish: bool = Field(default=True, description="Whether it shall run; a spec with errors stays a draft.")


class Saved(Answer):
    """What became of a save."""

    revision: int = Field(description="The number that the spec has now.")
    created: bool = Field(description="False: it was the same as the newest revision.")
    published: bool = Field(description="Whether this revision is the one that is to run.")
    problems: list[Problem]

    @classmethod
    def of(cls, saved: revisions.Saved, **more: Any) -> Self:
        """Return what became of a save as it is told; ``more`` is for answers that tell more."""
        return cls(
            revision=saved.revision,
            created=saved.created,
            published=saved.published,
            problems=[Problem.of(found) for found in saved.problems],
            **more,
        )


class RevisionAnswer(Answer):
    """A line of the history."""

    number: int
    author: str
    message: str
    source: str = Field(description="`ui`, `api`, `cli`, `git`, `restore`, `import`, `copy` or `template`.")
    restored_from: int | None
    created_at: datetime
    sha256: str = Field(description="Hash of what it does; the order of keys does not count.")
    problems: int = Field(description="How many errors it had when it was saved.")
    published: bool = Field(description="Whether it is the one that is to run.")


class RevisionDetail(RevisionAnswer):
    """A revision with its JSON."""

    spec: dict[str, Any]
    text: str
    redacted: bool


class ChangeAnswer(Answer):
    """One thing that changed."""

    kind: str = Field(examples=["stage-added", "field-changed"])
    path: str
    stage: str | None = None
    before: Any = Field(default=None, description="Absent where nothing was there.")
    after: Any = Field(default=None, description="Absent where nothing is there.")
    risk: str | None = Field(default=None, description="The class of what may go wrong because of it.")


class RiskAnswer(Answer):
    """One thing that a reviewer should look at."""

    class_: str = Field(alias="class", examples=["approval-removed"])
    message: str
    path: str | None = None
    stage: str | None = None


class ComparisonAnswer(Answer):
    """What became of a pipeline between two revisions."""

    from_: int = Field(alias="from")
    to: int
    text: str = Field(description="Unified diff of the indented JSON.")
    changes: list[ChangeAnswer]
    risk: list[RiskAnswer]
    redacted: bool


class RestoreBody(Body):
    """Why an older revision comes back."""

    message: LongText = ""


class NoBody(Body):
    """Nothing needs to be told."""
