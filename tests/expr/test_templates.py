"""Templates: typed results, mixed texts, keys, problems."""

from __future__ import annotations

from typing import Any

import pytest

from gennaker.expr import Limits, evaluate, evaluate_with_problems

CONTEXT: dict[str, Any] = {
    "s": "text",
    "n": 5,
    "b": True,
    "none": None,
    "l": [1, "two"],
    "m": {"a": 1},
    "evil": "${#stage('x')} ${s}",
    "f": 1.5,
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("no expression", "no expression"),
        ("${s}", "text"),
        ("${n}", 5),
        ("${ n }", 5),
        ("${b}", True),
        ("${l}", [1, "two"]),
        ("${m}", {"a": 1}),
        ("${f}", 1.5),
        ("${''}", ""),
        (" ${n}", " 5"),
        ("${n}${n}", "55"),
        ("${s}-${b}-${f}", "text-true-1.5"),
        ("$${n}", "$5"),
        ("l: ${l}", "l: 1,two"),
        ("a.${'${ESCAPED}'}.${s}", "a.${ESCAPED}.text"),
        (
            {"k": ["${n}", {"x": "${s}!"}], "${s}": 1, "${n}x": 2, "${n}": 3},
            {"k": [5, {"x": "text!"}], "text": 1, "5x": 2, "5": 3},
        ),
        ({"${b}": 1}, {"true": 1}),
        ([None, 1, True, 1.5], [None, 1, True, 1.5]),
        (("${n}",), [5]),
        ({1: "${n}"}, {1: 5}),
        (None, None),
        (5, 5),
        ("${2147483648L}", 2**31),
        ("${new java.util.UUID(0, 1)}", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_results(template: Any, expected: Any) -> None:
    outcome = evaluate_with_problems(template, CONTEXT)
    assert outcome.value == expected
    assert type(outcome.value) is type(expected) or isinstance(template, tuple)
    assert outcome.problems == ()


def test_results_are_never_evaluated_again() -> None:
    assert evaluate("${evil}", CONTEXT) == CONTEXT["evil"]
    assert evaluate("x ${evil}", CONTEXT) == "x " + CONTEXT["evil"]
    assert evaluate({"${evil}": 1}, CONTEXT) == {CONTEXT["evil"]: 1}


def test_results_have_plain_types() -> None:
    execution = {"status": "RUNNING", "stages": [{"name": "a", "status": "SUCCEEDED"}]}
    results = evaluate(
        ["${#stage('a').status}", "${1L}", "${{1L, {a: 2L}}}", "${execution.status}"], {}, execution=execution
    )
    assert [type(result) for result in results] == [str, int, list, str]
    assert type(results[2]) is list
    assert type(results[2][1]) is dict
    assert type(results[2][1]["a"]) is int


@pytest.mark.parametrize(
    ("template", "expected", "level", "position"),
    [
        ("${none}", "${none}", "INFO", 2),
        ("${missing}", "${missing}", "INFO", 2),
        ("x ${missing} y", "x ${missing} y", "INFO", 4),
        ("${ missing }-${n}", "${ missing }-5", "INFO", 2),
        ("${missing}-${gone}-${s}", "${missing}-${gone}-text", "INFO", 2),
        ("${none.x}", "${none.x}", "ERROR", 7),
        ("${n}-${none.x}", "${n}-${none.x}", "ERROR", 12),
        ("${m}!", "${m}!", "ERROR", None),
        ("a ${1 +}", "a ${1 +}", "ERROR", 7),
        ("${n", "${n", "ERROR", 0),
        ("${}", "${}", "ERROR", 0),
        ("${T(System)}", "${T(System)}", "ERROR", 2),
        ("${#nope()}", "${#nope()}", "ERROR", 2),
        ("${n + (1 / 0)}", "${n + (1 / 0)}", "ERROR", 9),
    ],
)
def test_what_fails_stays_and_is_reported(
    template: str, expected: str, level: str, position: int | None
) -> None:
    outcome = evaluate_with_problems({"k": [template]}, CONTEXT)
    assert outcome.value == {"k": [expected]}
    (problem,) = outcome.problems
    assert (problem.path, problem.level, problem.position) == ("$.k[0]", level, position)
    assert problem.message
    assert outcome.evaluated == 1


def test_a_problem_names_the_expression() -> None:
    problem = evaluate_with_problems("a ${ missing } ${gone}", CONTEXT).problems[0]
    assert problem.expression == "missing, gone"
    assert problem.message == "missing, gone not found"


@pytest.mark.parametrize("key", ["${missing}", "${none.x}", "${m}", "x${"])
def test_a_key_that_fails_stays(key: str) -> None:
    outcome = evaluate_with_problems({key: 1}, CONTEXT)
    assert outcome.value == {key: 1}
    assert len(outcome.problems) == 1


def test_every_text_counts_once() -> None:
    assert evaluate_with_problems({"a": "${n} ${n}", "${s}": ["${n}", "plain"]}, CONTEXT).evaluated == 3


def test_the_template_is_not_changed() -> None:
    template = {"a": ["${n}"], "b": {"c": "${s}"}}
    evaluate(template, CONTEXT)
    assert template == {"a": ["${n}"], "b": {"c": "${s}"}}


def test_a_template_nested_too_deeply_stays_from_there() -> None:
    template: Any = "${n}"
    for _ in range(100):
        template = [template]
    outcome = evaluate_with_problems(template, CONTEXT)
    assert outcome.value == template
    assert "nested" in outcome.problems[0].message


def test_a_mapping_that_misbehaves_is_a_problem() -> None:
    class Odd(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise ValueError("odd")

    outcome = evaluate_with_problems("${m.x}", {"m": Odd()})
    assert outcome.value == "${m.x}"
    assert "odd" in outcome.problems[0].message


def test_the_time_of_a_template_is_bounded_as_a_whole() -> None:
    template = ["${l.?[#root.big.?[#this < 0].size() > 0]}"] * 50
    limits = Limits(seconds=0.02, total_seconds=0.05)
    outcome = evaluate_with_problems(template, {"l": [1] * 1000, "big": [1] * 1000}, limits=limits)
    assert outcome.value == template
    assert "template takes more than" in outcome.problems[-1].message


def test_variables_may_see_earlier_ones() -> None:
    context: dict[str, Any] = {}
    for key, value in (("a", "${1 + 2}"), ("b", "${a * 2}"), ("c", "${a}-${b}")):
        context[key] = evaluate(value, context)
    assert context == {"a": 3, "b": 6, "c": "3-6"}
