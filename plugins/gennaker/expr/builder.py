"""
Build nodes from the grammar's rules; one method a rule, called by lark with what the rule matched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lark import Token, Transformer
from lark.lexer import Lexer

from gennaker.expr import nodes
from gennaker.expr.faults import SyntaxFault
from gennaker.expr.lexer import Lexeme
from gennaker.expr.values import INT_MAX, LONG_MAX, Long

if TYPE_CHECKING:
    from collections.abc import Iterator

Matched = list[Any]


class ReadyTokens(Lexer):
    """Hand tokens that are already cut to lark."""

    def __init__(self, _configuration: object) -> None:
        pass

    def lex(self, lexemes: list[Lexeme], _state: object = None) -> Iterator[Token]:  # type: ignore[override]
        for kind, text, position in lexemes:
            yield Token(kind, text, position)


def _chain(head: nodes.Node, *steps: nodes.Step) -> nodes.Path:
    if isinstance(head, nodes.Path):
        return nodes.Path(head.position, head.head, (*head.steps, *steps))
    return nodes.Path(head.position, head, steps)


def _as_operand(item: nodes.Node) -> nodes.Node:
    """Give a step that starts a chain the active object as its head."""
    return _chain(nodes.Active(item.position), item) if isinstance(item, nodes.Step) else item


class Builder(Transformer[Token, Any]):
    """Build one node for each rule; rules that end up as operands are always whole nodes, never bare steps."""

    def start(self, found: Matched) -> nodes.Node:
        return _as_operand(found[0])

    def ternary(self, found: Matched) -> nodes.Node:
        test, _, yes, _, no = found
        return nodes.Ternary(test.position, _as_operand(test), _as_operand(yes), _as_operand(no))

    def elvis(self, found: Matched) -> nodes.Node:
        value, _, other = found
        return nodes.Elvis(value.position, _as_operand(value), _as_operand(other))

    def binary(self, found: Matched) -> nodes.Node:
        left, operator, right = found
        return nodes.Binary(operator.start_pos, str(operator), _as_operand(left), _as_operand(right))

    def unary(self, found: Matched) -> nodes.Node:
        operator, operand = found
        return nodes.Unary(operator.start_pos, str(operator), _as_operand(operand))

    def path(self, found: Matched) -> nodes.Node:
        return _chain(_as_operand(found[0]), *found[1:])

    def step(self, found: Matched) -> nodes.Step:
        separator, link = found if len(found) == 2 else (None, found[0])
        if separator is None or separator.type == "DOT":
            return link  # type: ignore[no-any-return]
        return _safe(link)

    def group(self, found: Matched) -> nodes.Node:
        inner = _as_operand(found[1])
        # A chain goes on from the group's value: "(a).b" is not the same operand as "a.b" for an index.
        return nodes.Path(inner.position, inner, ()) if isinstance(inner, nodes.Path) else inner

    def integer(self, found: Matched) -> nodes.Node:
        token = found[0]
        digits = token.rstrip("lL")
        value = int(digits, 16) if digits[:2] in {"0x", "0X"} else _decimal(digits, token)
        is_long = digits != token
        if value > (LONG_MAX if is_long else INT_MAX):
            kind = "a long" if is_long else "an int"
            hint = None if is_long else f"write {digits[:40]}L for a long"
            raise SyntaxFault(
                f"{str(token)[:40]} does not fit into {kind}", position=token.start_pos, hint=hint
            )
        return nodes.Constant(token.start_pos, Long(value) if is_long else value)

    def real(self, found: Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, float(found[0].rstrip("fFdD")))

    def text(self, found: Matched) -> nodes.Node:
        quote, inner = found[0][0], found[0][1:-1]
        return nodes.Constant(found[0].start_pos, inner.replace(quote * 2, quote))

    def true(self, found: Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, True)

    def false(self, found: Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, False)

    def null(self, found: Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, None)

    def variable(self, found: Matched) -> nodes.Node:
        return nodes.Variable(found[0].start_pos, str(found[1]))

    def call(self, found: Matched) -> nodes.Node:
        return nodes.Call(found[0].start_pos, str(found[1]), found[3])

    def type(self, found: Matched) -> nodes.Node:
        if found[3] is not None:
            raise SyntaxFault("Array types cannot be named", position=found[0].start_pos)
        return nodes.Type(found[0].start_pos, found[2])

    def new(self, found: Matched) -> nodes.Node:
        return nodes.New(found[0].start_pos, found[1], found[3])

    def new_array(self, found: Matched) -> nodes.Node:
        keyword, name, _, size, _, items = found
        return nodes.NewArray(keyword.start_pos, name, None if size is None else _as_operand(size), items)

    def property(self, found: Matched) -> nodes.Step:
        return nodes.Property(found[0].start_pos, False, str(found[0]))

    def method(self, found: Matched) -> nodes.Step:
        return nodes.Method(found[0].start_pos, False, str(found[0]), found[2])

    def index(self, found: Matched) -> nodes.Step:
        return nodes.Index(found[0].start_pos, False, _as_operand(found[1]))

    def selection(self, found: Matched) -> nodes.Step:
        kinds: dict[str, nodes.SelectionKind] = {"?": "all", "^": "first", "$": "last"}
        return nodes.Selection(found[0].start_pos, False, kinds[found[0][0]], _as_operand(found[1]))

    def projection(self, found: Matched) -> nodes.Step:
        return nodes.Projection(found[0].start_pos, False, _as_operand(found[1]))

    def list(self, found: Matched) -> nodes.Node:
        return nodes.InlineList(found[0].start_pos, found[1])

    def map(self, found: Matched) -> nodes.Node:
        entries = tuple(item for item in found[1:-1] if isinstance(item, tuple))
        return nodes.InlineMap(found[0].start_pos, entries)

    def entry(self, found: Matched) -> tuple[nodes.Node, nodes.Node]:
        return _as_operand(found[0]), _as_operand(found[2])

    def arguments(self, found: Matched) -> tuple[nodes.Node, ...]:
        return tuple(_as_operand(item) for item in found if isinstance(item, nodes.Node))

    def qualified(self, found: Matched) -> str:
        return "".join(found)


def _safe(link: nodes.Step) -> nodes.Step:
    from dataclasses import replace

    return replace(link, safe=True)


def _decimal(digits: str, token: Token) -> int:
    # int() itself refuses thousands of digits with a message about Python.
    if len(digits) > 20:
        raise SyntaxFault(f"{digits[:20]}... is too large a number", position=token.start_pos)
    return int(digits)
