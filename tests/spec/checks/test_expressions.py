from __future__ import annotations

import pytest


def chain(*stages):
    """Return stages that run one after the other."""
    return [
        {
            "type": "wait",
            "refId": str(number),
            "requisiteStageRefIds": [str(number - 1)] if number > 1 else [],
            **stage,
        }
        for number, stage in enumerate(stages, 1)
    ]


@pytest.fixture
def codes(problems):
    def found(*stages, **keys):
        keys = {"spelEvaluator": "v4", **keys}
        return {code: (p.path, p.severity.value) for code, p in problems(*chain(*stages), **keys).items()}

    return found


def test_an_expression_that_does_not_parse(problems):
    found = problems({"type": "wait", "group": ["a", "x ${ 1 + }"]})["expression-syntax"]
    assert (found.path, found.severity, found.stage) == ("$.stages[0].group[1]", "error", "wait")
    assert "at character " in found.message


def test_text_of_other_languages_only_warns_unless_the_stage_insists(codes):
    script = {"manifests": [{"data": {"run.sh": 'echo "${VAR:-default}"'}}]}
    path = "$.stages[0].manifests[0].data['run.sh']"
    assert codes(script)["expression-syntax"] == (path, "warning")
    assert codes({**script, "failOnFailedExpressions": True})["expression-syntax"] == (path, "error")
    assert "expression-syntax" not in codes({**script, "skipExpressionEvaluation": True})


def test_a_condition_is_an_expression_with_or_without_braces(codes):
    path = "$.stages[0].stageEnabled.expression"
    for text in ("1 +", "${ 1 + }"):
        condition = {"stageEnabled": {"type": "expression", "expression": text}}
        assert codes(condition)["expression-syntax"] == (path, "error")
    assert codes({"stageEnabled": {"type": "expression", "expression": "parameters.x == 'y'"}}) == {
        "unknown-parameter": (path, "warning")
    }
    for nothing in ({}, {"type": "expression"}, {"type": "expression", "expression": ""}):
        assert codes({"stageEnabled": nothing}) == {}


def test_a_precondition_is_an_expression_too(codes):
    condition = {"type": "expression", "context": {"expression": "#stage('Nowhere').status == 'x'"}}
    assert codes({"preconditions": [condition]}) == {
        "unknown-stage-reference": ("$.stages[0].preconditions[0].context.expression", "error")
    }


def test_a_precondition_names_a_stage(codes):
    condition = {"type": "stageStatus", "context": {"stageName": "Nowhere", "stageStatus": "SUCCEEDED"}}
    path = "$.stages[1].preconditions[0].context.stageName"
    assert codes({}, {"preconditions": [condition]}) == {"unknown-stage-reference": (path, "error")}
    assert codes({"name": "Nowhere"}, {"preconditions": [condition]}) == {}


def test_parameters_that_are_not_declared_are_warnings(codes):
    stage = {"comments": "${ parameters.tag } ${ parameters['other'] }"}
    assert codes(stage, parameterConfig=[{"name": "tag"}]) == {
        "unknown-parameter": ("$.stages[0].comments", "warning")
    }
    assert codes(stage, parameterConfig=[{"name": "tag"}, {"name": "other"}]) == {}


def test_stages_by_name(codes):
    use = {"comments": "${ #stage('Build').status }"}
    assert codes({"name": "Build"}, use) == {}
    assert codes({}, use) == {"unknown-stage-reference": ("$.stages[1].comments", "error")}
    assert codes(use, {"name": "Build"}) == {"stage-not-upstream": ("$.stages[0].comments", "warning")}
    assert codes({"name": "Build"}, {"name": "Build"}, use) == {
        "ambiguous-stage-name": ("$.stages[2].comments", "info")
    }


def test_a_stage_may_look_at_itself(codes):
    assert codes({"name": "Build", "comments": "${ #stage('Build').startTime }"}) == {}


def test_asking_whether_a_stage_exists_is_no_mistake(codes):
    assert codes({"comments": "${ #stageExists('Build') ? #stage('Build').status : '' }"}) == {}


def test_the_children_that_orca_makes_may_exist(codes):
    found = codes({"comments": "${ #stage('Bake in us-east-1').status }"})
    assert found == {"unknown-stage-reference": ("$.stages[0].comments", "warning")}


def test_stages_by_ref_id(codes):
    use = {"comments": "${ #stageByRefId('1').status }"}
    assert codes({}, use) == {}
    missing = {"comments": "${ #stageByRefId('9').status }"}
    assert codes(missing) == {"unknown-stage-reference": ("$.stages[0].comments", "error")}


def test_judgments(codes):
    use = {"comments": "${ #judgment('Sure?') }"}
    judge = {"type": "manualJudgment", "name": "Sure?"}
    path = "$.stages[1].comments"
    assert codes(judge, use) == {}
    assert codes({"name": "Sure?"}, use) == {"not-a-judgment": (path, "error")}
    assert codes({}, use) == {"unknown-judgment": (path, "error")}
    assert codes(use, judge) == {"stage-not-upstream": ("$.stages[0].comments", "warning")}


def test_keys_are_evaluated_too(codes):
    assert set(codes({"payload": {"${ parameters.k }": 1}})) == {"unknown-parameter"}


@pytest.mark.parametrize(("version", "told"), [(None, True), ("v3", True), ("v4", False)])
def test_older_evaluation_is_mentioned_where_it_matters(codes, version, told):
    expression = {"comments": "${ execution.id }"}
    assert ("legacy-expressions" in codes(expression, spelEvaluator=version)) is told
    assert codes({"comments": "plain"}, spelEvaluator=version) == {}


def test_a_template_may_name_stages_that_join_later(load):
    stage = {"type": "wait", "comments": "${ #stage('Later').status } ${ #judgment('Later') }"}
    loaded = load({"schema": "v2", "pipeline": {"spelEvaluator": "v4", "stages": [stage]}})
    assert {found.code: found.severity.value for found in loaded.problems} == {
        "unknown-stage-reference": "warning",
        "unknown-judgment": "warning",
    }


def test_a_name_that_is_computed_may_be_any(codes):
    named = {"name": "Deploy ${ parameters.where }"}
    found = codes(
        named, {"comments": "${ #stage('Deploy here').status }"}, parameterConfig=[{"name": "where"}]
    )
    assert found == {"unknown-stage-reference": ("$.stages[1].comments", "warning")}


def test_notifications_are_checked(codes):
    notification = {"type": "email", "address": "${ parameters.who }"}
    found = codes({}, notifications=[notification])
    assert found == {"unknown-parameter": ("$.notifications[0].address", "warning")}
