"""The form and the check of a run's parameters: ``parameterConfig`` as Airflow params."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow.sdk import Param

from gennaker.spec.model import Parameter, ParameterType

#: What a value of our own parameter types must be. Spinnaker's own parameters have none: everything that
#: Orca accepts is accepted, and options are suggestions.
_STRICT: dict[ParameterType, dict[str, Any]] = {
    ParameterType.STRING: {"type": "string"},
    ParameterType.NUMBER: {"type": "number"},
    ParameterType.BOOLEAN: {"type": "boolean"},
    ParameterType.DATE: {"type": "string", "format": "date"},
    ParameterType.JSON: {"type": ["object", "array", "string", "number", "boolean", "null"]},
    ParameterType.SECRET: {"type": "string", "pattern": "^(conn|var):.+$"},
}

#: The form shows a text field (the first type counts); the check refuses nothing.
_ANYTHING = ["string", "number", "boolean", "object", "array"]


def dag_params(parameters: Iterable[Parameter]) -> dict[str, Param]:
    """Return the params of a DAG; the last of two parameters with one name counts."""
    return {p.name: _param(p) for p in parameters if p.name}


def _param(parameter: Parameter) -> Param:
    schema: dict[str, Any] = {"title": parameter.label or parameter.name}
    if parameter.description:
        schema["description"] = parameter.description
    offers = parameter.has_options or parameter.kind is ParameterType.CHOICE
    options = [o.value for o in parameter.options if o.value is not None] if offers else []
    if parameter.kind is None:
        default = "" if parameter.default is None else parameter.default
        return Param(default, **schema, **_lenient(parameter, options))
    strict = dict(_STRICT.get(parameter.kind, {"type": "string"}))
    if options or parameter.kind is ParameterType.CHOICE:
        strict["enum"] = options
    return Param(**_strict_default(parameter, strict), **schema, **strict)


def _lenient(parameter: Parameter, options: list[Any]) -> dict[str, Any]:
    # The form asks for a value where the schema has no "null".
    schema: dict[str, Any] = {"type": _ANYTHING if parameter.required else [*_ANYTHING, "null"]}
    if options:
        schema["examples"] = options
    return schema


def _strict_default(parameter: Parameter, schema: dict[str, Any]) -> dict[str, Any]:
    if parameter.default is not None:
        return {"default": parameter.default}
    if parameter.required:
        return {}
    kinds = schema.get("type")
    schema["type"] = [*kinds, "null"] if isinstance(kinds, list) else [kinds, "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return {"default": None}
