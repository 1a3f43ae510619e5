"""The form and the check of a run's parameters: ``parameterConfig`` as Airflow params."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow.sdk import Param

from gennaker.spec.model import Parameter
from gennaker.spec.strict import offered, typed_default, value_schema

#: The form shows a text field (the first type counts); the check refuses nothing.
_ANYTHING = ["string", "number", "boolean", "object", "array"]


def dag_params(parameters: Iterable[Parameter]) -> dict[str, Param]:
    """Return the params of a DAG; the last of two parameters with one name counts."""
    return {p.name: _param(p) for p in parameters if p.name}


def _param(parameter: Parameter) -> Param:
    schema: dict[str, Any] = {"title": parameter.label or parameter.name}
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.kind is None:
        default = "" if parameter.default is None else parameter.default
        return Param(default, **schema, **_lenient(parameter))
    strict = value_schema(parameter)
    return Param(**_strict_default(parameter, strict), **schema, **strict)


def _lenient(parameter: Parameter) -> dict[str, Any]:
    # The form asks for a value where the schema has no "null".
    schema: dict[str, Any] = {"type": _ANYTHING if parameter.required else [*_ANYTHING, "null"]}
    if options := offered(parameter):
        schema["examples"] = options
    return schema


def _strict_default(parameter: Parameter, schema: dict[str, Any]) -> dict[str, Any]:
    if parameter.default is not None:
        return {"default": typed_default(parameter)}
    if parameter.required:
        return {}
    kinds = schema.get("type")
    schema["type"] = [*kinds, "null"] if isinstance(kinds, list) else [kinds, "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return {"default": None}
