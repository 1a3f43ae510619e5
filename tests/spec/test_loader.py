from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gennaker.errors import SpecError
from gennaker.spec import checks
from gennaker.spec.problems import InvalidPipeline

WAIT = {"type": "wait", "refId": "1", "requisiteStageRefIds": [], "name": "Wait", "waitTime": 3}


def test_text_bytes_and_objects_are_read_alike(load):
    pipeline = {"application": "a", "name": "n", "stages": [WAIT]}
    text = json.dumps(pipeline)
    loaded = [
        load(source)
        for source in (pipeline, text, text.encode(), b"\xef\xbb\xbf" + text.encode(), [pipeline])
    ]
    assert all(found.raw == pipeline and found.ok and found.problems == () for found in loaded)
    assert loaded[0].pipeline.stages[0].wait_time == 3


def test_a_stage_gets_the_model_of_its_type_or_of_its_alias(load):
    stages = [WAIT, {"type": "ours", "alias": "wait", "refId": "2"}, {"type": "strange", "refId": "3"}]
    loaded = load({"stages": stages}, check=False)
    assert [type(stage).__name__ for stage in loaded.pipeline.stages] == ["Wait", "Wait", "StageEnvelope"]


def test_stages_without_ref_ids_run_in_line(load):
    loaded = load(
        {"stages": [{"type": "wait"}, {"type": "wait", "requisiteStageRefIds": ["9"]}]}, check=False
    )
    assert [stage.ref_id for stage in loaded.pipeline.stages] == ["0", "1"]
    assert loaded.graph["1"].requisites == ("0",)
    assert "refId" not in loaded.raw["stages"][0]


def test_numbers_as_ref_ids(load):
    stages = [{"type": "wait", "refId": 1}, {"type": "wait", "refId": "2", "requisiteStageRefIds": [1]}]
    assert load({"stages": stages}, check=False).graph["2"].requisites == ("1",)


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ('{"a": 1,\n  "b" 2}', "invalid-json", "line 2, column 7"),
        ("", "invalid-json", "line 1, column 1"),
        (b"\xff\xfe\x00", "invalid-json", "not UTF-8"),
        ('{"stages": [NaN]}', "invalid-json", "NaN is not JSON"),
        ("[" * 100_000, "invalid-json", "nested too deeply"),
        ("[]", "not-a-pipeline", "not an object"),
        ("3", "not-a-pipeline", "not an object"),
        ("null", "not-a-pipeline", "not an object"),
        ('{"hello": 1}', "not-a-pipeline", "none of a pipeline's keys"),
        ('[{"stages": []}, {"stages": []}]', "several-pipelines", "2 pipelines"),
        ('{"pipelines": [{}, {}]}', "several-pipelines", "2 pipelines"),
    ],
)
def test_what_is_no_pipeline_is_a_problem_and_never_an_exception(load, source, code, message):
    loaded = load(source)
    [found] = loaded.problems
    assert found.code == code
    assert message in found.message
    assert (loaded.pipeline, loaded.graph, loaded.ok) == (None, None, False)


def test_a_key_that_stands_twice_is_noticed(load):
    loaded = load('{"application": "a", "name": "n", "name": "m", "stages": [{"type": "wait"}]}')
    assert [found.code for found in loaded.problems] == ["duplicate-key"]
    assert loaded.pipeline.name == "m"


def test_errors_are_raised_together(load):
    loaded = load({"stages": [{"refId": "1"}, {"refId": "1", "type": "wait"}]}, check=False)
    with pytest.raises(SpecError, match="and 1 more") as error:
        loaded.raise_for_errors()
    assert isinstance(error.value, InvalidPipeline)
    assert [found.code for found in error.value.problems] == ["missing-stage-type", "duplicate-ref-id"]
    load({"stages": [WAIT]}, check=False).raise_for_errors()


def test_a_problem_is_plain_json(load):
    [found] = load({"stages": [{"refId": "1", "name": "x"}]}, check=False).problems
    assert json.loads(json.dumps(found.to_dict())) == {
        "path": "$.stages[0]",
        "code": "missing-stage-type",
        "severity": "error",
        "message": "`type` is absent",
        "hint": "Add it.",
        "stage": "x",
    }
    assert str(found) == "$.stages[0] 'x': `type` is absent (Add it.)"


def test_a_stage_that_is_no_object_leaves_no_graph(load):
    loaded = load({"stages": [WAIT, "wait"]})
    assert [found.path for found in loaded.problems if found.severity == "error"] == ["$.stages[1]"]
    assert loaded.graph is None
    assert len(loaded.pipeline.stages) == 1


def test_stages_that_are_no_list(load):
    loaded = load({"name": "n", "stages": {"1": WAIT}})
    assert "$.stages" in {found.path for found in loaded.errors}


@pytest.mark.parametrize("depth", [200, 900, 5000])
def test_no_depth_makes_loading_raise(load, depth):
    deep = 1
    for _ in range(depth):
        deep = [deep]
    loaded = load({"application": "a", "name": "n", "stages": [{**WAIT, "comments": deep, "waitTime": deep}]})
    assert {found.code for found in loaded.problems} <= {"invalid-json", "invalid-field"}
    assert not loaded.ok


def test_unchecked_loading_runs_no_check(load, monkeypatch):
    monkeypatch.setattr(checks, "examine", lambda subject: pytest.fail("a check ran"))
    assert load({"stages": [WAIT]}, check=False).problems == ()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "stages",
        "triggers",
        "parameterConfig",
        "expectedArtifacts",
        "notifications",
        "application",
        "name",
        "schema",
        "template",
        "type",
        "pipeline",
        "pipelines",
        "variables",
        "config",
        "templateVariables",
        "locked",
        "roles",
        "spelEvaluator",
    ]
)
STAGE_KEYS = st.sampled_from(
    [
        "refId",
        "requisiteStageRefIds",
        "type",
        "name",
        "failPipeline",
        "stageEnabled",
        "restrictedExecutionWindow",
        "notifications",
        "alias",
        "expectedArtifacts",
        "inject",
        "context",
        "tasks",
        "retries",
        "finally",
        "preconditions",
        "manifestArtifactId",
        "stageTimeoutMs",
    ]
)
STAGES = st.lists(st.dictionaries(STAGE_KEYS, JSON, max_size=6) | JSON, max_size=4)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(KEYS, JSON | STAGES, max_size=6) | JSON)
def test_no_json_makes_loading_raise_or_change_what_it_was_given(load, value):
    before = json.dumps(value)
    for check in (False, True):
        loaded = load(value, check=check)
        assert json.dumps(value) == before
        assert loaded.ok == (not loaded.errors)
        if isinstance(value, dict):
            assert loaded.raw == value


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STAGES)
def test_no_stages_make_loading_raise(load, stages):
    loaded = load({"application": "a", "name": "n", "stages": stages})
    if loaded.graph is not None:
        assert {node.index for node in loaded.graph.nodes} == set(range(len(stages)))


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_text_makes_loading_raise(load, source):
    load(source)
