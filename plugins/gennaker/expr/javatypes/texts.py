"""Offer java.lang.String, java.lang.Boolean and java.net.URLEncoder."""

from __future__ import annotations

from typing import Any

from gennaker.expr.convert import to_text
from gennaker.expr.faults import Fault
from gennaker.expr.formats import format_text
from gennaker.expr.members import JavaType
from gennaker.expr.scope import Scope
from gennaker.expr.text import java_text
from gennaker.expr.values import ListValue, is_list

STRING = JavaType("java.lang.String", holds=lambda value: isinstance(value, str))
BOOLEAN = JavaType("java.lang.Boolean", holds=lambda value: isinstance(value, bool))
URL_ENCODER = JavaType("java.net.URLEncoder")

BOOLEAN.constants.update(TRUE=True, FALSE=False)


@STRING.construct
def _new_string(scope: Scope, text: Any = "") -> str:
    if is_list(text):
        return _from_bytes(text)
    return to_text(text, scope.budget)


def _from_bytes(items: Any) -> str:
    if all(isinstance(item, int) for item in items):
        return bytes(item % 256 for item in items).decode("utf-8", "replace")
    return "".join(str(item) for item in items)


@STRING.static("valueOf", "copyValueOf")
def _value_of(scope: Scope, value: Any) -> str:
    return java_text(value, scope.budget)


@STRING.static("format")
def _format(scope: Scope, pattern: Any, *arguments: Any) -> str:
    spread = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], ListValue) else arguments
    return format_text(to_text(pattern, scope.budget), list(spread), scope.budget)


@STRING.static("join")
def _join(scope: Scope, separator: Any, *parts: Any) -> str:
    glue = to_text(separator, scope.budget)
    spread = parts[0] if len(parts) == 1 and is_list(parts[0]) else parts
    scope.budget.step(1 + len(spread) // 5)
    texts = [java_text(part, scope.budget) for part in spread]
    scope.budget.text(sum(map(len, texts)) + len(glue) * len(texts))
    return glue.join(texts)


@BOOLEAN.construct
def _new_boolean(scope: Scope, text: Any) -> bool:
    return _parse_boolean(scope, text)


@BOOLEAN.static("parseBoolean", "valueOf")
def _parse_boolean(scope: Scope, text: Any) -> bool:
    return text if isinstance(text, bool) else str(text).lower() == "true"


@BOOLEAN.static("toString")
def _boolean_to_string(scope: Scope, value: Any) -> str:
    return "true" if value is True else "false"


@BOOLEAN.static("logicalAnd")
def _logical_and(scope: Scope, left: Any, right: Any) -> bool:
    return left is True and right is True


@BOOLEAN.static("logicalOr")
def _logical_or(scope: Scope, left: Any, right: Any) -> bool:
    return left is True or right is True


@BOOLEAN.static("logicalXor")
def _logical_xor(scope: Scope, left: Any, right: Any) -> bool:
    return (left is True) != (right is True)


@BOOLEAN.static("compare")
def _compare_booleans(scope: Scope, left: Any, right: Any) -> int:
    return int(left is True) - int(right is True)


@URL_ENCODER.static("encode")
def _encode(scope: Scope, text: Any, charset: Any = "UTF-8") -> str:
    from urllib.parse import quote_plus

    source = to_text(text, scope.budget)
    scope.budget.text(3 * len(source))
    name = to_text(charset, scope.budget)
    if name.upper() not in {"UTF-8", "UTF8", "ISO-8859-1", "US-ASCII", "UTF-16"}:
        raise Fault(f"The charset {name[:40]} is not known")
    # Java leaves * as it is and encodes ~, Python the other way round.
    return quote_plus(source, safe="*", encoding=name, errors="replace").replace("~", "%7E")
