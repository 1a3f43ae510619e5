"""
Expand managed pipeline templates of the second version.

A template is ``{schema: v2, variables, pipeline}``; a configuration names it, sets its variables, adds
parameters, triggers, notifications and stages, and may ``exclude`` what it would inherit. Variables are read
as ``${ templateVariables.name }`` when a stage starts, so expansion does not touch the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gennaker.spec.injection import inject
from gennaker.spec.problems import SpecProblem, json_path, problem

_INHERITED = {
    "parameters": "parameterConfig",
    "triggers": "triggers",
    "notifications": "notifications",
    "expectedArtifacts": "expectedArtifacts",
}
_IDENTITY = {"parameterConfig": "name", "expectedArtifacts": "id"}
_OWN_KEYS = ("template", "variables", "inherit", "exclude", "stages", "parameters", "schema", "type")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "int": lambda value: _is_number(value) and float(value).is_integer(),
    "float": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: True,
}


def instantiate(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template's pipeline with the defaults of its variables."""
    spec = dict(template["pipeline"])
    metadata = template.get("metadata")
    if "name" not in spec and isinstance(metadata, Mapping) and metadata.get("name"):
        spec["name"] = metadata["name"]
    defaults = {
        name: variable["defaultValue"] for name, variable in _declared(template) if "defaultValue" in variable
    }
    return {**spec, "templateVariables": {**defaults, **_object(spec.get("templateVariables"))}}


def expand(
    configuration: Mapping[str, Any], template: Mapping[str, Any]
) -> tuple[dict[str, Any], list[SpecProblem]]:
    """Return the pipeline that a template makes of a configuration."""
    base = dict(template["pipeline"])
    own = {key: value for key, value in configuration.items() if key not in _OWN_KEYS}
    spec = {**base, **own}
    for kind, key in _INHERITED.items():
        spec[key] = _inherited(configuration, base, kind=kind, key=key)
    variables, problems = _variables(configuration, template)
    spec["templateVariables"] = variables
    spec["stages"], misplaced = inject(_list(configuration.get("stages")), into=_list(base.get("stages")))
    return spec, [*problems, *misplaced]


def _inherited(
    configuration: Mapping[str, Any], template: Mapping[str, Any], *, kind: str, key: str
) -> list[Any]:
    own = [*_list(configuration.get(kind)), *(_list(configuration.get(key)) if key != kind else ())]
    if kind in _list(configuration.get("exclude")):
        return own
    inherited = [_marked(item) for item in _list(template.get(key))]
    identity = _IDENTITY.get(key)
    replaced = {item.get(identity) for item in own if isinstance(item, Mapping)} if identity else set()
    kept = [item for item in inherited if not (isinstance(item, Mapping) and item.get(identity) in replaced)]
    return [*kept, *(item for item in own if item not in kept)]


def _marked(item: Any) -> Any:
    return {**item, "inherited": True} if isinstance(item, Mapping) else item


def _variables(
    configuration: Mapping[str, Any], template: Mapping[str, Any]
) -> tuple[dict[str, Any], list[SpecProblem]]:
    given = _object(configuration.get("variables"))
    values, problems = dict(given), []
    for name, variable in _declared(template):
        if name not in values and "defaultValue" in variable:
            values[name] = variable["defaultValue"]
        fault = _fault(name, variable, values)
        if fault:
            path = json_path("$", "variables", name)
            problems.append(problem("template-variable", path=path, message=fault))
    return values, problems


def _fault(name: str, variable: Mapping[str, Any], values: Mapping[str, Any]) -> str | None:
    value = values.get(name)
    if value is None:
        return None if variable.get("nullable") is True else f"the template's variable '{name}' has no value"
    wanted = str(variable.get("type", "object")).lower()
    if _TYPES.get(wanted, _TYPES["object"])(value):
        return None
    return f"the template's variable '{name}' is of type {wanted}, found {value!r}"


def _declared(template: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for variable in _list(template.get("variables")):
        if isinstance(variable, Mapping) and isinstance(variable.get("name"), str):
            yield variable["name"], variable


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
