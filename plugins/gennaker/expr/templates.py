"""
Evaluate templates: JSON-like values whose texts and keys may hold ``${ }``.

Spinnaker's rule holds: what fails stays as it was written and is reported. A text that is one expression
gives the typed value; in a mixed text every piece becomes text, and a piece that is null stays literal.
Results are final: text that came in through parameters or payloads is never evaluated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from typing import Literal as Choice

from gennaker.errors import ExpressionError
from gennaker.expr.faults import Fault, LimitFault, position_of
from gennaker.expr.limits import DEFAULT_LIMITS, Budget, Limits
from gennaker.expr.paths import ROOT, member
from gennaker.expr.results import plain
from gennaker.expr.root import build_root
from gennaker.expr.scope import Scope
from gennaker.expr.services import Services
from gennaker.expr.template import Expression, Literal, Part, has_expression, parse_template
from gennaker.expr.text import joined_text
from gennaker.expr.values import is_list, is_map


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """Why a text stayed as it was, or part of it: INFO when something was null, ERROR when it failed."""

    path: str
    """JSON path of the text within the template, from ``$``."""
    expression: str
    """Source of the expression, without ``${ }``."""
    message: str
    level: Choice["INFO", "ERROR"]
    position: int | None
    """Offset in the text."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What became of a template."""

    value: Any
    problems: tuple[ExpressionProblem, ...]
    evaluated: int
    """How many texts and keys held expressions."""


def evaluate(
    template: Any,
    context: Mapping[str, Any],
    *,
    execution: Mapping[str, Any] | None = None,
    stage: str | None = None,
    services: Services | None = None,
    allow_unknown_keys: bool = True,
    limits: Limits = DEFAULT_LIMITS,
) -> Any:
    """Return the template with every expression replaced; what fails stays literal."""
    return evaluate_with_problems(
        template,
        context,
        execution=execution,
        stage=stage,
        services=services,
        allow_unknown_keys=allow_unknown_keys,
        limits=limits,
    ).value


def evaluate_with_problems(
    template: Any,
    context: Mapping[str, Any],
    *,
    execution: Mapping[str, Any] | None = None,
    stage: str | None = None,
    services: Services | None = None,
    allow_unknown_keys: bool = True,
    limits: Limits = DEFAULT_LIMITS,
) -> Evaluation:
    """Return the evaluated template together with what went wrong."""
    walk = _Walk(
        _scope(
            context, execution, stage, services=services, allow_unknown_keys=allow_unknown_keys, limits=limits
        )
    )
    value = walk.visit(template, ROOT, 0)
    return Evaluation(value, tuple(walk.problems), walk.evaluated)


def evaluate_expression(
    expression: str,
    context: Mapping[str, Any],
    *,
    execution: Mapping[str, Any] | None = None,
    stage: str | None = None,
    services: Services | None = None,
    allow_unknown_keys: bool = True,
    limits: Limits = DEFAULT_LIMITS,
) -> Any:
    """Return the value of a bare expression, without ``${ }``; raise ExpressionError when it fails."""
    scope = _scope(
        context, execution, stage, services=services, allow_unknown_keys=allow_unknown_keys, limits=limits
    )
    prepare()
    scope.budget.begin()
    return plain(_compute(scope, expression), scope.budget)


def _scope(
    context: Mapping[str, Any],
    execution: Mapping[str, Any] | None,
    stage: str | None,
    *,
    services: Services | None,
    allow_unknown_keys: bool,
    limits: Limits,
) -> Scope:
    root = build_root(context, execution, stage)
    return Scope(root, Budget(limits), services=services, allow_unknown_keys=allow_unknown_keys)


@cache
def prepare() -> None:
    """Load what every evaluation needs, outside of any expression's time limit."""
    from gennaker.expr import evaluator  # noqa: F401
    from gennaker.expr.builder import grammar
    from gennaker.expr.functions import function_names

    grammar()
    function_names()


def _compute(scope: Scope, source: str) -> Any:
    from gennaker.expr.evaluator import Evaluator
    from gennaker.expr.parser import parse

    node = parse(source, scope.budget.limits)
    try:
        return Evaluator(scope).evaluate(node, scope.root)
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as error:
        # A mapping of the caller's misbehaves; the expression's author must still get an answer.
        raise Fault(f"The expression failed: {' '.join(str(error).split())[:200]}") from error
    except (MemoryError, RecursionError):
        raise LimitFault("The expression needs too much memory") from None


class _Walk:
    """Go through a template and collect problems."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.problems: list[ExpressionProblem] = []
        self.evaluated = 0

    def visit(self, value: Any, path: str, depth: int) -> Any:
        """Return an evaluated copy of a value."""
        if isinstance(value, str):
            return self._text(value, path) if has_expression(value) else value
        if not is_map(value) and not is_list(value):
            return value
        if depth >= self._scope.budget.limits.nesting:
            self._report(path, "", Fault("The template is nested too deeply; the rest stays as it is"))
            return value
        if is_map(value):
            return {
                self._key(key, member(path, key)): self.visit(value[key], member(path, key), depth + 1)
                for key in value
            }
        return [self.visit(item, member(path, index), depth + 1) for index, item in enumerate(value)]

    def _key(self, key: Any, path: str) -> Any:
        if not isinstance(key, str) or not has_expression(key):
            return key
        value = self._text(key, path)
        if isinstance(value, str):
            return value
        try:
            self._scope.budget.begin()
            return joined_text(value, self._scope.budget)
        except Fault as fault:
            self._report(path, key, fault)
            return key

    def _text(self, text: str, path: str) -> Any:
        self.evaluated += 1
        prepare()
        try:
            self._scope.budget.begin()
            parts = parse_template(text)
        except ExpressionError as error:
            self._report(path, text, error)
            return text
        if len(parts) == 1 and isinstance(parts[0], Expression):
            return self._single(text, parts[0], path)
        return self._mixed(text, parts, path)

    def _single(self, text: str, part: Expression, path: str) -> Any:
        try:
            value = plain(_compute(self._scope, part.source), self._scope.budget)
        except ExpressionError as error:
            self._report(path, part.source.strip(), error, part.offset)
            return text
        if value is None:
            self._report_nulls(path, [part])
            return text
        return value

    def _mixed(self, text: str, parts: tuple[Part, ...], path: str) -> str:
        budget = self._scope.budget
        pieces: list[str] = []
        nulls: list[Expression] = []
        for part in parts:
            if isinstance(part, Literal):
                pieces.append(part.text)
                continue
            try:
                value = _compute(self._scope, part.source)
                piece = text[part.start : part.end] if value is None else joined_text(value, budget)
                budget.text(len(piece))
            except ExpressionError as error:
                self._report(path, part.source.strip(), error, part.offset)
                return text
            if value is None:
                nulls.append(part)
            pieces.append(piece)
        if nulls:
            self._report_nulls(path, nulls)
        return "".join(pieces)

    def _report_nulls(self, path: str, parts: list[Expression]) -> None:
        names = ", ".join(part.source.strip() for part in parts)
        self.problems.append(ExpressionProblem(path, names, f"{names} not found", "INFO", parts[0].offset))

    def _report(self, path: str, expression: str, error: ExpressionError, offset: int = 0) -> None:
        position = position_of(error)
        at = None if position is None else position + offset
        self.problems.append(ExpressionProblem(path, expression, str(error), "ERROR", at))
