"""Do cron expressions, time zones and execution windows make sense?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from gennaker.spec import cron
from gennaker.spec.checks.subject import StageView, Subject
from gennaker.spec.problems import Severity, SpecProblem, json_path, problem
from gennaker.spec.types import has_expression
from gennaker.spec.window import ExecutionWindow, TimeRange


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find times that do not exist; where nothing depends on one yet, that is a warning."""
    yield from _zone(subject.pipeline.timezone, subject.base, matters=True)
    for trigger in subject.triggers:
        matters = trigger.model.is_enabled
        yield from _zone(trigger.model.timezone, trigger.path, matters=matters)
        if trigger.model.type == "cron":
            yield from _cron(trigger.raw, trigger.path, seed=trigger.model.id or "", matters=matters)
    for stage in subject.stages:
        if stage.model.restricted_execution_window is not None:
            yield from _window(stage, stage.model.restricted_execution_window)


def _severity(*, matters: bool) -> Severity:
    return Severity.ERROR if matters else Severity.WARNING


def _zone(name: str | None, path: str, *, matters: bool, stage: str | None = None) -> Iterator[SpecProblem]:
    if name and not has_expression(name) and name not in _zones():
        yield problem(
            "unknown-timezone",
            path=json_path(path, "timezone"),
            message=f"there is no time zone '{name}'",
            severity=_severity(matters=matters),
            stage=stage,
        )


def _cron(raw: Mapping[str, Any], path: str, *, seed: str, matters: bool) -> Iterator[SpecProblem]:
    expression = raw.get("cronExpression")
    if not isinstance(expression, str) or has_expression(expression):
        return
    try:
        cron.parse(expression, seed=seed)
    except cron.CronError as error:
        yield problem(
            "invalid-cron",
            path=json_path(path, "cronExpression"),
            message=f"'{expression}': {error}",
            severity=_severity(matters=matters),
        )


def _window(stage: StageView, window: ExecutionWindow) -> Iterator[SpecProblem]:
    matters = stage.model.restrict_execution_during_time_window is True
    path = json_path(stage.path, "restrictedExecutionWindow")
    yield from _zone(window.timezone, path, matters=matters, stage=stage.model.name)
    for place, message in _out_of_range(window):
        yield problem(
            "invalid-window",
            path=json_path(path, *place),
            message=message,
            severity=_severity(matters=matters),
            stage=stage.model.name,
        )


def _out_of_range(window: ExecutionWindow) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, day in enumerate(window.days):
        if isinstance(day, int) and not 1 <= day <= 7:
            yield ("days", index), f"day {day} is not within 1 (Sunday) to 7 (Saturday)"
    for index, hours in enumerate(window.whitelist):
        for key, message in _bad_hours(hours):
            yield ("whitelist", index, key), message
    if window.jitter and not _is_range(window.jitter.min_delay, window.jitter.max_delay):
        message = f"from {window.jitter.min_delay} to {window.jitter.max_delay} seconds is no range"
        yield ("jitter",), message


def _is_range(low: object, high: object) -> bool:
    return not (isinstance(low, int) and isinstance(high, int)) or 0 <= low <= high


def _bad_hours(hours: TimeRange) -> Iterator[tuple[str, str]]:
    limits = {
        "startHour": (hours.start_hour, 23),
        "startMin": (hours.start_min, 59),
        "endHour": (hours.end_hour, 24),
        "endMin": (hours.end_min, 59),
    }
    for key, (value, highest) in limits.items():
        if isinstance(value, int) and not 0 <= value <= highest:
            yield key, f"{value} is not within 0 to {highest}"
