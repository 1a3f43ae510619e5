"""
Copy a pipeline, or stages of one into another, so that nothing is shared by accident.

A copy that kept its ids, its hooks and its secrets would take the original's place wherever these are looked
up: CODING moves the hook of a registry to the copy, and the original stops firing. So a copy has its own, and
notes say what its sender must be told.
"""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gennaker.spec.artifact_ids import declared, rewritten
from gennaker.spec.copy_notes import Note
from gennaker.spec.differences import Steps
from gennaker.spec.outline import items_of, text
from gennaker.spec.problems import json_path
from gennaker.spec.stage_copying import StagesCopy, copy_stages
from gennaker.spec.types import has_expression

__all__ = ["Note", "PipelineCopy", "StagesCopy", "copy_pipeline", "copy_stages"]

_CALLS = ("pipeline", "pipelineId", "pipelineConfigId")
_CONSTRAINTS = ("payloadConstraints", "attributeConstraints")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    ["secret", "token", "password", "passwd", "pwd", "passphrase", "signature", "authorization", "apikey"]
)
_HARMLESS_ENDINGS = frozenset({"name", "id", "url", "uri", "type", "kind", "ref", "file", "path"})
_REFERENCE = re.compile(r"(conn|var):.+")
_RANDOM = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{24,}"
    r"|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9_+=-]{20,}"
)


def _token() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class PipelineCopy:
    """A copy of a pipeline."""

    spec: dict[str, Any]
    id: str | None
    """The id of the copy; None where the original's JSON has none."""
    notes: tuple[Note, ...]


def copy_pipeline(
    raw: Mapping[str, Any],
    *,
    new_id: Callable[[], str],
    copy_id: str | None = None,
    application: str | None = None,
    new_secret: Callable[[], str] = _token,
) -> PipelineCopy:
    """
    Return a copy of a pipeline with ids, hooks and secrets of its own.

    References from inside are rewritten: to artifacts, and to the pipeline itself. A stage that calls its
    own pipeline by id, and a trigger that listens to it, are about the copy then: a copy that started the
    original would deploy what nobody started. Names of other pipelines, and the copy's own, stay. The
    original's JSON should have its ``id``, or calls of itself are not recognised.

    :param copy_id: the id that the copy will have; in absence a new one.
    :param application: the application that the copy will be in, if it is another one.
    :param new_secret: returns an address for a hook, or a secret.
    """
    work = _Copy(spec=copy.deepcopy(dict(raw)), new_id=new_id, new_secret=new_secret)
    old = text(raw.get("id"))
    new = (copy_id or new_id()) if old else None
    work.artifacts()
    work.own_ids()
    work.triggers()
    if old and new:
        work.itself(old, new, application)
    if application is not None and "application" in raw:
        work.spec["application"] = application
    return PipelineCopy(work.spec, new, tuple(work.notes))


