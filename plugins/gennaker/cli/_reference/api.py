"""The page of the REST API, from its own description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.cli._reference.tables import table

Schema = Mapping[str, Any]

_ROOT = "/gennaker/api/v1"
_HEAD = """# REST API

Everything below `/gennaker/api/v1` on Airflow's API server. This page is made from its description, which
the server gives at `/gennaker/api/v1/openapi.json` to whoever is logged in.

**Login**: a bearer token of Airflow (`POST /auth/token`), or the cookie of Airflow's UI. A request with a
token is the API, one with the cookie is the console; locks tell them apart.

**Rights**: each route says what it needs. Airflow's auth manager is asked twice, for the view `Gennaker
Pipelines` and for the DAG, and an application may keep READ, WRITE and EXECUTE to some roles. What may not
be seen is answered like what does not exist (404). With the SimpleAuthManager, which has no rights on
views, the rights on DAGs decide: its `viewer` reads, its `user` already changes pipelines.

**Writes** send `Content-Type: application/json`, also those without a body, and no more than 2 MiB (an
import 16 MiB).

**Saving** sends `If-Match` with the `ETag` of the revision that was edited. When that is not the newest any
more, nothing is saved, and the answer (409) holds `base`, `latest`, `yours` and `theirs`.

**Secrets**: who may not edit a pipeline sees `***` in their place. A `***` that is sent back in the place
of a secret is refused with its path (422): neither kept, which would overwrite the secret, nor filled in.

**Errors** are `application/problem+json`: `status`, `title`, `detail`, and where it helps `path`, `hint`,
`errors` (where a body breaks its schema) and `problems` (what is wrong with a pipeline).

**Lists** come in pages: `items` and `nextCursor`, which is null at the end.
"""
_TYPES = {"integer": "whole number", "string": "text", "boolean": "true or false", "null": ""}


def page() -> str:
    """Return the page."""
    from gennaker.api.app import create_app
    from gennaker.api.description import NEEDS
    from gennaker.settings import Settings

    schema = create_app(Settings()).openapi()
    needs = table(["needs", "meaning"], [[f"`{name}`", text] for name, text in NEEDS.items()])
    return "\n".join([_HEAD, needs, "", *_sections(schema)])


def _sections(schema: Schema) -> Iterator[str]:
    for tag in schema["tags"]:
        yield f"## {tag['name'].capitalize()}\n\n{tag['description']}\n"
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    yield from _operation(method, path, operation, schema)


def _operation(method: str, path: str, operation: Schema, schema: Schema) -> Iterator[str]:
    yield f"### {method.upper()} {path.removeprefix('/api/v1')}\n"
    yield f"{operation['description']}\n"
    yield f"Needs: `{operation.get('x-gennaker-needs', 'nothing')}`. Answers: {_answers(operation)}.\n"
    rows = [*_parameters(operation), *_body(operation, schema)]
    if rows:
        yield f"{table(['what', 'where', 'type', 'meaning'], rows)}\n"


def _answers(operation: Schema) -> str:
    found = []
    for status, response in sorted(operation["responses"].items()):
        content = response.get("content", {}).get("application/json", {}).get("schema")
        found.append(f"{status} {_type(content)}" if content else status)
    return ", ".join(found)


def _parameters(operation: Schema) -> Iterator[list[str]]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            name = f"`{parameter['name']}`{' (needed)' if parameter.get('required') else ''}"
            yield [name, parameter["in"], _type(parameter["schema"]), parameter.get("description", "")]


def _body(operation: Schema, schema: Schema) -> Iterator[list[str]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if not content:
        return
    reference = next((part["$ref"] for part in [content, *content.get("anyOf", ())] if "$ref" in part), "")
    model = schema["components"]["schemas"][reference.rpartition("/")[2]]
    for name, field in model.get("properties", {}).items():
        needed = " (needed)" if name in model.get("required", ()) else ""
        yield [f"`{name}`{needed}", "body", _type(field), field.get("description", "")]


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"page of `{name[5:-1]}`" if name.startswith("Page_") else f"`{name}`"
    if "anyOf" in schema:
        return " or ".join(filter(None, map(_type, schema["anyOf"])))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if schema.get("items") else "list"
    kind = schema.get("format") or schema.get("type", "anything")
    return _TYPES.get(str(kind), str(kind))
