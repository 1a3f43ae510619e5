from __future__ import annotations

import pytest

from gennaker.spec.checks.triggers import regex_fault


@pytest.mark.parametrize(
    ("trigger", "message"),
    [
        ({}, "`type` is absent"),
        ({"type": "docker"}, "a docker trigger needs `repository`"),
        ({"type": "git", "source": "github"}, "a git trigger needs `project`, `slug`"),
        ({"type": "cron"}, "a cron trigger needs `cronExpression`"),
        ({"type": "jenkins", "master": "m"}, "a jenkins trigger needs `job`"),
    ],
)
def test_a_trigger_that_lacks_something_never_fires(problems, trigger, message):
    found = problems({"type": "wait"}, triggers=[trigger])["incomplete-trigger"]
    assert (found.path, found.message, found.severity) == ("$.triggers[0]", message, "warning")


def test_unknown_kinds_are_left_alone(problems):
    assert not problems({"type": "wait"}, triggers=[{"type": "tcr", "anything": 1}])


@pytest.mark.parametrize(
    ("trigger", "path"),
    [
        ({"type": "docker", "repository": "r", "tag": "v(.*"}, "tag"),
        ({"type": "git", "source": "s", "project": "p", "slug": "r", "branch": "[a"}, "branch"),
        ({"type": "webhook", "source": "s", "payloadConstraints": {"a.b": "*"}}, "payloadConstraints['a.b']"),
    ],
)
def test_a_regular_expression_that_does_not_compile(problems, trigger, path):
    found = problems({"type": "wait"}, triggers=[trigger])["invalid-regex"]
    assert (found.path, found.severity) == (f"$.triggers[0].{path}", "warning")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "v.*",
        "^refs/heads/(?<name>main)$",
        r"\Qa.b(\E.*",
        r"\p{Alpha}+",
        r"a++",
        r"(?i)abc",
        r"x\z",
        r"\h+",
    ],
)
def test_java_has_its_own_dialect(pattern):
    assert regex_fault(pattern) is None