@dataclass
class _Copy:
    spec: dict[str, Any]
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    notes: list[Note] = field(default_factory=list)
    minted: dict[str, str] = field(default_factory=dict)
    """New secret by old: what two triggers share they go on sharing."""

    def note(self, code: str, message: str, *steps: str | int, stage: str | None = None) -> None:
        self.notes.append(Note(code, json_path("$", *steps), message, stage))

    def artifacts(self) -> None:
        """Give every artifact a new id, also where it is referred to."""
        holders = [self.spec, *(stage for _, stage in _objects(self.spec, "stages"))]
        old = dict.fromkeys(identity for holder in holders for identity in declared(holder))
        ids = {identity: self.new_id() for identity in old}
        for key in ("stages", "triggers", "expectedArtifacts"):
            if key in self.spec:
                self.spec[key] = rewritten(self.spec[key], lambda one: ids.get(one, one), key=key)
        if ids:
            self.note(
                "new-id", "artifacts have new ids, also where they are referred to", "expectedArtifacts"
            )

    def own_ids(self) -> None:
        """Give triggers and notifications new ids."""
        for key in ("triggers", "notifications"):
            self._fresh_ids([item for _, item in _objects(self.spec, key)], f"{key} have new ids", key)
        for place, stage in _objects(self.spec, "stages"):
            items = [item for _, item in _objects(stage, "notifications")]
            self._fresh_ids(items, "notifications have new ids", *place, "notifications")
            self._fresh_ids([stage], "the stage has a new id", *place, "id")

    def _fresh_ids(self, items: Sequence[dict[str, Any]], message: str, *steps: str | int) -> None:
        known = [item for item in items if text(item.get("id"))]
        for item in known:
            item["id"] = self.new_id()
        if known:
            self.note("new-id", message, *steps)

    def triggers(self) -> None:
        """Give triggers hooks and secrets of their own."""
        self._constraints(self.spec, ())
        for place, trigger in _objects(self.spec, "triggers"):
            if trigger.get("type") == "webhook" and text(trigger.get("source")):
                trigger["source"] = self._minted(text(trigger["source"]))
                self.note("new-hook", "the hook has an address of its own", *place, "source")
            for key, value in trigger.items():
                if _is_secret_name(key) and _is_secret(value):
                    trigger[key] = self._minted(value)
                    self.note("new-secret", "the secret is a new one", *place, key)
            self._constraints(trigger, place)
            if trigger.get("enabled") is True:
                self.note("starts-by-itself", "the trigger is on: it starts the copy, too", *place)

    def _constraints(self, holder: dict[str, Any], place: Steps) -> None:
        for key in _CONSTRAINTS:
            given = holder.get(key)
            if not isinstance(given, dict):
                continue
            for name, value in given.items():
                if _is_secret(value) and (_is_secret_name(name) or _RANDOM.fullmatch(value)):
                    given[name] = self._minted(value)
                    message = "the constraint works as a secret, and is a new one"
                    self.note("new-secret", message, *place, key, name)

    def _minted(self, old: str) -> str:
        if old not in self.minted:
            self.minted[old] = self.new_secret()
        return self.minted[old]

    def itself(self, old: str, new: str, application: str | None) -> None:
        """Let what was about the original from inside be about the copy."""
        self.spec["id"] = new
        self.note("new-id", "the pipeline has a new id", "id")
        name, home = text(self.spec.get("name")), text(self.spec.get("application"))
        for place, holder in (*_objects(self.spec, "stages"), *_objects(self.spec, "triggers")):
            stage = text(holder.get("name")) if place[0] == "stages" else None
            if _redirected(holder, old, new, application):
                self.note("calls-itself", "this is about the copy now", *place, stage=stage)
            elif name and holder.get("pipeline") == name and text(holder.get("application")) in ("", home):
                message = f"'{name}' is still the original"
                self.note("calls-original", message, *place, "pipeline", stage=stage)


def _objects(holder: Mapping[str, Any], key: str) -> Iterator[tuple[Steps, dict[str, Any]]]:
    for index, item in enumerate(items_of(holder.get(key))):
        if isinstance(item, dict):
            yield (key, index), item


def _redirected(value: Any, old: str, new: str, application: str | None) -> bool:
    """Put the new id in the place of the old one wherever a pipeline is named; tell whether there was one."""
    found = False
    if isinstance(value, dict):
        for key in _CALLS:
            if value.get(key) == old:
                found = True
                value[key] = new
                if application is not None and "application" in value:
                    value["application"] = application
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found = _redirected(inner, old, new, application) or found
    return found


def _is_secret_name(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _HARMLESS_ENDINGS:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or words[-2:] == ["api", "key"]


def _is_secret(value: Any) -> bool:
    """Return whether a value can be a secret in clear: neither empty nor a reference to one."""
    return (
        isinstance(value, str)
        and bool(value)
        and not has_expression(value)
        and not _REFERENCE.fullmatch(value)
    )
