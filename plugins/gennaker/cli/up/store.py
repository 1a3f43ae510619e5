"""
Put the checkout's pipelines into the store of a local instance, through its own REST API.

A pipeline that is there already stays as it is, since somebody may have edited it; only a file that `make run
PIPELINE=…` was given becomes a new revision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from gennaker.cli.up.api import AirflowApi
from gennaker.errors import GennakerError
from gennaker.spec.folder import read_folder

_ROOT = "/gennaker/api/v1"
_PAGE = 200


def fill(api: AirflowApi, folder: Path) -> int:
    """Create the pipelines of a folder that the store has not; return how many those were."""
    known = _known(api)
    made = 0
    for entry in read_folder(folder):
        if (entry.application.casefold(), entry.name.casefold()) not in known:
            document = {"name": entry.name, **_object(entry.text, entry.path)}
            _import(api, entry.application, document, message=f"From {entry.path}")
            made += 1
    return made


def put(api: AirflowApi, file: Path) -> str:
    """Save a file as the newest revision of its pipeline, which it names itself; return the DAG id."""
    document = read(file)
    application = str(document.get("application") or "local")
    name = str(document.get("name") or file.stem)
    done = _import(api, application, {**document, "name": name}, message=f"From {file.name}")
    _check(file, done["report"])
    return str(_ask(api, "GET", f"/pipelines/{done['id']}").json()["dagId"])


def read(file: Path) -> dict[str, Any]:
    """Return the JSON object of a file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GennakerError(f"{file} cannot be read: {error.strerror}") from error
    return _object(text, str(file))


def _object(text: str, file: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise GennakerError(f"{file} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise GennakerError(f"{file} holds {type(document).__name__}, a pipeline is a JSON object")
    return document


def _known(api: AirflowApi) -> set[tuple[str, str]]:
    return {(each["application"].casefold(), each["name"].casefold()) for each in _pipelines(api)}


def _pipelines(api: AirflowApi) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = _ask(api, "GET", f"/pipelines?limit={_PAGE}{cursor}").json()
        yield from page["items"]
        if not page.get("nextCursor"):
            return
        cursor = f"&cursor={page['nextCursor']}"


def _import(
    api: AirflowApi, application: str, document: Mapping[str, Any], *, message: str
) -> dict[str, Any]:
    """Create or update a pipeline; the id in the document is kept, since other pipelines refer to it."""
    body = {"application": application, "document": document, "message": message}
    (done,) = _ask(api, "POST", "/import", body).json()["items"]
    if done["error"]:
        raise GennakerError(f"{application} {document['name']}: {done['error']}")
    found: dict[str, Any] = done
    return found


def _check(file: Path, problems: Iterable[Mapping[str, Any]]) -> None:
    """Refuse to run what was kept as a draft, and say what is wrong with it."""
    errors = [found for found in problems if found["severity"] == "error"]
    if errors:
        first = errors[0]
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise GennakerError(f"{file}: {first['message']}{more}", path=first["path"], hint=first["hint"])


def _ask(api: AirflowApi, method: str, path: str, body: Any = None) -> httpx.Response:
    answer = api.request(method, _ROOT + path, json=body)
    if answer.is_error:
        raise GennakerError(f"{method} {path}: {answer.status_code} {answer.text[:2000]}")
    return answer
