"""Stages, judgments, artifacts and server groups of an execution."""

from __future__ import annotations

from typing import Any

import pytest

from gennaker.expr import evaluate_expression
from tests.expr.tables import FAILS, Fails, check

LABELS = {"app": "web", "moniker.spinnaker.io/sequence": "0"}
MANIFEST = {"kind": "ReplicaSet", "spec": {"template": {"metadata": {"labels": LABELS}}}}
EXECUTION: dict[str, Any] = {
    "id": "ex1",
    "application": "app",
    "status": "RUNNING",
    "authentication": {"user": "joey@host.net"},
    "trigger": {
        "type": "manual",
        "user": "trigger-user",
        "parameters": {"p1": "v1"},
        "resolvedExpectedArtifacts": [
            {"boundArtifact": None},
            {"boundArtifact": {"type": "docker/image", "name": "web", "reference": "web:1"}},
        ],
    },
    "stages": [
        {
            "id": "a1",
            "refId": "1",
            "name": "Wait",
            "type": "wait",
            "status": "SUCCEEDED",
            "outputs": {"k": "from1"},
        },
        {
            "id": "a2",
            "refId": 2,
            "name": "Ask",
            "type": "bake",
            "status": "TERMINAL",
            "context": {"judgmentInput": "wrong"},
            "requisiteStageRefIds": ["1"],
        },
        {
            "id": "a3",
            "refId": "3",
            "name": "Ask",
            "type": "manualJudgment",
            "status": "FAILED_CONTINUE",
            "context": {"judgmentInput": "yes", "x": 1},
            "outputs": {"artifacts": [{"name": "one"}]},
            "requisiteStageRefIds": [2],
            "startTime": 5,
        },
        {
            "id": "a4",
            "refId": "4",
            "name": "Deploy",
            "type": "deployManifest",
            "status": "SUCCEEDED",
            "context": {"outputs.manifests": [MANIFEST]},
            "outputs": {"artifacts": [{"name": "two"}]},
        },
        {"id": "a5", "refId": "5", "name": "Later", "type": "wait"},
    ],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("#stage('Wait').status", "SUCCEEDED"),
        ("#stage('a1')['status'].toString() == 'SUCCEEDED'", True),
        ("#stage('Wait').status == 'SUCCEEDED'", True),
        ("#stage('Wait').getStatus().name()", "SUCCEEDED"),
        ("#stage('Wait').status.isComplete()", True),
        ("#stage('Wait').status.complete", True),
        ("#stage('Wait').status.isSuccessful()", True),
        ("#stage('Wait').status.isFailure()", False),
        ("#stageByRefId('2').status.isHalt()", True),
        ("#stageByRefId('2').status.isSkipped()", False),
        ("#stage('Later').status", "NOT_STARTED"),
        ("#stage('Wait').hasSucceeded", True),
        ("#stage('Wait').hasFailed", False),
        ("#stage('Ask').hasFailed", True),
        ("#stage('Ask').type", "bake"),
        ("#stage('Wait').name + #stage('Wait').refId", "Wait1"),
        ("#stage('Wait').outputs.k", "from1"),
        ("#stage('Later').outputs", {}),
        ("#stage('Later').outputs?.foo", None),
        ("#stage('Later').context", {}),
        ("#stageByRefId('3').context.x", 1),
        ("#stageByRefId('3').context.get('x')", 1),
        ("#stageByRefId('3').context['x']", 1),
        ("#stageByRefId('3').context.k", "from1"),
        ("#stageByRefId('3').context.containsKey('k')", False),
        ("#stageByRefId('3').context.nowhere", None),
        ("#stageByRefId(3).startTime", 5),
        ("#stageByRefId('3').execution.id", "ex1"),
        ("#stageByRefId('3').getExecution().id", "ex1"),
        ("#stage('Wait').tasks", None),
        ("#stage('Wait').nothing", Fails("no property")),
        ("#stage('Wait')['nothing']", Fails("no property")),
        ("#stage('Wait').statsu", Fails("did you mean status?")),
        ("#stage('Wait').getMetaClass()", FAILS),
        ("#stage('Wait').status.metaClass", FAILS),
        ("#stage('Nope')", Fails("Unable to locate [Nope] using #stage(Nope) in execution ex1")),
        ("#stage(null)", FAILS),
        ("#stageByRefId('9')", Fails("Unable to locate [9]")),
        ("#stageExists('Wait')", True),
        ("#stageExists('a2')", True),
        ("#stageExists('Nope')", False),
        ("#stageExists(null)", False),
        ("#judgment('Ask')", "yes"),
        ("#judgement('Ask')", "yes"),
        ("#judgment('Wait')", Fails("Unable to locate manual Judgment stage [Wait]")),
        ("#judgment(null)", FAILS),
        ("#currentStage().name", "Ask"),
        ("#currentUser()", "joey@host.net"),
        ("#triggerResolvedArtifact('web').reference", "web:1"),
        ("#triggerResolvedArtifact('nope')", Fails("Unable to locate resolved artifact nope")),
        ("#triggerResolvedArtifactByType('docker/image').name", "web"),
        ("#resolvedArtifacts().![name]", ["one", "two"]),
        ("#manifestLabelValue('Deploy', 'ReplicaSet', 'app')", "web"),
        ("#manifestLabelValue('Deploy', 'ReplicaSet', 'moniker.spinnaker.io/sequence')", "0"),
        ("#manifestLabelValue('Deploy', 'ReplicaSet', 'nope')", Fails("No label")),
        ("#manifestLabelValue('Deploy', 'Deployment', 'app')", Fails("No manifest of kind Deployment")),
        ("#manifestLabelValue('Deploy', 'Service', 'app')", Fails("Only Deployments")),
        ("#manifestLabelValue('Deploy', 'ReplicaSet', null)", Fails("labelKey")),
        ("#manifestLabelValue('Nope', 'ReplicaSet', 'app')", Fails("valid Deploy Manifest stage name")),
        ("execution.stages.?[name == 'Ask'][0]['status'].toString() == 'TERMINAL'", True),
        ("execution.stages.![name]", ["Wait", "Ask", "Ask", "Deploy", "Later"]),
        ("execution.stages.size()", 5),
        ("execution['authentication']['user'].split('@')[0]", "joey"),
        ("execution.status", "RUNNING"),
        ("execution.getStatus().isComplete()", False),
        ("execution.id", "ex1"),
        ("execution.endTime", None),
        ("execution.nothing", Fails("no property")),
        ("#root.execution.id", "ex1"),
        ("#root['execution']['stages'][0].hasSucceeded", True),
        ("get('execution').stages[0].name", "Wait"),
    ],
)
def test_stages(expression: str, expected: Any) -> None:
    check(expression, expected, execution=EXECUTION, stage="3")


