from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowException
from airflow.serialization.serialized_objects import DagSerialization

from tests.compiler.pipelines import compiled, serialized, stage


def params(*parameters: Mapping[str, Any]) -> ParamsDict:
    """Return the params of a pipeline with these parameters."""
    return compiled(stage("a"), parameterConfig=list(parameters)).params


def started_with(conf: Mapping[str, Any], *parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a run that is started with a conf; raise where Airflow refuses it."""
    dag = DagSerialization.from_dict(serialized(compiled(stage("a"), parameterConfig=list(parameters))))
    given = dag.params.deep_merge(conf)  # as core does when a run is created
    given.validate()
    return dict(given.dump())


@pytest.mark.parametrize("value", ["", "x", 5, True, {"a": 1}, ["a"]])
@pytest.mark.parametrize("required", [True, False])
def test_a_parameter_of_spinnakers_takes_anything(value: Any, required: bool) -> None:
    assert started_with({"p": value}, {"name": "p", "required": required}) == {"p": value}


def test_a_parameter_of_spinnakers_is_empty_where_it_has_no_default() -> None:
    assert started_with({}, {"name": "p", "required": True}, {"name": "q", "default": "x"}) == {
        "p": "",
        "q": "x",
    }


def test_the_form_insists_only_on_what_is_required() -> None:
    assert "null" not in params({"name": "p", "required": True}).get_param("p").schema["type"]
    assert "null" in params({"name": "p"}).get_param("p").schema["type"]


def test_options_of_spinnakers_are_suggestions() -> None:
    offered = {"name": "p", "hasOptions": True, "options": [{"value": "a"}, {"value": "b"}], "default": "a"}

    assert params(offered).get_param("p").schema["examples"] == ["a", "b"]
    assert started_with({"p": "c"}, offered) == {"p": "c"}


def test_options_that_are_switched_off_are_not_offered() -> None:
    off = {"name": "p", "hasOptions": False, "options": [{"value": "a"}]}

    assert "examples" not in params(off).get_param("p").schema


def test_the_label_and_the_description_are_shown() -> None:
    schema = params({"name": "p", "label": "Where to", "description": "A *region*"}).get_param("p")

    assert schema.schema["title"] == "Where to"
    assert schema.description == "A *region*"
    assert params({"name": "p"}).get_param("p").schema["title"] == "p"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", "x", 5),
        ("number", 2.5, "2.5"),
        ("boolean", False, "false"),
        ("date", "2026-11-23", "tomorrow"),
        ("json", {"a": [1, None]}, None),
        ("secret", "conn:vault", "hunter2"),
        ("secret", "var:token", "conn:"),
        ("choice", "a", "c"),
    ],
)
def test_our_types_are_strict(kind: str, good: Any, bad: Any) -> None:
    parameter = {
        "name": "p",
        "type": kind,
        "required": True,
        "options": ["a", "b"] if kind == "choice" else None,
    }

    assert started_with({"p": good}, parameter) == {"p": good}
    if bad is not None:
        with pytest.raises((AirflowException, ValueError)):
            started_with({"p": bad}, parameter)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("number", "5", 5), ("number", "2.5", 2.5), ("boolean", "True", True), ("json", '{"a": 1}', {"a": 1})],
)
def test_a_default_that_a_form_wrote_as_text_is_read_as_its_type(kind: str, text: str, value: Any) -> None:
    assert started_with({}, {"name": "p", "type": kind, "default": text}) == {"p": value}


def test_a_required_value_of_our_types_must_be_given() -> None:
    with pytest.raises((AirflowException, ValueError)):
        started_with({}, {"name": "p", "type": "number", "required": True})


def test_an_optional_value_of_our_types_is_nothing_where_absent() -> None:
    assert started_with({}, {"name": "p", "type": "number"}) == {"p": None}
    assert started_with({}, {"name": "p", "type": "choice", "options": ["a"]}) == {"p": None}


def test_a_choice_offers_its_options_whether_or_not_it_says_that_it_has_them() -> None:
    with_word = {"name": "p", "type": "choice", "hasOptions": True, "options": ["a"], "default": "a"}
    without = {"name": "p", "type": "choice", "options": ["a"], "default": "a"}

    assert params(with_word).get_param("p").schema["enum"] == ["a"]
    assert params(without).get_param("p").schema["enum"] == ["a"]


def test_the_last_of_two_parameters_with_one_name_counts() -> None:
    assert started_with({}, {"name": "p", "default": "a"}, {"name": "p", "default": "b"}) == {"p": "b"}


def test_a_parameter_without_a_name_is_left_out() -> None:
    assert started_with({}, {"default": "a"}) == {}


def test_tasks_do_not_copy_the_params() -> None:
    dag = compiled(stage("a"), parameterConfig=[{"name": "p", "default": "x"}])

    assert not dag.task_dict["stage-a"].params
