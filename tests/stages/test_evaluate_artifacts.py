import base64

from tests.stages.harness import Run, pipeline

STAGE = {
    "type": "evaluateArtifacts",
    "name": "make",
    "artifactContents": [{"name": "config", "contents": "host: ${parameters.host}"}],
}


def test_text_becomes_a_base64_artifact() -> None:
    run = Run(pipeline(STAGE), conf={"host": "db.internal"}).go()

    (artifact,) = run.stage("make")["outputs"]["artifacts"]
    assert artifact["type"] == "embedded/base64"
    assert artifact["name"] == "config"
    assert base64.b64decode(artifact["reference"]) == b"host: db.internal"


def test_expected_artifacts_are_bound() -> None:
    expected = {"id": "e1", "displayName": "the config", "matchArtifact": {"name": "config"}}
    run = Run(pipeline({**STAGE, "expectedArtifacts": [expected]})).go()

    (bound,) = run.stage("make")["outputs"]["resolvedExpectedArtifacts"]
    assert bound["boundArtifact"]["name"] == "config"


def test_an_expected_artifact_that_is_not_made_fails_the_stage() -> None:
    expected = {"id": "e1", "displayName": "the chart", "matchArtifact": {"name": "chart"}}
    run = Run(pipeline({**STAGE, "expectedArtifacts": [expected]})).go()

    assert run.states == {"stage-0": "failed"}
    assert "'the chart'" in run.errors["make"]
