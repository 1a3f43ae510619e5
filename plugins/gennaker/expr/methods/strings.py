"""Offer the methods of Java's String."""

from __future__ import annotations

from typing import Any

from gennaker.expr import patterns
from gennaker.expr.convert import to_int, to_text
from gennaker.expr.faults import Fault
from gennaker.expr.formats import format_text
from gennaker.expr.members import STRING, members_for, members_where
from gennaker.expr.methods.objects import string_hash
from gennaker.expr.operators import compare_texts
from gennaker.expr.scope import Scope
from gennaker.expr.values import ListValue

members_for(str)(STRING)
members_where(lambda value: isinstance(value, str), STRING)

# What String.trim takes for blank; strip() goes by Unicode instead.
_TRIMMED = "".join(map(chr, range(33)))


@STRING.method("length")
def _length(scope: Scope, text: str) -> int:
    return len(text)


@STRING.method("isEmpty")
def _is_empty(scope: Scope, text: str) -> bool:
    return not text


@STRING.method("isBlank")
def _is_blank(scope: Scope, text: str) -> bool:
    return not text.strip()


@STRING.method("equalsIgnoreCase")
def _equals_ignore_case(scope: Scope, text: str, other: Any) -> bool:
    return isinstance(other, str) and text.casefold() == other.casefold()


@STRING.method("contentEquals")
def _content_equals(scope: Scope, text: str, other: Any) -> bool:
    return text == to_text(other, scope.budget)


@STRING.method("compareTo")
def _compare_to(scope: Scope, text: str, other: Any) -> int:
    return compare_texts(text, to_text(other, scope.budget))


@STRING.method("compareToIgnoreCase")
def _compare_to_ignore_case(scope: Scope, text: str, other: Any) -> int:
    return compare_texts(text.lower(), to_text(other, scope.budget).lower())


@STRING.method("contains")
def _contains(scope: Scope, text: str, part: Any) -> bool:
    return to_text(part, scope.budget) in text


@STRING.method("startsWith")
def _starts_with(scope: Scope, text: str, prefix: Any, offset: Any = 0) -> bool:
    start = to_int(offset)
    return 0 <= start <= len(text) and text.startswith(to_text(prefix, scope.budget), start)


@STRING.method("endsWith")
def _ends_with(scope: Scope, text: str, suffix: Any) -> bool:
    return text.endswith(to_text(suffix, scope.budget))


@STRING.method("indexOf")
def _index_of(scope: Scope, text: str, part: Any, start: Any = 0) -> int:
    return text.find(_needle(scope, part), max(to_int(start), 0))


@STRING.method("lastIndexOf")
def _last_index_of(scope: Scope, text: str, part: Any, start: Any = None) -> int:
    needle = _needle(scope, part)
    return text.rfind(needle) if start is None else text.rfind(needle, 0, max(to_int(start) + len(needle), 0))


def _needle(scope: Scope, part: Any) -> str:
    # Java's indexOf also takes a character's code.
    return chr(part) if isinstance(part, int) and 0 <= part < 0x110000 else to_text(part, scope.budget)


@STRING.method("charAt")
def _char_at(scope: Scope, text: str, index: Any) -> str:
    position = to_int(index)
    if not 0 <= position < len(text):
        raise Fault(f"Index {position} is outside a text of length {len(text)}")
    return text[position]


@STRING.method("substring", "subSequence")
def _substring(scope: Scope, text: str, start: Any, end: Any = None) -> str:
    first, last = to_int(start), len(text) if end is None else to_int(end)
    if not 0 <= first <= last <= len(text):
        raise Fault(f"begin {first}, end {last} is outside a text of length {len(text)}")
    return _made(scope, text[first:last])


@STRING.method("concat")
def _concat(scope: Scope, text: str, other: Any) -> str:
    addition = to_text(other, scope.budget)
    scope.budget.text(len(text) + len(addition))
    return text + addition


@STRING.method("repeat")
def _repeat(scope: Scope, text: str, count: Any) -> str:
    times = to_int(count)
    if times < 0:
        raise Fault(f"count is negative: {times}")
    scope.budget.text(len(text) * times)
    return text * times


@STRING.method("replace")
def _replace(scope: Scope, text: str, old: Any, new: Any) -> str:
    found, put = to_text(old, scope.budget), to_text(new, scope.budget)
    scope.budget.text(len(text) + text.count(found) * max(len(put) - len(found), 0))
    return text.replace(found, put)


@STRING.method("replaceAll")
def _replace_all(scope: Scope, text: str, pattern: Any, replacement: Any) -> str:
    budget = scope.budget
    return patterns.replace(to_text(pattern, budget), text, to_text(replacement, budget), budget)


@STRING.method("replaceFirst")
def _replace_first(scope: Scope, text: str, pattern: Any, replacement: Any) -> str:
    budget = scope.budget
    return patterns.replace(to_text(pattern, budget), text, to_text(replacement, budget), budget, first=True)


@STRING.method("matches")
def _matches(scope: Scope, text: str, pattern: Any) -> bool:
    return patterns.full_match(to_text(pattern, scope.budget), text, scope.budget)


@STRING.method("split")
def _split(scope: Scope, text: str, pattern: Any, limit: Any = 0) -> ListValue:
    return ListValue(patterns.split(to_text(pattern, scope.budget), text, to_int(limit), scope.budget))


@STRING.method("lines")
def _lines(scope: Scope, text: str) -> ListValue:
    scope.budget.grow(len(text))
    return ListValue(text.splitlines())


@STRING.method("trim")
def _trim(scope: Scope, text: str) -> str:
    return _made(scope, text.strip(_TRIMMED))


@STRING.method("strip")
def _strip(scope: Scope, text: str) -> str:
    return _made(scope, text.strip())


@STRING.method("stripLeading")
def _strip_leading(scope: Scope, text: str) -> str:
    return _made(scope, text.lstrip())


@STRING.method("stripTrailing")
def _strip_trailing(scope: Scope, text: str) -> str:
    return _made(scope, text.rstrip())


@STRING.method("toLowerCase")
def _to_lower_case(scope: Scope, text: str) -> str:
    return _made(scope, text.lower())


@STRING.method("toUpperCase")
def _to_upper_case(scope: Scope, text: str) -> str:
    return _made(scope, text.upper())


@STRING.method("intern", "toString")
def _same_text(scope: Scope, text: str) -> str:
    return str(text)


@STRING.method("format", "formatted")
def _formatted(scope: Scope, text: str, *arguments: Any) -> str:
    # Java has the static String.format(pattern, ...); people also write "pattern".format(...).
    return format_text(text, list(arguments), scope.budget)


@STRING.method("hashCode")
def _hash_code(scope: Scope, text: str) -> int:
    scope.budget.step(len(text) // 4)
    return string_hash(text)


@STRING.method("getBytes")
def _get_bytes(scope: Scope, text: str, charset: Any = "UTF-8") -> ListValue:
    data = text.encode(to_text(charset, scope.budget)[:20])
    scope.budget.grow(len(data))
    return ListValue(value - 256 if value > 127 else value for value in data)


@STRING.method("toCharArray")
def _to_char_array(scope: Scope, text: str) -> ListValue:
    scope.budget.grow(len(text))
    return ListValue(text)


@STRING.method("codePointAt")
def _code_point_at(scope: Scope, text: str, index: Any) -> int:
    return ord(_char_at(scope, text, index))


def _made(scope: Scope, text: str) -> str:
    scope.budget.text(len(text))
    return text
