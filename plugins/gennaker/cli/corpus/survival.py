"""Tell what is lost when a pipeline is loaded and written back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.catalog import load
from gennaker.cli._files import SpecFile
from gennaker.spec.dump import dumps
from gennaker.spec.problems import json_path
from gennaker.spec.types import has_expression


def lost(file: SpecFile) -> str | None:
    """Return what does not survive, or None."""
    if file.loaded is None or not file.loaded.raw:
        # Nothing was taken for a pipeline, so there is nothing to keep.
        return None
    given = json.loads(file.path.read_bytes().decode("utf-8-sig"))
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    text = dumps(file.loaded)
    if text != json.dumps(given, indent=2, ensure_ascii=False):
        return "the JSON that is written back is not the JSON that was read"
    again = load(text)
    if (again.spec, again.graph) != (file.loaded.spec, file.loaded.graph):
        return "the JSON that is written back means something else"
    pipeline = file.loaded.pipeline
    if pipeline is None:
        return None
    typed = pipeline.model_dump(mode="json", by_alias=True, exclude_unset=True)
    forgotten = next(_forgotten(file.loaded.spec, typed, file.loaded.base), None)
    return f"the typed view has forgotten {forgotten}" if forgotten else None


def _forgotten(given: Any, typed: Any, path: str) -> Iterator[str]:
    """Yield the places that the models left out though they could hold them."""
    if isinstance(given, Mapping) and isinstance(typed, Mapping):
        for key, value in given.items():
            place = json_path(path, str(key))
            if key in typed:
                yield from _forgotten(value, typed[key], place)
            elif not _left_out_on_purpose(value):
                yield place
    elif isinstance(given, list) and isinstance(typed, list):
        for index, (inner, kept) in enumerate(zip(given, typed, strict=False)):
            yield from _forgotten(inner, kept, json_path(path, index))


def _left_out_on_purpose(value: Any) -> bool:
    """Return whether a value of another type than the field's is left to the raw JSON."""
    return value is None or value in ("", [], {}) or has_expression(value)
