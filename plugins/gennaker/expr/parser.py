"""
Turn the text of an expression into nodes.

The grammar is compiled on first use, since most processes that import this room never parse anything.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gennaker.expr.faults import SyntaxFault
from gennaker.expr.lexer import tokenize
from gennaker.expr.limits import DEFAULT_LIMITS, Limits
from gennaker.expr.nodes import Node

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput


@lru_cache(maxsize=1_024)
def parse(expression: str, limits: Limits = DEFAULT_LIMITS) -> Node:
    """Parse a bare expression, without ``${ }``; what does not parse raises with its position."""
    from lark.exceptions import UnexpectedInput

    from gennaker.expr.builder import grammar

    tokens: Any = tokenize(expression, limits)
    if not tokens:
        raise SyntaxFault("The expression is empty", position=0)
    try:
        tree: Any = grammar().parse(tokens)
    except UnexpectedInput as error:
        raise _explain(error, expression) from None
    assert isinstance(tree, Node)  # noqa: S101 - every rule of the grammar builds a node
    return tree


def _explain(error: UnexpectedInput, expression: str) -> SyntaxFault:
    token = getattr(error, "token", None)
    if token is None or token.type == "$END":
        return SyntaxFault("The expression ends too early", position=len(expression))
    return SyntaxFault(f"Unexpected {str(token)[:40]!r}", position=token.start_pos)
