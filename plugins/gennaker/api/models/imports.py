"""Importing documents."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, model_validator

from gennaker.api.models._base import Answer, Body, LongText, NameText, Problem


class ImportBody(Body):
    """What Spinnaker or CODING exported: a pipeline, a list of them, a dinghyfile, a record of a run."""

    document: dict[str, Any] | list[Any] | str = Field(description="The JSON, or its text.")
    application: NameText | None = Field(
        default=None, description="Where they go; null: the application that each names."
    )
    message: LongText = ""
    publish: bool = True
    dry_run: bool = Field(default=False, description="Tell what would become of them, and change nothing.")

    @model_validator(mode="after")
    def _json(self) -> ImportBody:
        json.dumps(self.document, allow_nan=False)
        return self


class ImportedAnswer(Answer):
    """What became of one pipeline of a document."""

    application: str
    name: str
    id: str | None = Field(description="Null where nothing was created.")
    action: Literal["created", "updated", "unchanged", "failed"]
    created: bool
    published: bool
    error: str | None = Field(description="Why it was not imported.")
    report: list[Problem] = Field(description="What runs differently, not at all, or is wrong with it.")


class ImportAnswer(Answer):
    """What became of a document."""

    dry_run: bool
    items: list[ImportedAnswer]
