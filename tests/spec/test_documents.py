from __future__ import annotations

import copy

import pytest

WAIT = {"type": "wait", "refId": "1", "requisiteStageRefIds": [], "name": "Wait", "waitTime": 3}
TEMPLATE = {
    "schema": "v2",
    "id": "slow",
    "metadata": {"name": "Slow", "description": "", "owner": "o@example.com", "scopes": ["global"]},
    "variables": [
        {"name": "delay", "type": "int", "defaultValue": 42},
        {"name": "region", "type": "string"},
        {"name": "labels", "type": "object", "nullable": True},
    ],
    "pipeline": {
        "limitConcurrent": True,
        "stages": [
            {**WAIT, "waitTime": "${ templateVariables.delay }"},
            {**WAIT, "refId": "2", "requisiteStageRefIds": ["1"]},
        ],
        "triggers": [{"type": "webhook", "source": "s", "enabled": True}],
        "parameterConfig": [{"name": "p", "default": "1"}, {"name": "q"}],
        "notifications": [{"type": "email", "address": "a"}],
    },
}


def codes(loaded):
    return [found.code for found in loaded.problems]


def test_a_template_is_loaded_with_the_defaults_of_its_variables(load):
    loaded = load(TEMPLATE)
    assert loaded.raw == TEMPLATE
    assert loaded.pipeline.name == "Slow"
    assert loaded.pipeline.template_variables == {"delay": 42}
    assert loaded.pipeline.stages[0].wait_time == "${ templateVariables.delay }"
    assert codes(loaded) == ["legacy-expressions"]
    assert loaded.problems[0].path == "$.pipeline.spelEvaluator"


def test_paths_lead_into_the_template(load):
    template = copy.deepcopy(TEMPLATE)
    template["pipeline"]["stages"][1]["requisiteStageRefIds"] = ["9"]
    [found] = load(template).errors
    assert found.path == "$.pipeline.stages[1].requisiteStageRefIds"


@pytest.mark.parametrize(
    "document",
    [
        {"application": "a", "name": "n", "template": {"source": "http://x"}, "variables": {}},
        {
            "schema": "v2",
            "type": "templatedPipeline",
            "template": {"reference": "spinnaker://slow"},
            "stages": [],
        },
        {"type": "templatedPipeline", "config": {"pipeline": {"template": {"source": "http://x"}}}},
        {
            "template": {"reference": "spinnaker://slow"},
            "stages": [{"type": "wait", "inject": {"first": True}}],
        },
    ],
)
def test_an_unknown_template_is_a_warning_and_a_stage_that_fails(load, document):
    loaded = load(document, check=False)
    [found] = loaded.problems
    assert (found.code, found.severity) == ("template-not-found", "warning")
    assert [(node.type, node.ref_id) for node in loaded.graph.nodes] == [("templatedPipeline", "template")]
    assert loaded.raw == document


def test_a_plan_is_a_pipeline_whatever_made_it(load):
    plan = {"application": "a", "name": "n", "source": {"type": "templatedPipeline"}, "stages": [WAIT]}
    assert load({**plan, "template": {"reference": "spinnaker://slow"}}).pipeline.stages[0].type == "wait"
    assert load({**plan, "type": "templatedPipeline"}).graph["1"].type == "wait"


@pytest.mark.parametrize(
    "document",
    [
        {"schema": "1", "id": "t", "stages": [{"id": "w", "type": "wait", "config": {"waitTime": 5}}]},
        {"schema": "1", "pipeline": {"application": "a", "name": "n", "template": {"source": "http://x"}}},
    ],
)
def test_the_first_version_of_templates_fails_clearly(load, document):
    loaded = load(document, check=False)
    assert codes(loaded) == ["template-unsupported"]
    assert loaded.graph["template"].type == "templatedPipeline"
    assert loaded.raw == document


def configuration(**keys):
    return {
        "schema": "v2",
        "type": "templatedPipeline",
        "application": "shop",
        "name": "Slow shop",
        "template": {"type": "front50/pipelineTemplate", "reference": "spinnaker://slow:v1"},
        "variables": {"region": "eu"},
        **keys,
    }


