"""Read JSON text, and say where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gennaker.spec.problems import SpecProblem, problem


def read(
    source: str | bytes | Mapping[str, Any] | list[Any], *, check: bool
) -> tuple[Any, list[SpecProblem]]:
    """Return the JSON value of a text (or the value itself), or None and the problem."""
    if not isinstance(source, str | bytes):
        return source, []
    problems: list[SpecProblem] = []
    hook = _noting_duplicates(problems) if check else None
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source.removeprefix("\ufeff")
        return json.loads(text, object_pairs_hook=hook, parse_constant=_refuse), problems
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
    except RecursionError:
        message = "it is nested too deeply"
    except ValueError as error:
        message = str(error)
    return None, [problem("invalid-json", path="$", message=message)]


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _noting_duplicates(problems: list[SpecProblem]) -> Any:
    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = sorted({key for key in found if keys.count(key) > 1})
            message = f"an object has the key {', '.join(map(repr, twice))} more than once"
            problems.append(problem("duplicate-key", path="$", message=message))
        return found

    return collect
