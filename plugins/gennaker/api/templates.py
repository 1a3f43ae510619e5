"""The pipelines that new ones start from: plain JSON files that come with Gennaker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gennaker.errors import NotFound

_PACKAGE = Path(__file__).parents[1]
#: In the wheel, and in a checkout or beside a mounted plugins folder.
_FOLDERS = (_PACKAGE / "pipeline_templates", _PACKAGE.parents[1] / "pipeline_specs" / "templates")


@cache
def templates() -> Mapping[str, Mapping[str, Any]]:
    """Return every template by the name of its file."""
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    files = sorted(folder.glob("*.json")) if folder else []
    return MappingProxyType({path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files})


def template(name: str) -> dict[str, Any]:
    """
    Return a copy of a template.

    :raises NotFound: there is none of that name.
    """
    found = templates().get(name)
    if found is None:
        known = ", ".join(templates())
        raise NotFound(f"there is no template {name!r}", hint=f"there are {known}")
    copy: dict[str, Any] = json.loads(json.dumps(found))
    return copy


def content(name: str) -> dict[str, Any]:
    """Return what a new pipeline has of a template: all but the template's own name and description."""
    return {key: value for key, value in template(name).items() if key not in ("name", "description")}
