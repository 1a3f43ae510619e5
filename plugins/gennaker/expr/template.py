"""
Cut a text into literal parts and ``${ }`` expressions, by the rules of Spring's template parser.

Brackets inside an expression must match and quoted text hides them, so ``${ {'}': 1} }`` is one expression.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from gennaker.expr.faults import LimitFault, SyntaxFault
from gennaker.expr.limits import DEFAULT_LIMITS

PREFIX = "${"
# A manifest may be long, what one text asks to compute may not.
_MAX_EXPRESSIONS = 1_000
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stays as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression without its ``${ }``; `start` and `end` are the offsets of ``$`` and behind ``}``."""

    source: str
    start: int
    end: int

    @property
    def offset(self) -> int:
        """Return where `source` starts in the text."""
        return self.start + len(PREFIX)


Part: TypeAlias = Literal | Expression


def has_expression(text: str) -> bool:
    """Tell whether a text asks for evaluation at all."""
    return PREFIX in text


@lru_cache(maxsize=1_024)
def _parse_short(text: str) -> tuple[Part, ...]:
    return _split(text)


def parse_template(text: str) -> tuple[Part, ...]:
    """Return the parts of a text; an expression that is not closed or is empty raises with its position."""
    # Manifests of a megabyte must not stay in memory just because they were parsed once.
    return _parse_short(text) if len(text) <= 2_000 else _split(text)


def _split(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    position = 0
    while (start := text.find(PREFIX, position)) >= 0:
        if len(parts) > 2 * _MAX_EXPRESSIONS:
            raise LimitFault(f"The text holds more than {_MAX_EXPRESSIONS:,} expressions", position=start)
        if start > position:
            parts.append(Literal(text[position:start]))
        end = _closing(text, start)
        source = text[start + len(PREFIX) : end]
        if not source.strip():
            raise SyntaxFault("The expression between ${ and } is empty", position=start)
        parts.append(Expression(source, start, end + 1))
        position = end + 1
    if position < len(text) or not parts:
        parts.append(Literal(text[position:]))
    return tuple(parts)


def _closing(text: str, start: int) -> int:
    """Return the offset of the ``}`` that closes the expression starting at `start`."""
    opened: list[str] = []
    position = start + len(PREFIX)
    last = position + DEFAULT_LIMITS.characters
    while position < len(text):
        if position > last:
            raise LimitFault(
                f"The expression is longer than {DEFAULT_LIMITS.characters:,} characters", position=start
            )
        sign = text[position]
        if sign == "}" and not opened:
            return position
        if sign in "([{":
            opened.append(sign)
        elif sign in _PAIRS:
            if not opened or opened.pop() != _PAIRS[sign]:
                raise SyntaxFault(f"{sign!r} closes nothing that is open", position=position)
        elif sign in "'\"":
            closing = text.find(sign, position + 1)
            if closing < 0:
                raise SyntaxFault("The text that starts here is not closed", position=position)
            position = closing
        position += 1
    raise SyntaxFault("The expression that starts here is not closed with }", position=start)
