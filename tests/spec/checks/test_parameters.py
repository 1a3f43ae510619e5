from __future__ import annotations

import pytest

OPTION = {"options": [{"value": "x"}]}


@pytest.fixture
def declare(problems):
    return lambda *parameters: problems({"type": "wait"}, parameterConfig=[*parameters])


@pytest.mark.parametrize(
    ("parameter", "code", "key"),
    [
        ({"name": "a b"}, "bad-parameter-name", "name"),
        ({"label": "x"}, "bad-parameter-name", "name"),
        ({"name": "a", "type": "float"}, "unknown-parameter-type", "type"),
        ({"name": "a", "hasOptions": True, **OPTION, "default": "y"}, "default-not-an-option", "default"),
        ({"name": "a", "type": "choice", **OPTION, "default": "y"}, "default-not-an-option", "default"),
        ({"name": "a", "type": "number", "default": "many"}, "invalid-default", "default"),
        ({"name": "a", "type": "boolean", "default": "maybe"}, "invalid-default", "default"),
        ({"name": "a", "type": "date", "default": "tomorrow"}, "invalid-default", "default"),
        ({"name": "a", "type": "json", "default": "{"}, "invalid-default", "default"),
        ({"name": "a", "type": "secret", "default": "hunter2"}, "secret-in-clear", "default"),
        ({"name": "a", "type": "secret", "options": [{"value": "hunter2"}]}, "secret-in-clear", "options"),
    ],
)
def test_what_cannot_work_is_named(declare, parameter, code, key):
    [found] = declare(parameter).values()
    assert (found.code, found.path) == (code, f"$.parameterConfig[0].{key}")
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "a", "default": "anything", "options": [{"value": ""}], "hasOptions": False},
        {"name": "版本", "default": None},
        {"name": "a", "hasOptions": True, "options": [{"value": 1}], "default": "1"},
        {"name": "a", "hasOptions": True, "options": [{"value": "x"}], "default": ""},
        {"name": "a", "hasOptions": True, "options": [{"value": "x"}], "default": "${ execution.id }"},
        {"name": "a", "type": "number", "default": "1.5"},
        {"name": "a", "type": "boolean", "default": True},
        {"name": "a", "type": "date", "default": "2026-01-31"},
        {"name": "a", "type": "json", "default": {"x": 1}},
        {"name": "a", "type": "secret", "default": "conn:registry"},
        {"name": "a", "type": "secret", "default": "var:team/token"},
        {"name": "a", "type": "string", "default": 3},
    ],
)
def test_what_works_is_fine(declare, parameter):
    assert not declare(parameter)


def test_two_parameters_of_one_name(declare):
    assert declare({"name": "a"}, {"name": "a"})["duplicate-parameter"].path == "$.parameterConfig[1].name"
