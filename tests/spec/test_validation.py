from __future__ import annotations

import pytest


def deploy(**keys):
    return {"type": "deploy", "refId": "1", "account": "prod", **keys}


def test_a_wrong_value_is_named_with_its_place_and_the_rest_is_typed(load):
    loaded = load({"stages": [deploy(replicas="many", quick="true")]}, check=False)
    [found] = loaded.problems
    assert (found.code, found.path, found.stage) == ("invalid-field", "$.stages[0].replicas", "deploy")
    assert 'found "many"' in found.message
    [stage] = loaded.pipeline.stages
    assert (stage.replicas, stage.quick, stage.account) == (1, True, "prod")
    assert loaded.graph is not None
    assert not loaded.ok


def test_a_place_inside_a_list_is_exact(load):
    loaded = load({"stages": [deploy(parts=[{"key": "a"}, {"key": "b", "size": []}])]}, check=False)
    [found] = loaded.problems
    assert found.path == "$.stages[0].parts[1].size"
    assert [part.key for part in loaded.pipeline.stages[0].parts] == ["a", "b"]


def test_a_missing_key_is_named_and_its_object_left_out(load):
    loaded = load({"stages": [deploy(parts=[{"key": "a"}, {"size": 1}])]}, check=False)
    [found] = loaded.problems
    assert (found.code, found.path) == ("missing-field", "$.stages[0].parts[1].key")
    assert [part.key for part in loaded.pipeline.stages[0].parts] == ["a"]


def test_a_stage_that_lacks_what_its_type_needs_stays_in_the_graph(load):
    loaded = load({"stages": [{"type": "deploy", "refId": "1", "name": "Go"}]}, check=False)
    [found] = loaded.problems
    assert (found.code, found.path, found.stage) == ("missing-field", "$.stages[0].account", "Go")
    assert loaded.graph["1"].name == "Go"


@pytest.mark.parametrize("value", [None, "", "${ parameters.n }"])
def test_nothing_and_expressions_are_never_wrong(load, value):
    raw = deploy(replicas=value, parts=[{"key": "a", "size": value}], options=value, notifications=value)
    loaded = load({"stages": [raw]}, check=False)
    assert loaded.problems == ()
    assert loaded.pipeline.stages[0].replicas == 1
    assert loaded.raw["stages"][0]["replicas"] == value


@pytest.mark.parametrize(
    ("key", "given", "typed"),
    [
        ("stageTimeoutMs", "60000", 60000),
        ("stageTimeoutMs", 1.5, 1.5),
        ("stageTimeoutMs", "${ parameters.t }", "${ parameters.t }"),
        ("sendNotifications", "true", True),
        ("sendNotifications", "false", False),
        ("failOnFailedExpressions", "${ x }", "${ x }"),
        ("requisiteStageRefIds", None, ()),
        ("refId", 7, "7"),
        ("name", 12, "12"),
        ("name", None, "deploy"),
        ("region", True, "true"),
        ("region", 1, "1"),
        ("retries", 3, None),
        ("notifications", {"type": "email"}, None),
    ],
)
def test_the_sloppiness_of_real_json_is_read_as_meant(load, key, given, typed):
    loaded = load({"stages": [deploy(**{key: given})]}, check=False)
    assert loaded.problems == ()
    [stage] = loaded.pipeline.stages
    field = next(name for name, info in type(stage).model_fields.items() if info.alias == key)
    if key == "notifications":
        assert stage.notifications[0].type == "email"
    else:
        assert getattr(stage, field) == typed


def test_retries_of_another_tool_are_not_ours(load):
    loaded = load({"stages": [deploy(retries={"503": {"maxAttempts": 4}})]}, check=False)
    assert loaded.problems == ()
    assert loaded.pipeline.stages[0].retries.count == 0


def test_wrong_values_at_the_top_do_not_hide_the_rest(load):
    loaded = load(
        {"name": "n", "limitConcurrent": "perhaps", "parameterConfig": ["x", {"name": "p"}], "stages": []},
        check=False,
    )
    assert {found.path for found in loaded.problems} == {"$.limitConcurrent", "$.parameterConfig[0]"}
    assert [parameter.name for parameter in loaded.pipeline.parameter_config] == ["p"]
    assert loaded.pipeline.name == "n"
