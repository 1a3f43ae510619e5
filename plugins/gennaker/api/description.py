"""The description of the API (OpenAPI): operation ids, error bodies, tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from gennaker.api.models._base import ConflictBody, ProblemBody

TAGS = [
    {"name": "pipelines", "description": "Pipelines: create, find, rename, delete."},
    {"name": "revisions", "description": "What was saved, by whom; compare, restore, publish."},
    {"name": "governance", "description": "Who may change a pipeline, and whether it may start."},
    {"name": "runs", "description": "Start pipelines."},
    {"name": "stages", "description": "What people do to the stages of a run."},
    {"name": "applications", "description": "What pipelines belong to, and who may do what with them."},
    {"name": "documents", "description": "Check, import and export pipelines; templates."},
    {"name": "service", "description": "The service itself."},
]

_MEANINGS = {
    400: "The request makes no sense.",
    401: "Nobody is logged in.",
    403: "The role, the application's permissions or a lock forbid it.",
    404: "There is no such thing, or it may not be seen.",
    409: "Somebody else was faster, or the state does not allow it.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    422: "The body breaks its schema, or the pipeline has errors.",
    428: "`If-Match` is missing.",
}
_ALWAYS = (401, 403, 422)
_PROBLEMS = ("ProblemBody", "ConflictBody")


#: What a route asks for, as the description tells it.
NEEDS: Mapping[str, str] = {
    "login": "A login.",
    "read": "The right to read pipelines, and the pipeline's DAG.",
    "run": "The right to read pipelines, to run the pipeline's DAG, and the application's EXECUTE.",
    "edit": "The right to edit pipelines and the pipeline's DAG, and the application's WRITE.",
    "create": "The right to create pipelines and to edit DAGs, and the application's WRITE.",
    "delete": "The right to delete pipelines and the pipeline's DAG, and the application's WRITE.",
}
NEED = "x-gennaker-needs"


def told(needs: str, *statuses: int) -> dict[str, Any]:
    """Return what the description says of a route: what it asks for, and its errors."""
    if needs not in NEEDS:
        raise ValueError(f"got {needs!r}, expected one of {list(NEEDS)}")
    responses = {
        status: {
            "description": _MEANINGS[status],
            "model": ConflictBody if status == 409 else ProblemBody,
        }
        for status in sorted({*statuses, *_ALWAYS})
    }
    return {"responses": responses, "openapi_extra": {NEED: needs}}


def operation_id(route: APIRoute) -> str:
    """Name an operation after its function, in camelCase, for clients that are generated."""
    return to_camel(route.name)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description of an application; made once."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=TAGS
        )
        for response in _responses(app.openapi_schema):
            _tell_media_type(response)
    return app.openapi_schema


def _responses(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in schema["paths"].values():
        for operation in path.values():
            yield from operation["responses"].values()


def _tell_media_type(response: dict[str, Any]) -> None:
    """Errors are sent as ``application/problem+json``."""
    content = response.get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    if reference.rpartition("/")[2] in _PROBLEMS:
        response["content"] = {"application/problem+json": content["application/json"]}