def expand(load, document):
    return load(document, templates={"slow": TEMPLATE})


def test_a_configuration_is_expanded(load):
    document = configuration()
    loaded = expand(load, document)
    assert loaded.ok
    assert loaded.raw == document
    pipeline = loaded.pipeline
    assert (pipeline.application, pipeline.name, pipeline.limit_concurrent) == ("shop", "Slow shop", True)
    assert pipeline.template_variables == {"region": "eu", "delay": 42}
    assert [node.ref_id for node in loaded.graph.nodes] == ["1", "2"]
    assert [trigger.source for trigger in pipeline.triggers] == ["s"]
    assert all(parameter.inherited for parameter in pipeline.parameter_config)
    assert not pipeline.triggers[0].model_extra.get("template")


def test_expansion_leaves_the_template_as_it_is(load):
    before = copy.deepcopy(TEMPLATE)
    expand(load, configuration(stages=[{**WAIT, "refId": "3", "inject": {"first": True}}]))
    assert before == TEMPLATE


def test_own_parameters_replace_those_of_the_same_name(load):
    loaded = expand(load, configuration(parameters=[{"name": "p", "default": "9"}, {"name": "r"}]))
    found = {parameter.name: parameter.default for parameter in loaded.pipeline.parameter_config}
    assert found == {"q": None, "p": "9", "r": None}


def test_what_is_excluded_is_not_inherited(load):
    loaded = expand(
        load, configuration(exclude=["triggers", "parameters", "notifications"], triggers=[{"type": "cron"}])
    )
    pipeline = loaded.pipeline
    assert [trigger.type for trigger in pipeline.triggers] == ["cron"]
    assert pipeline.parameter_config == pipeline.notifications == ()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "'region' has no value"),
        ({"region": None}, "'region' has no value"),
        ({"region": 1}, "'region' is of type string, found 1"),
        ({"region": "eu", "delay": "long"}, "'delay' is of type int"),
        ({"region": "eu", "delay": 1.5}, "'delay' is of type int"),
        ({"region": "eu", "delay": True}, "'delay' is of type int"),
    ],
)
def test_variables_are_checked_as_the_template_declares_them(load, variables, message):
    [found] = expand(load, configuration(variables=variables)).errors
    assert found.code == "template-variable"
    assert message in found.message


def test_a_whole_float_is_an_int(load):
    assert expand(load, configuration(variables={"region": "eu", "delay": 3.0})).ok


def test_templates_are_found_by_each_of_their_names(load):
    for key in ("spinnaker://slow:v1", "slow:v1", "slow"):
        assert load(configuration(), templates={key: TEMPLATE}).graph["1"].type == "wait"


def test_a_known_template_of_the_first_version_fails_clearly(load):
    loaded = load(configuration(), templates={"slow": {"schema": "1", "stages": []}}, check=False)
    assert codes(loaded) == ["template-unsupported"]


def test_a_dinghyfile_gives_its_application(load):
    document = {"application": "shop", "globals": {}, "pipelines": [{"name": "n", "stages": [WAIT]}]}
    loaded = load(document)
    assert loaded.problems == ()
    assert loaded.pipeline.application == "shop"
    assert loaded.base == "$.pipelines[0]"


def test_the_record_of_a_run_gives_the_configuration_of_its_stages(load):
    record = {
        "id": "01H",
        "pipelineConfigId": "uuid",
        "application": "a",
        "name": "n",
        "status": "SUCCEEDED",
        "trigger": {"type": "manual"},
        "stages": [
            {"id": "01", "refId": "1", "type": "wait", "name": "W", "requisiteStageRefIds": [], "tasks": [{}],
             "status": "SUCCEEDED", "context": {"waitTime": 7, "failPipeline": False}, "outputs": {}},
            {"id": "02", "refId": "1<1", "type": "wait", "name": "child", "parentStageId": "01", "tasks": [],
             "context": {}},
        ],
    }  # fmt: skip
    loaded = load(record)
    assert codes(loaded) == ["execution-json"]
    [stage] = loaded.pipeline.stages
    assert (stage.wait_time, stage.policy, stage.name) == (7, "halt-branch", "W")
    assert loaded.pipeline.id == "uuid"
