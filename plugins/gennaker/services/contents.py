"""The JSON of a pipeline: read what was given, write what is kept, put back on export what rows hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gennaker.catalog import load
from gennaker.spec.governance import content_hash, restore_governance, strip_governance
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import InvalidPipeline, SpecProblem, json_path, problem
from gennaker.spec.source import read
from gennaker.store.models import Pipeline


@dataclass(frozen=True)
class Content:
    """
    What a pipeline does, ready to be kept.

    :ivar value: the JSON without the governance keys, in the order in which they were written.
    :ivar governance: what was taken out.
    :ivar text: the JSON text that is kept.
    :ivar problems: what reading it found (keys that stand there twice).
    """

    value: dict[str, Any]
    governance: dict[str, Any]
    text: str
    sha256: str
    problems: tuple[SpecProblem, ...]


#: JSON as text or as an object, or what was read from it already.
Given = str | bytes | Mapping[str, Any] | Content


def read_content(given: Given) -> Content:
    """
    Read a pipeline's JSON, once.

    :raises InvalidPipeline: it is not JSON, or not an object.
    """
    if isinstance(given, Content):
        return given
    try:
        value, problems = read(given, check=True)
        if value is None and problems:
            raise InvalidPipeline(problems)
        if not isinstance(value, Mapping):
            message = "this is not an object"
            raise InvalidPipeline([problem("not-a-pipeline", path="$", message=message)])
        kept, governance = strip_governance(value)
        return Content(kept, governance, to_text(kept), content_hash(kept), tuple(problems))
    except (RecursionError, ValueError, TypeError) as error:
        message = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InvalidPipeline([problem("invalid-json", path="$", message=message)]) from None


def to_text(value: Mapping[str, Any]) -> str:
    """
    Return JSON text that every database keeps.

    :raises ValueError: a number is not JSON.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)  # half a surrogate pair is only JSON when escaped
    return text


def examine(content: Content, pipeline: Pipeline) -> tuple[LoadedPipeline, list[SpecProblem]]:
    """Load what a pipeline is to do under its own names; return it with all problems."""
    own = own_names(pipeline)
    loaded = load(restore_governance(content.value, own))
    return loaded, [*content.problems, *loaded.problems, *_ignored(content, pipeline, own)]


def _ignored(content: Content, pipeline: Pipeline, own: Mapping[str, Any]) -> Iterator[SpecProblem]:
    """Tell where the JSON wants a name or a state that the pipeline does not have."""
    states = {"disabled": pipeline.disabled_scope == "team", "locked": pipeline.locked}
    for key, value in content.governance.items():
        differs = value not in (own[key], None, "") if key in own else bool(value) != states.get(key, value)
        if differs and (key in own or key in states):
            path = json_path("$", key)
            yield problem("governance-ignored", path=path, message=f"`{key}` stays as it is")


def own_names(pipeline: Pipeline) -> dict[str, Any]:
    """Return a pipeline's identity as its JSON has it."""
    return {"application": pipeline.application.name, "name": pipeline.name, "id": pipeline.id}


def export(pipeline: Pipeline, text: str) -> dict[str, Any]:
    """Return what a revision holds as Spinnaker's JSON, with name, state and lock put back."""
    governance = {
        **own_names(pipeline),
        "index": pipeline.position,
        "disabled": pipeline.disabled_scope == "team",
        "updateTs": str(int(pipeline.updated_at.timestamp() * 1000)),
        "lastModifiedBy": pipeline.updated_by,
    }
    if pipeline.locked:
        governance["locked"] = {
            "ui": True,
            "allowUnlockUi": True,
            "description": pipeline.lock_reason,
        }
    return restore_governance(json.loads(text), governance)
