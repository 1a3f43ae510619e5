"""Show a model as a table of its keys: name in JSON, type, default, meaning."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]

_EXPRESSION = r"\$\{"

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "",
}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def prose(model: type) -> str:
    """Return a class's docstring as Markdown."""
    return inspect.cleandoc(model.__doc__ or "").replace("``", "`")


def sentence(model: type) -> str:
    """Return the first line of a class's docstring."""
    return prose(model).partition("\n")[0]


def keys(model: type[BaseModel], *, without: type[BaseModel] | None = None) -> dict[str, Schema]:
    """Return the JSON schema of each of a model's keys, but for those of another one."""
    others = properties(without) if without else {}
    return {key: schema for key, schema in properties(model).items() if key not in others}


def properties(model: type[BaseModel]) -> dict[str, Schema]:
    """Return the JSON schema of each of a model's keys."""
    schema = model.model_json_schema(by_alias=True)
    needed = set(schema.get("required", ()))
    found = schema.get("properties", {}).items()
    return {key: {**value, "needed": key in needed} for key, value in found}


def field_table(schemas: Mapping[str, Schema], *, links: Mapping[str, str]) -> str:
    """
    Return the table of keys.

    :param links: where each model that a key may hold is described.
    """
    rows = [
        (f"`{key}`", words(schema, links=links), default(schema), str(schema.get("description", "")))
        for key, schema in schemas.items()
    ]
    return table(("key", "type", "default", "what it means"), rows)


def words(schema: Schema, *, links: Mapping[str, str]) -> str:
    """Say what a schema accepts."""
    parts = list(dict.fromkeys(part for part in _parts(schema, links) if part))
    # A model that reads numbers and switches as text says so by accepting them all.
    parts = ["text"] if {"text", "number", "true or false"}.issuperset(parts) and len(parts) > 1 else parts
    return " or ".join(parts) or "anything"


def _parts(schema: Schema, links: Mapping[str, str]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield f"[{name}]({links[name]})" if name in links else name
    elif "anyOf" in schema:
        branches = [part for branch in schema["anyOf"] for part in _parts(branch, links)]
        yield from (part for part in branches if part != "whole number" or "number" not in branches)
    elif str(schema.get("pattern", "")).startswith(_EXPRESSION):
        # A number or a switch as text: that goes for all of them, and is said once.
        yield "[expression](../expressions.md)" if schema["pattern"] == _EXPRESSION else ""
    elif schema.get("type") == "array":
        inner = words(schema.get("items") or {}, links=links)
        yield "list" if inner == "anything" else f"list of {inner}"
    elif "type" in schema:
        yield _WORDS[schema["type"]]


def default(schema: Schema) -> str:
    """Return a key's default; nothing where its absence is meant."""
    if schema["needed"]:
        return "**needed**"
    value = schema.get("default")
    return "" if value in (None, [], "") else f"`{json.dumps(value, ensure_ascii=False)}`"


def parts_of(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the models that a model's keys hold, at any depth, by name."""
    found: dict[str, type[BaseModel]] = {}
    waiting = [model]
    while waiting:
        for field in waiting.pop(0).model_fields.values():
            for inner in _models_in(field.annotation):
                if found.setdefault(inner.__name__, inner) is inner and inner not in waiting:
                    waiting += [inner] if inner is not model else []
    return found


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")