def test_a_stage_as_a_result_is_the_stage_itself() -> None:
    assert evaluate_expression("#stage('Wait')", {}, execution=EXECUTION) is EXECUTION["stages"][0]
    assert evaluate_expression("execution.stages.?[name == 'Wait']", {}, execution=EXECUTION) == [
        EXECUTION["stages"][0]
    ]


def test_helpers_also_find_an_execution_in_the_context() -> None:
    assert evaluate_expression("#stage('Wait').status", {"execution": EXECUTION}) == "SUCCEEDED"


def test_without_an_execution_helpers_say_so() -> None:
    check("#stage('Wait')", Fails("There is no execution here"))
    check("#currentStage()", Fails("No stage found"), execution=EXECUTION)
    check("#currentStage()", Fails("No stage found with id '99'"), execution=EXECUTION, stage="99")


def test_the_user_falls_back_to_the_trigger_and_to_anonymous() -> None:
    check("#currentUser()", "t", execution={"trigger": {"user": "t"}})
    check("#currentUser()", "anonymous", execution={})


def deploying(**stage: Any) -> dict[str, Any]:
    context = {"account": "test", "region": "eu", "deploy.server.groups": {"eu": ["app-v001", "app-v002"]}}
    return {
        "type": "createServerGroup",
        "status": "SUCCEEDED",
        "context": context | stage.pop("context", {}),
        **stage,
    }


def test_deployed_server_groups() -> None:
    tasks = [{"resultObjects": [{"deployments": [{"serverGroupName": "app-v001"}]}, {}]}, {}]
    execution = {
        "stages": [
            {
                "refId": "1",
                "type": "bake",
                "outputs": {"deploymentDetails": [{"region": "eu", "ami": "ami-1"}]},
            },
            {"id": "p", "refId": "2", "type": "deploy", "requisiteStageRefIds": ["1"], "status": "SUCCEEDED"},
            deploying(name="Deploy in eu", parentStageId="p", context={"kato.tasks": tasks}),
            deploying(name="Zones", context={"region": None, "availabilityZones": {"us": ["us-a"]}}),
            deploying(name="Failed", status="TERMINAL"),
            deploying(name="Other", type="disableServerGroup"),
        ]
    }
    groups = evaluate_expression("#deployedServerGroups()", {}, execution=execution)
    assert [group["region"] for group in groups] == ["eu", "us"]
    assert groups[0]["serverGroup"] == "app-v001"
    assert groups[0]["ami"] == "ami-1"
    assert groups[0]["deployments"] == [{"serverGroupName": "app-v001"}]
    assert evaluate_expression("deployedServerGroups[0].account", {}, execution=execution) == "test"
    named = evaluate_expression("#deployedServerGroups('Zones')", {}, execution=execution)
    assert [group["region"] for group in named] == ["us"]
    assert evaluate_expression("#deployedServerGroups({'Zones', 'p'}).size()", {}, execution=execution) == 1


def test_the_bare_name_is_missing_until_something_is_deployed() -> None:
    check("deployedServerGroups", None, execution={"stages": []})
    check("#deployedServerGroups()", [], execution={"stages": []})
