"""Properties that hold for any text and any numbers."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gennaker.errors import ExpressionError
from gennaker.expr import (
    Expression,
    Literal,
    evaluate,
    evaluate_expression,
    evaluate_with_problems,
    parse,
    parse_template,
    references,
    references_in_expression,
)
from gennaker.expr.values import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN

RELAXED = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

FRAGMENTS = st.sampled_from(
    """
    a b.c #stage('x') #root #this [0] ['k'] .?[ .![ ] ( ) { } ${ ?. ?: ? : + - * / % ^ == != < && ||
    ! not and or matches between instanceof T(String) new Integer('1') 1 2L 1.5 's' "t" null true , .size()
    .toString() .split(',') #toJson( #toInt('1') new T $ é \\ @
    """.split()  # noqa: SIM905 - two hundred quotes would hide the fragments
)
NOISE = st.one_of(
    st.text(max_size=40),
    st.lists(FRAGMENTS, max_size=12).map("".join),
    st.lists(FRAGMENTS, max_size=12).map(" ".join),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=10,
)
INTS = st.integers(INT_MIN, INT_MAX)
LONGS = st.integers(LONG_MIN, LONG_MAX)
CONTEXT: dict[str, Any] = {"a": 1, "b": {"c": [1, "x", None]}, "k": "v"}


@RELAXED
@given(NOISE)
def test_the_parser_raises_nothing_but_expression_errors(text: str) -> None:
    with suppress(ExpressionError):
        parse(text)
    references_in_expression(text)


@RELAXED
@given(NOISE)
def test_the_parts_of_a_text_are_the_text(text: str) -> None:
    try:
        parts = parse_template(text)
    except ExpressionError:
        return
    pieces = [part.text if isinstance(part, Literal) else "${" + part.source + "}" for part in parts]
    assert "".join(pieces) == text
    for part in parts:
        if isinstance(part, Expression):
            assert text[part.start : part.end] == "${" + part.source + "}"


@RELAXED
@given(NOISE, JSON)
def test_evaluating_never_raises(text: str, data: Any) -> None:
    context = {**CONTEXT, "data": data}
    for template in ("${" + text + "}", text, {"x ${" + text + "} y": ["${" + text + "}"]}):
        outcome = evaluate_with_problems(template, context)
        for problem in outcome.problems:
            assert problem.message
            assert problem.path.startswith("$")
    references({"k": ["${" + text + "}"]})


@RELAXED
@given(NOISE)
def test_a_bare_expression_raises_nothing_but_expression_errors(text: str) -> None:
    with suppress(ExpressionError):
        evaluate_expression(text, CONTEXT)


@RELAXED
@given(JSON)
def test_data_without_expressions_stays_as_it_is(data: Any) -> None:
    if "${" not in repr(data):
        assert evaluate(data, {}) == data


@RELAXED
@given(JSON)
def test_data_passes_through_an_expression(data: Any) -> None:
    assert evaluate_expression("{v: data}['v']", {"data": data}) == data
    assert evaluate_expression("data == data", {"data": data}) is True
    if data is not None:
        assert evaluate("${data}", {"data": data}) == data


@RELAXED
@given(st.text(max_size=50))
def test_texts_round_trip(text: str) -> None:
    single, double = text.replace("'", "''"), text.replace('"', '""')
    assert evaluate_expression(f"'{single}'", {}) == text
    assert evaluate_expression(f'"{double}"', {}) == text
    assert evaluate_expression("#fromBase64(#toBase64(t))", {"t": text}) == text


@RELAXED
@given(st.one_of(st.integers(0, INT_MAX), st.booleans(), st.none(), st.floats(0, 1e300)))
def test_literals_round_trip(value: Any) -> None:
    words: dict[Any, str] = {True: "true", False: "false", None: "null"}
    if isinstance(value, float):
        spelled = f"{value:.20e}"
    else:
        spelled = words[value] if value is None or isinstance(value, bool) else str(value)
    result = evaluate_expression(spelled, {})
    assert result == value
    assert type(result) is type(value)


@RELAXED
@given(JSON)
def test_json_round_trips(data: Any) -> None:
    wrapped = {"v": data}
    if "${" not in repr(data):
        assert evaluate_expression("#readJson(#toJson(w))", {"w": wrapped}) == wrapped


def wrap(value: int, bits: int) -> int:
    value &= 2**bits - 1
    return value - 2**bits if value >= 2 ** (bits - 1) else value


def java(operator: str, left: int, right: int, bits: int) -> int | None:
    """Compute as Java does; None where it raises."""
    if operator in "/%":
        if right == 0:
            return None
        quotient = int(math.copysign(1, left) * math.copysign(1, right)) * (abs(left) // abs(right))
        return wrap(quotient if operator == "/" else left - quotient * right, bits)
    return wrap({"+": left + right, "-": left - right, "*": left * right}[operator], bits)


@RELAXED
@given(st.sampled_from("+-*/%"), INTS, INTS)
def test_int_arithmetic_is_javas(operator: str, left: int, right: int) -> None:
    expected = java(operator, left, right, 32)
    try:
        value = evaluate_expression(f"a {operator} b", {"a": left, "b": right})
    except ExpressionError:
        value = None
    assert value == expected


@RELAXED
@given(st.sampled_from("+-*/%"), LONGS.filter(lambda value: not INT_MIN <= value <= INT_MAX), LONGS)
def test_long_arithmetic_is_javas(operator: str, left: int, right: int) -> None:
    expected = java(operator, left, right, 64)
    try:
        value = evaluate_expression(f"a {operator} b", {"a": left, "b": right})
    except ExpressionError:
        value = None
    assert value == expected


@RELAXED
@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_comparison_of_doubles(left: float, right: float) -> None:
    context = {"a": left, "b": right}
    assert evaluate_expression("a < b", context) is (left < right)
    assert evaluate_expression("a == b", context) is (left == right)
    assert evaluate_expression("a >= b", context) is (left >= right)


@RELAXED
@given(st.floats())
def test_a_double_survives_its_text(value: float) -> None:
    text = evaluate_expression("v.toString()", {"v": value})
    again = evaluate_expression("T(Double).parseDouble(t)", {"t": text})
    assert again == value or (math.isnan(again) and math.isnan(value))


@RELAXED
@given(st.text(max_size=20), st.text(max_size=20))
def test_texts_compare_as_their_difference_says(left: str, right: str) -> None:
    difference = evaluate_expression("a.compareTo(b)", {"a": left, "b": right})
    assert (difference > 0) == (left > right)
    assert (difference == 0) == (left == right)


@RELAXED
@given(st.lists(st.text(alphabet="abc", max_size=3), min_size=1, max_size=6))
def test_split_undoes_join(parts: list[str]) -> None:
    joined = evaluate_expression("T(String).join(',', p)", {"p": parts})
    assert evaluate_expression("j.split(',', -1)", {"j": joined}) == parts
    trimmed = list(parts)
    while len(trimmed) > 1 and not trimmed[-1]:
        trimmed.pop()
    assert evaluate_expression("j.split(',')", {"j": joined}) == trimmed
