"""Compile the grammar, and build one node for each of its rules."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lark import Lark, Token, Transformer
from lark.lexer import Lexer

from gennaker.expr import nodes
from gennaker.expr.faults import SyntaxFault
from gennaker.expr.values import INT_MAX, LONG_MAX, Long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gennaker.expr.lexer import Lexeme

_Matched = list[Any]


@cache
def grammar() -> Lark:
    """Return the compiled grammar; its parse() takes tokens and returns a node."""
    return Lark(
        Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer=_ReadyTokens,
        transformer=_Builder(),
        maybe_placeholders=True,
    )


class _ReadyTokens(Lexer):
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


def _operand(item: nodes.Node) -> nodes.Node:
    """Give a step that starts a chain the active object as its head."""
    return _chain(nodes.Active(item.position), item) if isinstance(item, nodes.Step) else item


class _Builder(Transformer[Token, Any]):
    """One method a rule, called with what it matched; operands are whole nodes, never bare steps."""

    def start(self, found: _Matched) -> nodes.Node:
        return _operand(found[0])

    def ternary(self, found: _Matched) -> nodes.Node:
        test, _, yes, _, no = found
        return nodes.Ternary(test.position, _operand(test), _operand(yes), _operand(no))

    def elvis(self, found: _Matched) -> nodes.Node:
        value, _, other = found
        return nodes.Elvis(value.position, _operand(value), _operand(other))

    def binary(self, found: _Matched) -> nodes.Node:
        left, operator, right = found
        return nodes.Binary(operator.start_pos, str(operator), _operand(left), _operand(right))

    def unary(self, found: _Matched) -> nodes.Node:
        operator, operand = found
        return nodes.Unary(operator.start_pos, str(operator), _operand(operand))

    def path(self, found: _Matched) -> nodes.Node:
        return _chain(_operand(found[0]), *found[1:])

    def step(self, found: _Matched) -> nodes.Step:
        separator, link = found if len(found) == 2 else (None, found[0])
        is_safe = separator is not None and separator.type == "SAFE"
        safe: nodes.Step = replace(link, safe=True) if is_safe else link
        return safe

    def group(self, found: _Matched) -> nodes.Node:
        # Brackets keep their own node: "map[(key)]" computes the key, "map[key]" takes the name.
        inner = _operand(found[1])
        return nodes.Path(inner.position, inner, ()) if isinstance(inner, nodes.Path) else inner

    def integer(self, found: _Matched) -> nodes.Node:
        token = found[0]
        digits = token.rstrip("lL")
        value = int(digits, 16) if digits[:2] in {"0x", "0X"} else _decimal(digits, token)
        is_long = digits != token
        if value > (LONG_MAX if is_long else INT_MAX):
            kind = "a long" if is_long else "an int"
            hint = None if is_long else f"write {digits[:40]}L for a long"
            message = f"{str(token)[:40]} does not fit into {kind}"
            raise SyntaxFault(message, position=token.start_pos, hint=hint)
        return nodes.Constant(token.start_pos, Long(value) if is_long else value)

    def real(self, found: _Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, float(found[0].rstrip("fFdD")))

    def text(self, found: _Matched) -> nodes.Node:
        quote, inner = found[0][0], found[0][1:-1]
        return nodes.Constant(found[0].start_pos, inner.replace(quote * 2, quote))

    def true(self, found: _Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, True)

    def false(self, found: _Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, False)

    def null(self, found: _Matched) -> nodes.Node:
        return nodes.Constant(found[0].start_pos, None)

    def variable(self, found: _Matched) -> nodes.Node:
        return nodes.Variable(found[0].start_pos, str(found[1]))

    def call(self, found: _Matched) -> nodes.Node:
        return nodes.Call(found[0].start_pos, str(found[1]), found[3])

    def type(self, found: _Matched) -> nodes.Node:
        if found[3] is not None:
            raise SyntaxFault("Array types cannot be named", position=found[0].start_pos)
        return nodes.Type(found[0].start_pos, found[2])

    def new(self, found: _Matched) -> nodes.Node:
        return nodes.New(found[0].start_pos, found[1], found[3])

    def new_array(self, found: _Matched) -> nodes.Node:
        keyword, name, _, size, _, items = found
        return nodes.NewArray(keyword.start_pos, name, None if size is None else _operand(size), items)

    def property(self, found: _Matched) -> nodes.Step:
        return nodes.Property(found[0].start_pos, False, str(found[0]))

    def method(self, found: _Matched) -> nodes.Step:
        return nodes.Method(found[0].start_pos, False, str(found[0]), found[2])

    def index(self, found: _Matched) -> nodes.Step:
        return nodes.Index(found[0].start_pos, False, _operand(found[1]))

    def selection(self, found: _Matched) -> nodes.Step:
        kinds: dict[str, nodes.SelectionKind] = {"?": "all", "^": "first", "$": "last"}
        return nodes.Selection(found[0].start_pos, False, kinds[found[0][0]], _operand(found[1]))

    def projection(self, found: _Matched) -> nodes.Step:
        return nodes.Projection(found[0].start_pos, False, _operand(found[1]))

    def list(self, found: _Matched) -> nodes.Node:
        return nodes.InlineList(found[0].start_pos, found[1])

    def map(self, found: _Matched) -> nodes.Node:
        entries = tuple(item for item in found[1:-1] if isinstance(item, tuple))
        return nodes.InlineMap(found[0].start_pos, entries)

    def entry(self, found: _Matched) -> tuple[nodes.Node, nodes.Node]:
        return _operand(found[0]), _operand(found[2])

    def arguments(self, found: _Matched) -> tuple[nodes.Node, ...]:
        return tuple(_operand(item) for item in found if isinstance(item, nodes.Node))

    def qualified(self, found: _Matched) -> str:
        return "".join(found)


def _decimal(digits: str, token: Token) -> int:
    # int() itself refuses thousands of digits with a message about Python.
    if len(digits) > 20:
        raise SyntaxFault(f"{digits[:20]}... is too large a number", position=token.start_pos)
    return int(digits)
