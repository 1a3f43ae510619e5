"""
Cut an expression into tokens.

SpEL's keywords are ordinary names wherever an operator cannot stand (``trigger.matches``, ``{and: 1}``),
which a generic lexer cannot tell; this one looks at the token before. It also enforces the size limits,
so that hostile text is refused before the parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gennaker.expr.faults import LimitFault, SyntaxFault
from gennaker.expr.limits import DEFAULT_LIMITS, Limits


class Lexeme(NamedTuple):
    """A token: its type in the grammar, its text and its offset."""

    kind: str
    text: str
    position: int


_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<REAL>\d+\.\d+(?:[eE][+-]?\d+)?[fFdD]?|\d+[eE][+-]?\d+[fFdD]?|\d+[fFdD](?!\w))
  | (?P<HEX>0[xX][0-9a-fA-F]+[lL]?)
  | (?P<INT>\d+[lL]?)
  | (?P<STRING>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<NAME>[^\W\d][\w$]*|\$[\w$]+)
  | (?P<sign>\?\.|\?:|\?\[|!\[|\^\[|\$\[|&&|\|\||==|!=|<=|>=|[-+*/%^!<>?:.,()\[\]{}\#])
    """,
    re.VERBOSE,
)

_SIGNS = {
    "?.": "SAFE", "?:": "ELVIS", "&&": "AND", "||": "OR", "!": "NOT", "?": "QMARK", ":": "COLON", ".": "DOT",
    ",": "COMMA", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE",
    "#": "HASH", "^": "POWER", "+": "ADD", "-": "ADD", "*": "MULTIPLY", "/": "MULTIPLY", "%": "MULTIPLY",
    "==": "COMPARE", "!=": "COMPARE", "<": "COMPARE", "<=": "COMPARE", ">": "COMPARE", ">=": "COMPARE",
}  # fmt: skip

# Signs that open a bracket only where a chain goes on or an operand starts; elsewhere they are two tokens,
# so that "x ?[1]:[2]" stays a ternary.
_SELECTORS = {"?[": "SELECT", "^[": "SELECT", "$[": "SELECT", "![": "PROJECT"}

_OPERATOR_WORDS = {
    "and": ("AND", "&&"), "or": ("OR", "||"),
    "eq": ("COMPARE", "=="), "ne": ("COMPARE", "!="), "lt": ("COMPARE", "<"), "le": ("COMPARE", "<="),
    "gt": ("COMPARE", ">"), "ge": ("COMPARE", ">="), "matches": ("COMPARE", "matches"),
    "between": ("COMPARE", "between"), "instanceof": ("COMPARE", "instanceof"),
    "div": ("MULTIPLY", "/"), "mod": ("MULTIPLY", "%"),
}  # fmt: skip

_CONSTANT_WORDS = {"true": "TRUE", "false": "FALSE", "null": "NULL"}

_OPERAND_ENDS = frozenset(
    {"NAME", "INT", "HEX", "REAL", "STRING", "RPAR", "RSQB", "RBRACE", "TRUE", "FALSE", "NULL"}
)
_NAMES_FOLLOW = frozenset({"DOT", "SAFE", "HASH", "NEW"})
_OPENING = {"LPAR": "RPAR", "LSQB": "RSQB", "SELECT": "RSQB", "PROJECT": "RSQB", "LBRACE": "RBRACE"}
_CLOSING = frozenset(_OPENING.values())
_PREFIXES = frozenset({"ADD", "NOT"})

_UNSUPPORTED = {
    "@": "beans are not available",
    "=": "expressions cannot assign; compare with ==",
    "&": "write && or and",
    "|": "write || or or",
    "'": "the text is not closed",
    '"': "the text is not closed",
}


def tokenize(source: str, limits: Limits = DEFAULT_LIMITS) -> list[Lexeme]:
    """Return the tokens of an expression, or say why it is refused."""
    if len(source) > limits.characters:
        raise LimitFault(f"The expression is longer than {limits.characters:,} characters", position=0)
    guard = _Guard(limits)
    tokens: list[Lexeme] = []
    previous = ""
    for token in _scan(source):
        for part in _classify(token, previous, source):
            guard.admit(part, previous)
            tokens.append(part)
            previous = part.kind
    return tokens


def _scan(source: str) -> Iterator[Lexeme]:
    position = 0
    while position < len(source):
        match = _PATTERN.match(source, position)
        if match is None:
            found = source[position]
            raise SyntaxFault(f"Unexpected {found!r}", position=position, hint=_UNSUPPORTED.get(found))
        kind = match.lastgroup or ""
        if kind != "space":
            yield Lexeme(kind, match.group(), position)
        position = match.end()


def _classify(token: Lexeme, previous: str, source: str) -> tuple[Lexeme, ...]:
    if token.kind == "NAME":
        return (_classify_name(token, previous, source),)
    if token.kind == "sign":
        return _classify_sign(token, previous)
    return (token,)


def _classify_name(token: Lexeme, previous: str, source: str) -> Lexeme:
    if previous in _NAMES_FOLLOW:
        return token
    word = token.text.lower()
    if previous in _OPERAND_ENDS:
        kind, text = _OPERATOR_WORDS.get(word, ("NAME", token.text))
        return Lexeme(kind, text, token.position)
    if word in _CONSTANT_WORDS:
        return token._replace(kind=_CONSTANT_WORDS[word])
    if word == "not":
        return Lexeme("NOT", "!", token.position)
    following = source[token.position + len(token.text) :].lstrip()[:1]
    if token.text == "T" and following == "(":
        return token._replace(kind="TYPE")
    if word == "new" and (following.isalpha() or following == "_"):
        return token._replace(kind="NEW")
    return token


def _classify_sign(token: Lexeme, previous: str) -> tuple[Lexeme, ...]:
    if token.text not in _SELECTORS:
        return (token._replace(kind=_SIGNS[token.text]),)
    if previous not in _OPERAND_ENDS:
        return (token._replace(kind=_SELECTORS[token.text]),)
    first, second = token.text[0], token.text[1]
    if first not in _SIGNS:
        raise SyntaxFault(f"Unexpected {first!r}", position=token.position)
    return (
        Lexeme(_SIGNS[first], first, token.position),
        Lexeme("LSQB", second, token.position + 1),
    )


class _Guard:
    """Refuse too many tokens, too deep nesting and brackets that do not match."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._count = 0
        self._prefixes = 0
        self._open: list[Lexeme] = []

    def admit(self, token: Lexeme, previous: str) -> None:
        self._count += 1
        if self._count > self._limits.tokens:
            raise LimitFault(
                f"The expression has more than {self._limits.tokens:,} parts", position=token.position
            )
        is_prefix = token.kind in _PREFIXES and previous not in _OPERAND_ENDS
        self._prefixes = self._prefixes + 1 if is_prefix else 0
        if token.kind in _OPENING:
            self._open.append(token)
        elif token.kind in _CLOSING:
            self._close(token)
        if max(len(self._open), self._prefixes) > self._limits.nesting:
            raise LimitFault(
                f"The expression is nested deeper than {self._limits.nesting} levels", position=token.position
            )

    def _close(self, token: Lexeme) -> None:
        if not self._open:
            raise SyntaxFault(f"Nothing is open that {token.text!r} could close", position=token.position)
        opened = self._open.pop()
        if _OPENING[opened.kind] != token.kind:
            raise SyntaxFault(f"{token.text!r} does not close {opened.text!r}", position=token.position)
