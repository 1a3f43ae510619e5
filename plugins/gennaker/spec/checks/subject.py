"""What a check looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gennaker.spec.graph import Graph
from gennaker.spec.pipeline import Pipeline
from gennaker.spec.stage import StageEnvelope


@dataclass(frozen=True)
class Subject:
    """A loaded pipeline, as JSON and as models."""

    spec: Mapping[str, Any]
    base: str
    pipeline: Pipeline
    graph: Graph | None
    models: Mapping[str, type[StageEnvelope]]
    document: Mapping[str, Any]
