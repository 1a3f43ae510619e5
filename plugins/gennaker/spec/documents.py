"""
Find the pipeline in a document.

Pipelines travel alone, in a list of one, inside an MPTv2 template, as a template's configuration, or in the
record of a run. :func:`unwrap` gives the pipeline's JSON, and where in the document it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gennaker.spec.problems import SpecProblem, problem
from gennaker.spec.templates import expand, instantiate

PLACEHOLDER_TYPE = "templatedPipeline"
_PIPELINE_KEYS = ("stages", "triggers", "parameterConfig", "application")


@dataclass(frozen=True)
class Document:
    """The pipeline that was found in a document."""

    raw: dict[str, Any]
    spec: dict[str, Any] | None
    base: str = "$"
    problems: tuple[SpecProblem, ...] = field(default=())
    partial: bool = False
    """Whether other stages may join: a template's are not all of them."""


def unwrap(value: Any, templates: Mapping[str, Mapping[str, Any]]) -> Document:
    """Return the pipeline that a JSON value is, or holds."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list) and len(value) > 1:
        message = f"this is a list of {len(value)} pipelines"
        return Document(
            raw={}, spec=None, problems=(problem("several-pipelines", path="$", message=message),)
        )
    if not isinstance(value, Mapping):
        return _no_pipeline({}, "this is not an object")
    raw = value if isinstance(value, dict) else dict(value)
    # Almost every document is a pipeline; nothing else has stages and none of these keys.
    if "stages" in raw and not raw.keys() & {"schema", "template", "type", "config", "trigger"}:
        return Document(raw=raw, spec=raw)
    return _special(raw, templates)


def _special(raw: dict[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> Document:
    if isinstance(raw.get("pipelines"), list) and "stages" not in raw:
        return _collection(raw, templates)
    if _is_configuration(raw):
        return _configured(raw, templates)
    if isinstance(raw.get("pipeline"), Mapping) and "stages" not in raw:
        return _template(raw)
    if _is_old_template(raw):
        return _placeholder(raw, "template-unsupported", "this is a template of the first version")
    if _is_execution(raw):
        return _executed(raw)
    if not raw.keys() & {*_PIPELINE_KEYS, "name"}:
        return _no_pipeline(raw, "it has none of a pipeline's keys")
    return Document(raw=raw, spec=raw)


def _no_pipeline(raw: dict[str, Any], message: str) -> Document:
    return Document(raw=raw, spec=None, problems=(problem("not-a-pipeline", path="$", message=message),))


def _collection(raw: dict[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> Document:
    """Open a dinghyfile: an application and its pipelines."""
    pipelines = raw["pipelines"]
    if len(pipelines) != 1 or not isinstance(pipelines[0], Mapping):
        message = f"this holds {len(pipelines)} pipelines"
        return Document(
            raw=raw, spec=None, problems=(problem("several-pipelines", path="$", message=message),)
        )
    inner = unwrap(pipelines[0], templates)
    spec = inner.spec
    if spec is not None and "application" in raw:
        spec = {"application": raw["application"], **spec}
    return Document(raw=raw, spec=spec, base="$.pipelines[0]", problems=inner.problems)


def _template(raw: dict[str, Any]) -> Document:
    inner = raw["pipeline"]
    if isinstance(inner.get("template"), Mapping):
        return _placeholder({**raw, **inner}, "template-unsupported", "this configures a template", raw=raw)
    return Document(raw=raw, spec=instantiate(raw), base="$.pipeline", partial=True)


def _is_configuration(raw: Mapping[str, Any]) -> bool:
    """Return whether a template makes the stages; a plan has stages, and none left to inject."""
    if raw.get("type") != PLACEHOLDER_TYPE and not isinstance(raw.get("template"), Mapping | str):
        return False
    stages = raw.get("stages")
    if not isinstance(stages, list) or not stages:
        return True
    return isinstance(raw.get("template"), Mapping) and any(
        isinstance(stage, Mapping) and stage.get("inject") for stage in stages
    )


def _configured(raw: dict[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> Document:
    reference = _reference(raw)
    template = next((templates[key] for key in _spellings(reference) if key in templates), None)
    if template is None:
        message = f"the template {reference or 'of this pipeline'!r} is not known"
        return _placeholder(raw, "template-not-found", message)
    if not isinstance(template.get("pipeline"), Mapping):
        return _placeholder(raw, "template-unsupported", f"the template {reference!r} has no `pipeline`")
    spec, problems = expand(raw, template)
    return Document(raw=raw, spec=spec, problems=tuple(problems))


def _reference(raw: Mapping[str, Any]) -> str:
    """Return what a configuration calls its template; each version has its own key for it."""
    config = raw.get("config")
    inner = config.get("pipeline") if isinstance(config, Mapping) else None
    for holder in (raw, inner):
        template = holder.get("template") if isinstance(holder, Mapping) else None
        if isinstance(template, Mapping):
            template = template.get("reference") or template.get("source") or template.get("id")
        if isinstance(template, str):
            return template
    return ""


def _spellings(reference: str) -> tuple[str, ...]:
    """Return the names under which a template may be known: with and without scheme, digest and tag."""
    plain = reference.partition("://")[2] or reference
    untagged = plain.partition("@")[0].partition(":")[0]
    return (reference, plain, untagged)


def _placeholder(
    content: Mapping[str, Any], code: str, message: str, *, raw: dict[str, Any] | None = None
) -> Document:
    """Stand in with one stage that fails: a pipeline without stages would succeed and have done nothing."""
    stage = {"refId": "template", "type": PLACEHOLDER_TYPE, "name": "Template", "requisiteStageRefIds": []}
    spec = {**content, "stages": [stage]}
    path = "$.template" if "template" in content else "$"
    return Document(
        raw=raw if raw is not None else dict(content),
        spec=spec,
        problems=(problem(code, path=path, message=message),),
    )


def _is_old_template(raw: Mapping[str, Any]) -> bool:
    stages = raw.get("stages")
    return (
        str(raw.get("schema")) == "1"
        and isinstance(stages, list)
        and any(isinstance(stage, Mapping) and "config" in stage and "refId" not in stage for stage in stages)
    )


def _is_execution(raw: Mapping[str, Any]) -> bool:
    stages = raw.get("stages")
    return isinstance(stages, list) and any(
        isinstance(stage, Mapping) and isinstance(stage.get("context"), Mapping) and "tasks" in stage
        for stage in stages
    )


def _executed(raw: dict[str, Any]) -> Document:
    """Open the record of a run: a stage's context is what it was told, and Orca adds stages of its own."""
    stages = [_configuration_of(stage) for stage in raw["stages"] if not stage.get("parentStageId")]
    spec = {**raw, "stages": stages}
    if "id" in raw:
        spec["id"] = raw.get("pipelineConfigId")
    found = problem("execution-json", path="$", message="this is the record of a run")
    return Document(raw=raw, spec=spec, problems=(found,))


def _configuration_of(stage: Mapping[str, Any]) -> dict[str, Any]:
    identity = {key: stage[key] for key in ("refId", "requisiteStageRefIds", "type", "name") if key in stage}
    return {**stage.get("context", {}), **identity}
