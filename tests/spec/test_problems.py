from __future__ import annotations

import pytest

from gennaker.spec.problems import InvalidPipeline, Severity, SpecProblem, json_path, problem


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ((), "$"),
        (("stages", 3, "account"), "$.stages[3].account"),
        (("data", "run.sh"), "$.data['run.sh']"),
        (("it's", ""), r"$['it\'s']['']"),
        (("部署",), "$['部署']"),
    ],
)
def test_json_path(steps, path):
    assert json_path("$", *steps) == path


def test_severity_and_hint_come_from_the_code():
    found = problem("cycle", path="$", message="m")
    assert (found.severity, found.hint) == (Severity.ERROR, "Remove one of the links that are named.")
    assert problem("cycle", path="$", message="m", severity=Severity.INFO, hint="h").severity == "info"


def test_the_exception_tells_the_first_problem_and_how_many_there_are():
    one = SpecProblem(path="$.a", code="cycle", severity=Severity.ERROR, message="m", hint="h")
    assert str(InvalidPipeline([one])) == "$.a: m (h)"
    assert str(InvalidPipeline([one, one, one])) == "$.a: m, and 2 more (h)"
