"""
Load a pipeline: JSON in, typed pipeline, graph and problems out.

Nothing that a pipeline may contain makes :func:`load` raise. The compiler and the worker load with
``check=False`` and pay only for the models and the graph; saving, importing and the editor load with
``check=True`` and hear about everything that would go wrong in a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from gennaker.spec.documents import unwrap
from gennaker.spec.graph import Graph, build_graph
from gennaker.spec.pipeline import Pipeline
from gennaker.spec.problems import InvalidPipeline, SpecProblem, errors_in, json_path, problem
from gennaker.spec.source import read
from gennaker.spec.stage import StageEnvelope
from gennaker.spec.validation import parse

Models = Mapping[str, type[StageEnvelope]]


@dataclass(frozen=True)
class LoadedPipeline:
    """
    What became of a document.

    ``raw`` is the document as it was given. ``spec`` is the pipeline JSON that runs: mostly ``raw`` itself,
    else what it wraps or what its template makes of it; the paths of problems below ``base`` and the
    indexes of graph nodes refer to it.
    """

    raw: dict[str, Any]
    spec: dict[str, Any]
    base: str
    pipeline: Pipeline | None
    graph: Graph | None
    problems: tuple[SpecProblem, ...]

    @property
    def ok(self) -> bool:
        """Return whether it can run: there may be warnings, but no errors."""
        return not self.errors

    @property
    def errors(self) -> tuple[SpecProblem, ...]:
        """Return the problems that keep it from running."""
        return errors_in(self.problems)

    def raise_for_errors(self) -> None:
        """Raise a ``SpecError`` that carries the errors, if there are any."""
        if self.errors:
            raise InvalidPipeline(self.errors)


def load(
    source: str | bytes | Mapping[str, Any] | list[Any],
    *,
    models: Models,
    fallback: type[StageEnvelope],
    check: bool = True,
    templates: Mapping[str, Mapping[str, Any]] | None = None,
) -> LoadedPipeline:
    """
    Load a pipeline from JSON text or from a parsed document.

    :param models: the model of each known stage type.
    :param fallback: the model of every other stage.
    :param check: look for everything that would go wrong in a run, expressions included.
    :param templates: known MPTv2 templates, by id or reference.
    """
    try:
        return _load(source, models, fallback, check=check, templates=templates or {})
    except RecursionError:
        found = problem("invalid-json", path="$", message="it is nested too deeply")
        return LoadedPipeline(
            dict(source) if isinstance(source, Mapping) else {}, {}, "$", None, None, (found,)
        )


def _load(
    source: str | bytes | Mapping[str, Any] | list[Any],
    models: Models,
    fallback: type[StageEnvelope],
    *,
    check: bool,
    templates: Mapping[str, Mapping[str, Any]],
) -> LoadedPipeline:
    value, unreadable = read(source, check=check)
    if value is None and unreadable:
        return LoadedPipeline({}, {}, "$", None, None, tuple(unreadable))
    document = unwrap(value, templates)
    problems = [*unreadable, *document.problems]
    if document.spec is None:
        return LoadedPipeline(document.raw, {}, document.base, None, None, tuple(problems))
    spec, base = document.spec, document.base
    stages, faults = _stages(spec.get("stages"), models=models, fallback=fallback, base=base)
    problems += faults
    pipeline, faults = parse(Pipeline, {**spec, "stages": stages}, base=base)
    problems += faults
    graph: Graph | None = None
    # A stage that is no object leaves a gap, and then the numbers of the others would be wrong.
    if len(stages) == _length(spec.get("stages")):
        graph, tangles = build_graph(stages, base=base)
        problems += tangles
    if check and pipeline is not None:
        from gennaker.spec.checks import Subject, examine

        subject = Subject(spec, base, pipeline, graph, models, partial=document.partial)
        problems += examine(subject)
    return LoadedPipeline(document.raw, spec, base, pipeline, graph, tuple(dict.fromkeys(problems)))


def _length(stages: Any) -> int:
    return len(stages) if isinstance(stages, list | tuple) else 0


def _stages(
    given: Any, *, models: Models, fallback: type[StageEnvelope], base: str
) -> tuple[list[StageEnvelope], list[SpecProblem]]:
    if given is None:
        return [], []
    if not isinstance(given, list | tuple):
        path = json_path(base, "stages")
        return [], [problem("invalid-field", path=path, message="`stages` is not a list")]
    linear = not any(isinstance(stage, Mapping) and stage.get("refId") not in (None, "") for stage in given)
    stages: list[StageEnvelope] = []
    problems: list[SpecProblem] = []
    for index, stage in enumerate(given):
        if not isinstance(stage, Mapping):
            path = json_path(base, "stages", index)
            problems.append(problem("invalid-field", path=path, message="a stage is an object"))
            continue
        data = _in_line(stage, index) if linear else stage
        try:
            # The common case first: a worker loads thousands of stages that are all in order.
            stages.append(_model(data, models, fallback).model_validate(data))
        except ValidationError:
            path = json_path(base, "stages", index)
            mended, faults = _mended(data, models=models, fallback=fallback, path=path)
            stages.append(mended)
            problems += faults
        if not stages[-1].type:
            path = json_path(base, "stages", index)
            problems.append(
                problem(
                    "missing-stage-type", path=path, message="`type` is absent", stage=stages[-1].name or None
                )
            )
    return stages, problems


def _in_line(stage: Mapping[str, Any], index: int) -> dict[str, Any]:
    """Give a stage of a pipeline without refIds its place, as Orca does."""
    before = [str(index - 1)] if index else []
    return {**stage, "refId": str(index), "requisiteStageRefIds": before}


def _mended(
    data: Mapping[str, Any], *, models: Models, fallback: type[StageEnvelope], path: str
) -> tuple[StageEnvelope, list[SpecProblem]]:
    name = data.get("name") or data.get("type")
    stage, faults = parse(_model(data, models, fallback), data, base=path, stage=str(name) if name else None)
    if stage is None:
        # Something that the type needs is absent; the graph still needs the stage.
        stage, _ = parse(fallback, data, base=path)
    return stage or StageEnvelope(), faults


def _model(data: Mapping[str, Any], models: Models, fallback: type[StageEnvelope]) -> type[StageEnvelope]:
    """Return the model of a stage's type, else of its ``alias``, which is how Orca finds a builder."""
    for key in ("type", "alias"):
        kind = data.get(key)
        if isinstance(kind, str) and kind and (model := models.get(kind)) is not None:
            return model
    return fallback
