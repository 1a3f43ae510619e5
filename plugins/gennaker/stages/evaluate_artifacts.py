"""Make artifacts out of text."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.spec.model import SpecModel
from gennaker.stages._base import Stage


class ArtifactContent(SpecModel):
    """One artifact."""

    name: str = Field(description="The artifact's name.")
    contents: Any = Field(default="", description="Its text, or JSON; expressions are evaluated.")


class EvaluateArtifacts(Stage):
    """
    Make `embedded/base64` artifacts out of text with expressions.

    Each entry becomes one artifact in the stage's `artifacts`, ready to be deployed or baked by a
    later stage.
    """

    KIND: ClassVar[str] = "evaluateArtifacts"
    OPERATOR: ClassVar[str] = "gennaker.operators.evaluate:EvaluateArtifactsOperator"

    artifact_contents: tuple[ArtifactContent, ...] | None = Field(default=None, description="The artifacts.")
