"""Convert texts: the string helpers, and ``#toJson`` with ``#doNotEval``."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from typing import Any

from gennaker.expr.convert import parse_double, parse_whole
from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.functions.references import text_argument
from gennaker.expr.scope import Scope
from gennaker.expr.template import has_expression
from gennaker.expr.text import json_text
from gennaker.expr.values import INT_MAX, INT_MIN, Protected


@function("toInt")
def to_int(scope: Scope, text: Any) -> int:
    """Return the int that a text spells."""
    return parse_whole(text_argument(scope, text), 10, INT_MIN, INT_MAX)


@function("toFloat")
def to_float(scope: Scope, text: Any) -> float:
    """Return the float that a text spells."""
    value = parse_double(text_argument(scope, text))
    try:
        single: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    # The shortest spelling of the single is what Java shows: 7.1, not 7.099999904632568.
    return next(
        (short for digits in range(1, 9) if _single(short := float(f"{single:.{digits}g}")) == single), single
    )


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return float("inf")


@function("toBoolean")
def to_boolean(scope: Scope, text: Any) -> bool:
    """Return whether a text is "true"; null is false."""
    # Boolean.valueOf: null and everything that is not "true" is false.
    return text is not None and text_argument(scope, text).lower() == "true"


@function("toBase64")
def to_base64(scope: Scope, text: Any) -> str:
    """Encode a text as base64."""
    data = text_argument(scope, text).encode()
    scope.budget.text(len(data) * 4 // 3 + 4)
    return base64.b64encode(data).decode("ascii")


@function("fromBase64")
def from_base64(scope: Scope, text: Any) -> str:
    """Decode a base64 text."""
    encoded = text_argument(scope, text)
    scope.budget.text(len(encoded))
    try:
        # Java takes texts without the padding.
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise Fault(f"#fromBase64: the text is not base64: {error}") from None


@function("alphanumerical")
def alphanumerical(scope: Scope, text: Any) -> str:
    """Drop every character but letters and digits."""
    return re.sub("[^A-Za-z0-9]", "", text_argument(scope, text))


@function("doNotEval")
def do_not_eval(scope: Scope, value: Any) -> Protected:
    """Mark a value that #toJson may write although it contains ${."""
    return Protected(value)


@function("toJson")
def to_json(scope: Scope, value: Any) -> str:
    """Write a value as JSON."""
    if isinstance(value, Protected):
        return json_text(value.value, scope.budget)
    text = json_text(value, scope.budget)
    if has_expression(text):
        raise Fault("result for toJson cannot contain an expression", hint="write #toJson(#doNotEval(...))")
    return text
