"""
Run the expression cases of Spinnaker's own tests.

The cases are not part of this repository; without them the module is skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gennaker.errors import ExpressionError
from gennaker.expr import Services, evaluate, evaluate_expression, evaluate_with_problems, has_expression

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "spel_cases.json"
CASES: list[dict[str, Any]] = json.loads(CORPUS.read_text(encoding="utf-8")) if CORPUS.exists() else []

pytestmark = pytest.mark.skipif(not CASES, reason=f"{CORPUS} is absent")

TEMPLATES = frozenset({"template", "structure", "execution", "deployManifest.manifests", "stage-context"})
BARE = frozenset({"function", "precondition", "stageEnabled"})


def cases(*kinds: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{number}-{str(case['expression'])[:40]}")
        for number, case in enumerate(CASES)
        if case["kind"] in kinds
    ]


def options(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a case gives besides its context."""
    execution = case.get("execution")
    services = None
    if "front50" in case:
        known = {(one["name"], one["application"]): one["id"] for one in case["front50"]["pipelines"]}
        execution = {"application": "my-application", **(execution or {})}
        services = Services(pipeline_id=lambda name, application: known.get((name, application or "")))
    return {
        "execution": execution,
        "stage": case.get("currentStageRefId") or case.get("currentStageId"),
        "services": services,
        "allow_unknown_keys": case.get("allowUnknownKeys", True),
    }


@pytest.mark.parametrize("case", cases(*TEMPLATES))
def test_templates(case: dict[str, Any]) -> None:
    outcome = evaluate_with_problems(case["expression"], case["context"], **options(case))
    # Some sources compare what a text field made of the value.
    assert case["expected"] in (outcome.value, str(outcome.value))
    if "type" in case:
        assert type(outcome.value).__name__ == case["type"]
    if "errorCount" in case:
        assert len(outcome.problems) == case["errorCount"]


@pytest.mark.parametrize("case", cases("rejected"))
def test_rejected(case: dict[str, Any]) -> None:
    outcome = evaluate_with_problems(case["expression"], case["context"], **options(case))
    assert outcome.value == case["expected"]
    assert [problem.level for problem in outcome.problems] == [case.get("errorLevel", "ERROR")] * case.get(
        "errorCount", 1
    )


@pytest.mark.parametrize("case", cases("function"))
def test_functions(case: dict[str, Any]) -> None:
    assert evaluate_expression(case["expression"], case["context"], **options(case)) == case["expected"]


@pytest.mark.parametrize("case", cases("function-error"))
def test_function_errors(case: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate_expression(case["expression"], case["context"], **options(case))
    assert case.get("errorContains", "") in str(caught.value)


@pytest.mark.parametrize("case", cases("precondition"))
def test_preconditions(case: dict[str, Any]) -> None:
    """A precondition keeps the text of its result, or its own text when it fails."""
    try:
        result = str(evaluate_expression(case["expression"], case["context"], **options(case))).lower()
    except ExpressionError:
        result = case["expression"]
    assert result == case["expected"]


@pytest.mark.parametrize("case", cases("stageEnabled"))
def test_optional_stages(case: dict[str, Any]) -> None:
    """Expected is whether the stage is skipped; without an expression it is not."""
    if case["expression"] is None:
        assert case["expected"] is False
        return
    assert evaluate_expression(case["expression"], case["context"], **options(case)) is not case["expected"]


@pytest.mark.parametrize("case", cases("stageEnabled-status"))
def test_conditions_in_braces(case: dict[str, Any]) -> None:
    assert has_expression(case["expression"])
    enabled = evaluate(case["expression"], case["context"], **options(case))
    assert case["expected"] == ("SUCCEEDED" if enabled is True else "SKIPPED")


@pytest.mark.parametrize("case", cases("execution-projection"))
def test_projections(case: dict[str, Any]) -> None:
    value = evaluate(case["expression"], case["context"], **options(case))
    for name, expected in case["expected"].items():
        if name == "size":
            assert len(value) == expected
        else:
            assert [one.get(name.removeprefix("each.")) for one in value] == expected


@pytest.mark.parametrize("case", cases("evaluateVariables"))
def test_variables_see_earlier_ones(case: dict[str, Any]) -> None:
    """The stage itself is another room's; here its texts are evaluated in order, as it does."""
    context = dict(case["context"])
    evaluated = evaluate_with_problems(case["context"], context)
    count, failures = evaluated.evaluated, [problem.expression for problem in evaluated.problems]
    for variable, expected in zip(case["expression"], case["expected"], strict=True):
        outcome = evaluate_with_problems(variable, context, **options(case))
        context[variable["key"]] = outcome.value["value"]
        count += outcome.evaluated
        failures += [problem.expression for problem in outcome.problems]
        assert outcome.value["value"] == expected["value"]
        assert outcome.value.get("description") == expected["description"]
    assert count == case["totalEvaluated"]
    assert failures == case["failedKeys"]


def test_no_kind_is_left_out() -> None:
    known = TEMPLATES | BARE | {
        "rejected", "function-error", "stageEnabled-status", "execution-projection", "evaluateVariables",
    }  # fmt: skip
    assert {case["kind"] for case in CASES} <= known
