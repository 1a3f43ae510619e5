"""Can every trigger fire?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.spec.checks.subject import Subject, TriggerView
from gennaker.spec.problems import SpecProblem, json_path, problem
from gennaker.spec.types import has_expression

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "cron": ("cronExpression",),
    "docker": ("repository",),
    "git": ("source", "project", "slug"),
    "webhook": ("source",),
    "pubsub": ("subscriptionName",),
    "pipeline": ("pipeline",),
    "jenkins": ("master", "job"),
    "travis": ("master", "job"),
    "artifactory": ("artifactorySearchName",),
    "nexus": ("nexusSearchName",),
}
_REGEX_KEYS: Mapping[str, tuple[str, ...]] = {"docker": ("tag",), "git": ("branch",)}
_CONSTRAINTS = ("payloadConstraints", "attributeConstraints")

_JAVA_ONLY = (
    (re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL), lambda found: re.escape(found[1])),
    (re.compile(r"\(\?<(?=[A-Za-z])"), lambda found: "(?P<"),
    (re.compile(r"\\k<(\w+)>"), lambda found: f"(?P={found[1]})"),
    (re.compile(r"\\[pP]\{\w+(?:=\w+)?\}"), lambda found: r"\w"),
    (re.compile(r"\\[zG]"), lambda found: r"\Z"),
    (re.compile(r"\\h"), lambda found: r"[ \t]"),
)


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find triggers that lack something, and regular expressions that do not compile."""
    for trigger in subject.triggers:
        yield from _incomplete(trigger)
        for place, pattern in _patterns(trigger):
            fault = regex_fault(pattern)
            if fault:
                path = json_path(trigger.path, *place)
                yield problem("invalid-regex", path=path, message=f"'{pattern}': {fault}")


def _incomplete(trigger: TriggerView) -> Iterator[SpecProblem]:
    kind = trigger.model.type
    if not kind:
        yield problem("incomplete-trigger", path=trigger.path, message="`type` is absent")
        return
    missing = [key for key in _NEEDED.get(kind, ()) if not trigger.raw.get(key)]
    if missing:
        message = f"a {kind} trigger needs " + ", ".join(f"`{key}`" for key in missing)
        yield problem("incomplete-trigger", path=trigger.path, message=message)


def _patterns(trigger: TriggerView) -> Iterator[tuple[tuple[str, ...], str]]:
    for key in _REGEX_KEYS.get(trigger.model.type, ()):
        yield from _text((key,), trigger.raw.get(key))
    for key in _CONSTRAINTS:
        constraints = trigger.raw.get(key)
        for name, value in constraints.items() if isinstance(constraints, Mapping) else ():
            yield from _text((key, str(name)), value)


def _text(place: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str) and value and not has_expression(value):
        yield place, value


def regex_fault(pattern: str) -> str | None:
    """Return what is wrong with a Java regular expression, if anything is."""
    for java, python in _JAVA_ONLY:
        pattern = java.sub(python, pattern)
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None
