"""
Every stage type that this installation knows.

``spec`` holds the envelope and knows no type; ``stages`` holds the types and knows no pipeline. The catalog
brings them together: models for the loader, a JSON schema for editors, descriptors for forms and docs.
``python -m gennaker.catalog`` writes the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from gennaker import registry
from gennaker.spec import loader
from gennaker.stages._base import Stage

STAGES = "gennaker.stages"
FALLBACK = "*"


@cache
def _kinds() -> Mapping[str, type[Stage]]:
    return MappingProxyType(registry.load(STAGES, Stage, entry_points=STAGES))


@cache
def stage_models() -> Mapping[str, type[Stage]]:
    """Return the model of every stage type, also under the type's other names."""
    models = {kind: model for kind, model in _kinds().items() if kind != FALLBACK}
    for model in tuple(models.values()):
        for alias in model.ALIASES:
            models.setdefault(alias, model)
    return MappingProxyType(models)


def fallback_model() -> type[Stage]:
    """Return the model of a stage whose type nobody knows."""
    return _kinds()[FALLBACK]


def load(
    source: str | bytes | Mapping[str, Any] | list[Any],
    *,
    check: bool = True,
    templates: Mapping[str, Mapping[str, Any]] | None = None,
) -> loader.LoadedPipeline:
    """Load a pipeline with every stage type that is installed."""
    return loader.load(
        source, models=stage_models(), fallback=fallback_model(), check=check, templates=templates
    )
