"""
Validate JSON against a model, and mend what would not do.

A value that cannot be used is a problem with its exact place, and the rest of the object is still typed.
Three kinds of value are no problem at all, since real pipelines are full of them: ``null``, ``""`` where
something else than text belongs, and an expression in a field that has another type. They are left out
of the typed view; the raw JSON keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gennaker.spec.problems import SpecProblem, json_path, problem
from gennaker.spec.types import has_expression

M = TypeVar("M", bound=BaseModel)
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class _Fault:
    """What pydantic says about one place."""

    place: Steps
    missing: bool
    found: Any
    message: str

    @property
    def remedy(self) -> Steps:
        """Return what to leave out: the value, or the object that lacks one."""
        return self.place[:-1] if self.missing else self.place

    @property
    def harmless(self) -> bool:
        return not self.missing and (self.found is None or self.found == "" or has_expression(self.found))


def parse(
    model: type[M], data: Mapping[str, Any], *, base: str, stage: str | None = None
) -> tuple[M | None, list[SpecProblem]]:
    """
    Return the data as a model, and what is wrong with it.

    :param base: JSON path of the data.
    :param stage: name of the stage that it is, for the problems.
    :return: None instead of a model where a field that is needed is absent.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return _mend(model, data, base=base, stage=stage, error=error)


def _mend(
    model: type[M], data: Mapping[str, Any], *, base: str, stage: str | None, error: ValidationError
) -> tuple[M | None, list[SpecProblem]]:
    problems: dict[str, SpecProblem] = {}
    while True:
        faults = _faults(error, data)
        for fault in faults:
            if not fault.harmless:
                found = _describe(fault, base, stage)
                problems.setdefault(found.path, found)
        remedies = {fault.remedy for fault in faults} - {()}
        if not remedies:
            return None, list(problems.values())
        data = _without(data, remedies)
        try:
            return model.model_validate(data), list(problems.values())
        except ValidationError as next_error:
            error = next_error


def _faults(error: ValidationError, data: Any) -> list[_Fault]:
    """Return one fault for each place; the branches of a union complain together."""
    by_place: dict[Steps, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False, include_context=False):
        by_place.setdefault(_place(details, data), []).append(details)
    return [_fault(place, details) for place, details in by_place.items()]


def _fault(place: Steps, details: Sequence[ErrorDetails]) -> _Fault:
    messages = dict.fromkeys(_plain(detail["msg"]) for detail in details)
    return _Fault(
        place=place,
        missing=details[0]["type"] == "missing",
        found=details[0]["input"],
        message=" or ".join(messages),
    )


def _place(details: ErrorDetails, data: Any) -> Steps:
    """Return where in the data an error is; pydantic's location also names branches of unions."""
    *steps, last = details["loc"] or ("",)
    place: list[str | int] = []
    for step in (*steps, last):
        inside = _child(data, step)
        if inside is not _NOTHING:
            place.append(step)
            data = inside
    if details["type"] == "missing":
        place.append(last)
    return tuple(place)


_NOTHING = object()


def _child(data: Any, step: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(step, _NOTHING)
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return data[step]
    return _NOTHING


def _plain(message: str) -> str:
    """Shorten what pydantic says, since it stands after "expected"."""
    if message.startswith("String should match"):
        return "an expression"
    if "dictionary" in message:
        return "an object"
    wanted = message.removeprefix("Input should be ").partition(", unable to")[0]
    return (
        wanted.replace("a valid integer", "a whole number").replace("a valid ", "a ").replace("tuple", "list")
    )


def _describe(fault: _Fault, base: str, stage: str | None) -> SpecProblem:
    path = json_path(base, *fault.place)
    if fault.missing:
        return problem("missing-field", path=path, message=f"`{fault.place[-1]}` is needed", stage=stage)
    message = f"expected {fault.message}, found {_shown(fault.found)}"
    return problem("invalid-field", path=path, message=message, stage=stage)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 60 else text[:57] + "…"


def _without(data: Any, remedies: Iterable[Steps]) -> Any:
    """Return the data without the given places; the data itself stays as it is."""
    below: dict[str | int, list[Steps]] = {}
    gone: set[str | int] = set()
    for first, *rest in remedies:
        if rest:
            below.setdefault(first, []).append(tuple(rest))
        else:
            gone.add(first)
    if isinstance(data, Mapping):
        return {
            key: _without(value, below[key]) if key in below else value
            for key, value in data.items()
            if key not in gone
        }
    return [
        _without(value, below[index]) if index in below else value
        for index, value in enumerate(data)
        if index not in gone
    ]
