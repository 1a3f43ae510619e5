"""Evaluate one expression or template and print its value."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gennaker.cli import _options

if TYPE_CHECKING:
    from gennaker.errors import ExpressionError

_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (Mapping, "object"),
)


class Problem(NamedTuple):
    """Why there is no value, or not the whole of it."""

    message: str
    position: int | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("expression", help="a text with ${ } in it, or a bare expression")
    parser.add_argument(
        "--context",
        metavar="FILE|JSON",
        help="the root object: what bare names mean; may hold `execution`, `trigger`, `parameters`",
    )
    parser.add_argument(
        "--execution", metavar="FILE|JSON", help="the run: its stages, trigger and parameters"
    )
    parser.add_argument(
        "--stage", metavar="REF_OR_ID", help="the stage of the run that the expression belongs to"
    )
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate; fail if any part of the expression does."""
    from gennaker.cli import _output

    value, problems = _evaluate(arguments)
    if arguments.output == "json":
        shown = [{"message": problem.message, "position": problem.position} for problem in problems]
        found = {"expression": arguments.expression, "value": value, "type": _type(value), "problems": shown}
        _output.print_json(found)
    elif problems:
        _complain(arguments.expression, problems)
    else:
        _output.print_json(value)
    return 1 if problems else 0


def _evaluate(arguments: argparse.Namespace) -> tuple[Any, list[Problem]]:
    from gennaker.errors import ExpressionError
    from gennaker.expr import evaluate_expression, evaluate_with_problems, has_expression

    context, execution = _root(arguments)
    given: dict[str, Any] = {"execution": execution, "stage": arguments.stage}
    if not has_expression(arguments.expression):
        try:
            return evaluate_expression(arguments.expression, context, **given), []
        except ExpressionError as fault:
            return None, [Problem(str(fault), _position(fault))]
    done = evaluate_with_problems(arguments.expression, context, **given)
    return done.value, [Problem(problem.message, problem.position) for problem in done.problems]


def _position(fault: ExpressionError) -> int | None:
    position = getattr(fault, "position", None)
    return position if isinstance(position, int) else None


def _root(arguments: argparse.Namespace) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """Return the root object and the run around it."""
    from gennaker.cli._files import read_object
    from gennaker.errors import GennakerError

    context = read_object(arguments.context, "--context")
    execution = read_object(arguments.execution, "--execution") or context.get("execution")
    if not isinstance(execution, Mapping):
        execution = None
    if arguments.stage is None:
        return context, execution
    stages = [stage for stage in (execution or {}).get("stages") or () if isinstance(stage, Mapping)]
    stage = next((s for s in stages if arguments.stage in (str(s.get("refId")), str(s.get("id")))), None)
    if stage is None:
        known = ", ".join(str(s.get("refId") or s.get("id")) for s in stages) or "none"
        raise GennakerError(f"--stage: the run has no stage {arguments.stage!r}", hint=f"it has: {known}")
    own = stage.get("context")
    return {**(own if isinstance(own, Mapping) else {}), **context}, execution


def _type(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "array")


def _complain(text: str, problems: list[Problem]) -> None:
    """Print each problem below the line that it is in, with a caret at the place."""
    import sys

    from gennaker.cli._output import clean

    for problem in problems:
        print(f"error: {clean(problem.message)}", file=sys.stderr)
        if problem.position is None:
            continue
        position = min(problem.position, len(text))
        start = text.rfind("\n", 0, position) + 1
        line = text[start:].partition("\n")[0]
        print(f"  {clean(line)}", file=sys.stderr)
        print(f"  {' ' * _width(text[start:position])}^", file=sys.stderr)


def _width(text: str) -> int:
    """Return how many columns a text takes; Chinese characters take two."""
    from rich.cells import cell_len

    return cell_len(text)
