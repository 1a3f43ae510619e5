"""Templates."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gennaker.api.models._base import Answer


class TemplateSummary(Answer):
    """A template in the list."""

    name: str = Field(description="What a new pipeline names it by.", examples=["kubernetes-rolling"])
    title: str
    description: str
    stages: int = Field(description="How many stages it has.")


class Template(TemplateSummary):
    """A template with its JSON."""

    spec: dict[str, Any]
