"""What the answer of a status address means: pure functions over the answer and the stage's fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gennaker.client.outbound import Answer
from gennaker.errors import StageFailed
from gennaker.operators._outcome import Status
from gennaker.operators._webhook_call import describe
from gennaker.spec.types import has_expression

DONE = 100


@dataclass(frozen=True, slots=True)
class StatusRules:
    """How to read a status: the fields of the stage, as plain values."""

    status_path: str | None = None
    progress_path: str | None = None
    success: list[str] = field(default_factory=list)
    canceled: list[str] = field(default_factory=list)
    terminal: list[str] = field(default_factory=list)
    retry_codes: list[int] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Return the rules as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What one answer of the status address says.

    :ivar status: RUNNING while it is not decided.
    :ivar monitor: what ``context.webhook.monitor`` shows.
    """

    status: Status
    monitor: Mapping[str, Any]

    @property
    def error(self) -> str | None:
        """Return what went wrong, for people."""
        return self.monitor.get("error")


def read_status(answer: Answer, rules: StatusRules) -> Reading:
    """Return what an answer says."""
    monitor = describe(answer)
    if answer.status >= 400:
        if is_worth_retrying(answer.status, rules.retry_codes):
            return Reading(Status.RUNNING, monitor)
        error = f"the status address answered {answer.status} {answer.reason}"
        return Reading(Status.TERMINAL, {**monitor, "error": error})
    try:
        monitor.update(_progress(monitor["body"], rules.progress_path))
        if not rules.status_path:
            status = Status.SUCCEEDED if answer.status < 300 else Status.RUNNING
            return Reading(status, monitor)
        value = find_one(monitor["body"], rules.status_path, "statusJsonPath")
    except StageFailed as error:
        return Reading(Status.TERMINAL, {**monitor, "error": error.message})
    return _judge(value, monitor, rules)


def is_worth_retrying(status: int, listed: Iterable[int]) -> bool:
    """Tell whether a status code may be another one next time."""
    return status >= 500 or status == 429 or status in listed


def find_one(body: Any, path: str, name: str) -> Any:
    """
    Return the one plain value at a JSONPath.

    :raises StageFailed: nothing is there, more than one thing, or no plain value.
    """
    values = _find(body, path, name)
    if len(values) != 1 or values[0] is None or isinstance(values[0], (dict, list)):
        found = "nothing" if not values or values == [None] else "more than one plain value"
        raise StageFailed(f"{name}: {path!r} found {found} in the response")
    return values[0]


def find_list(body: Any, path: str) -> list[Any]:
    """Return the list at a JSONPath; empty where there is none."""
    values = _find(body, path, "path")
    return values[0] if len(values) == 1 and isinstance(values[0], list) else []


def _find(body: Any, path: str, name: str) -> list[Any]:
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import parse

    if not isinstance(body, (dict, list)):
        return []
    try:
        return [match.value for match in parse(path).find(body)]
    except (JSONPathError, ValueError, TypeError, AttributeError, KeyError) as error:
        hint = "the expression was left as it is because it failed" if has_expression(path) else None
        raise StageFailed(f"{name}: {path!r} is not a JSONPath: {error}", hint=hint) from None


def _progress(body: Any, path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    value = find_one(body, path, "progressJsonPath")
    if not isinstance(value, str):
        raise StageFailed(f"progressJsonPath: {path!r} found {value!r}, expected a text")
    return {"progressMessage": value}


def _judge(value: Any, monitor: Mapping[str, Any], rules: StatusRules) -> Reading:
    seen = {**monitor, "resolvedValue": value}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        status = Status.SUCCEEDED if value == DONE else Status.RUNNING
        return Reading(status, {**seen, "percentComplete": value})
    text = str(value).lower()
    if text in rules.success:
        return Reading(Status.SUCCEEDED, seen)
    if text in rules.canceled:
        return Reading(Status.CANCELED, {**seen, "error": f"the status is {value!r}"})
    if text in rules.terminal:
        return Reading(Status.TERMINAL, {**seen, "error": f"the status is {value!r}"})
    return Reading(Status.RUNNING, seen)
