"""
What a value of our own parameter types must be, as JSON Schema.

The compiler hands the schema to Airflow, which checks every start with it; the check of a pipeline tries the
parameter's default against the same schema, so that no default is saved that every start would refuse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from gennaker.spec.parameter import Parameter, ParameterType

_SCHEMAS: Mapping[ParameterType, Mapping[str, Any]] = {
    ParameterType.STRING: {"type": "string"},
    ParameterType.NUMBER: {"type": "number"},
    ParameterType.BOOLEAN: {"type": "boolean"},
    ParameterType.DATE: {"type": "string", "format": "date"},
    ParameterType.JSON: {"type": ["object", "array", "string", "number", "boolean", "null"]},
    ParameterType.SECRET: {"type": "string", "pattern": "^(conn|var):.+$"},
    ParameterType.CHOICE: {"type": "string"},
}


def offered(parameter: Parameter) -> list[Any]:
    """Return the values that the form offers; none where options are switched off."""
    offers = parameter.has_options or parameter.kind is ParameterType.CHOICE
    return [option.value for option in parameter.options if option.value is not None] if offers else []


def value_schema(parameter: Parameter) -> dict[str, Any]:
    """Return the schema of a value of a parameter that has a type of ours."""
    if parameter.kind is None:
        raise ValueError(f"parameter {parameter.name!r} has no type of ours")
    schema = dict(_SCHEMAS[parameter.kind])
    options = offered(parameter)
    if options or parameter.kind is ParameterType.CHOICE:
        schema["enum"] = options
    return schema


def typed_default(parameter: Parameter) -> Any:
    """Return the default as a value of its type: people write ``"5"`` for a number, and ``5`` for text."""
    default = parameter.default
    if parameter.kind in (ParameterType.STRING, ParameterType.CHOICE) and isinstance(default, int | float):
        return str(default)
    read = _READERS.get(parameter.kind) if isinstance(default, str) else None
    try:
        return read(default) if read else default
    except ValueError:
        return default


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


_READERS: Mapping[ParameterType | None, Callable[[str], Any]] = {
    ParameterType.NUMBER: _number,
    ParameterType.BOOLEAN: _boolean,
    ParameterType.JSON: json.loads,
}
