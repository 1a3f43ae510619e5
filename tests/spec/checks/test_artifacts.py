from __future__ import annotations

import pytest

IMAGE = {"id": "image", "matchArtifact": {"type": "docker/image"}}


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"manifestArtifactId": "x"}, "manifestArtifactId"),
        ({"requiredArtifactIds": ["image", "x"]}, "requiredArtifactIds[1]"),
        ({"inputArtifacts": [{"id": "x"}]}, "inputArtifacts[0].id"),
        ({"requiredArtifacts": [{"expectedArtifactId": "x"}]}, "requiredArtifacts[0].expectedArtifactId"),
    ],
)
def test_an_id_that_nothing_declares(problems, keys, path):
    found = problems({"type": "wait", **keys}, expectedArtifacts=[IMAGE])
    assert found["unknown-artifact"].path == f"$.stages[0].{path}"


def test_ids_of_the_pipeline_and_of_earlier_stages_are_known(problems):
    bake = {"type": "wait", "refId": "1", "expectedArtifacts": [{"id": "chart"}]}
    find = {"type": "wait", "refId": "2", "expectedArtifact": {"id": "found"}}
    deploy = {
        "type": "wait",
        "refId": "3",
        "requisiteStageRefIds": ["1", "2"],
        "manifestArtifactId": "chart",
        "requiredArtifactIds": ["image", "found", "${ x }", ""],
        "inputArtifacts": [{"id": "stale", "artifact": {"type": "helm/chart"}}],
    }
    assert not problems(bake, find, deploy, expectedArtifacts=[IMAGE], spelEvaluator="v4")
    beside = {**deploy, "requisiteStageRefIds": ["1"]}
    assert problems(bake, find, beside, expectedArtifacts=[IMAGE])["unknown-artifact"]


def test_a_trigger_knows_only_the_pipelines_artifacts(problems):
    trigger = {"type": "webhook", "source": "s", "expectedArtifactIds": ["image", "x"]}
    found = problems({"type": "wait"}, triggers=[trigger], expectedArtifacts=[IMAGE])
    assert found["unknown-artifact"].path == "$.triggers[0].expectedArtifactIds[1]"


def test_two_artifacts_with_one_id(problems):
    found = problems({"type": "wait"}, expectedArtifacts=[IMAGE, IMAGE])
    assert found["duplicate-artifact-id"].path == "$.expectedArtifacts[1].id"
    stage = {"type": "wait", "expectedArtifacts": [IMAGE, {"id": "other"}, IMAGE]}
    assert problems(stage)["duplicate-artifact-id"].path == "$.stages[0].expectedArtifacts[2].id"
