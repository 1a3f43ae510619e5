"""
Every stage type that this installation knows.

``spec`` holds the envelope and knows no type; ``stages`` holds the types and knows no pipeline. The catalog
brings them together: models for the loader, a JSON schema for editors, descriptors for forms and docs.
A worker, which needs a handful of types, imports only their modules: ``manualJudgment`` is looked for in
``manual_judgment.py`` before all modules are imported.

``python -m gennaker.catalog > pipeline_specs/schema/pipeline.schema.json`` writes the schema.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gennaker import registry
from gennaker.spec import loader
from gennaker.spec.pipeline import Pipeline
from gennaker.spec.stage import StageEnvelope
from gennaker.stages._base import Stage

STAGES = "gennaker.stages"
FALLBACK = "*"
SCHEMA_ID = "urn:gennaker:pipeline:schema"


@dataclass(frozen=True)
class Descriptor:
    """What forms and documentation show of a stage type."""

    kind: str
    aliases: tuple[str, ...]
    title: str
    summary: str
    documentation: str
    support: str
    notes: str
    schema: dict[str, Any]


@cache
def _kinds() -> Mapping[str, type[Stage]]:
    return MappingProxyType(registry.load(STAGES, Stage, entry_points=STAGES))


@cache
def stage_models() -> Mapping[str, type[Stage]]:
    """Return the model of every stage type, also under the type's other names."""
    models = {kind: model for kind, model in _kinds().items() if kind != FALLBACK}
    for model in tuple(models.values()):
        for alias in model.ALIASES:
            other = models.setdefault(alias, model)
            if other is not model:
                raise TypeError(f"{other.__qualname__} and {model.__qualname__} are both called {alias!r}")
    return MappingProxyType(models)


def fallback_model() -> type[Stage]:
    """Return the model of a stage whose type nobody knows."""
    from gennaker.stages.unsupported import Unsupported

    return Unsupported


class _AsNeeded(Mapping[str, type[Stage]]):
    """The same as :func:`stage_models`, importing a module when a pipeline has a stage of its type."""

    def __init__(self) -> None:
        self._found: dict[str, type[Stage] | None] = {}

    def __getitem__(self, kind: str) -> type[Stage]:
        if kind not in self._found:
            self._found[kind] = _by_convention(kind) or stage_models().get(kind)
        found = self._found[kind]
        if found is None:
            raise KeyError(kind)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(stage_models())

    def __len__(self) -> int:
        return len(stage_models())


_AS_NEEDED = _AsNeeded()


def _by_convention(kind: str) -> type[Stage] | None:
    """Return a type's model if it is the one class of that kind in the module of that name."""
    name = f"{STAGES}.{re.sub(r'(?<!^)(?=[A-Z])', '_', kind).lower()}"
    if not kind.isidentifier() or importlib.util.find_spec(name) is None:
        return None
    members = vars(importlib.import_module(name)).values()
    found = (value for value in members if isinstance(value, type) and vars(value).get("KIND") == kind)
    return next((value for value in found if issubclass(value, Stage)), None)


def load(
    source: str | bytes | Mapping[str, Any] | list[Any],
    *,
    check: bool = True,
    templates: Mapping[str, Mapping[str, Any]] | None = None,
) -> loader.LoadedPipeline:
    """Load a pipeline with every stage type that is installed."""
    models = stage_models() if check else _AS_NEEDED
    return loader.load(source, models=models, fallback=fallback_model(), check=check, templates=templates)


@cache
def descriptors() -> tuple[Descriptor, ...]:
    """Return a description of every stage type, by kind."""
    return tuple(_describe(model) for kind, model in sorted(_kinds().items()) if kind != FALLBACK)


def _describe(model: type[Stage]) -> Descriptor:
    documentation = inspect.getdoc(model) or ""
    return Descriptor(
        kind=model.KIND,
        aliases=model.ALIASES,
        title=_title(model.KIND),
        summary=documentation.partition("\n")[0],
        documentation=documentation,
        support=str(model.SUPPORT),
        notes=model.NOTES,
        schema=model.model_json_schema(),
    )


def _title(kind: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind)
    return words[:1].upper() + words[1:]


@cache
def _schema() -> Mapping[str, Any]:
    models = [model for kind, model in sorted(_kinds().items()) if kind != FALLBACK]
    wanted: list[type[BaseModel]] = [Pipeline, StageEnvelope, *models]
    refs, schema = models_json_schema([(model, "validation") for model in wanted])
    defs = schema["$defs"]
    by_model = {model: refs[model, "validation"] for model in wanted}
    pipeline = defs.pop("Pipeline")
    pipeline["properties"]["stages"]["items"] = {"$ref": "#/$defs/Stage"}
    common = defs["StageEnvelope"]["properties"]
    for model in models:
        _leave_out(common, defs[by_model[model]["$ref"].rpartition("/")[2]])
    defs["Stage"] = {
        "description": "A stage; one of a type that is not listed is kept as it is.",
        "allOf": [by_model[StageEnvelope], *(_branch(model, by_model[model]) for model in models)],
        "required": ["type"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **pipeline,
        "$defs": dict(sorted(defs.items())),
    }


def _leave_out(common: Mapping[str, Any], definition: dict[str, Any]) -> None:
    """Keep only what a type adds; the envelope's schema holds for every stage anyway."""
    own = definition.get("properties", {})
    definition["properties"] = {key: value for key, value in own.items() if common.get(key) != value}


def _branch(model: type[Stage], ref: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [model.KIND, *model.ALIASES]
    return {"if": {"properties": {"type": {"enum": kinds}}, "required": ["type"]}, "then": dict(ref)}


def pipeline_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (2020-12) of a pipeline.

    The stage's ``type`` decides which further schema holds; unknown types and further keys are allowed.
    """
    return dict(_schema())


def render_schema() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(pipeline_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render_schema())
