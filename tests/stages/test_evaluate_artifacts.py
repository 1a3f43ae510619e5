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


def test_every_field_of_an_expected_artifact_counts() -> None:
    expected = {"id": "e1", "matchArtifact": {"type": "docker/image", "name": "config"}}
    run = Run(pipeline({**STAGE, "expectedArtifacts": [expected]})).go()

    assert run.states == {"stage-0": "failed"}
    assert run.errors["make"] == "expected artifact 'e1' was not produced"


def test_a_field_may_be_a_regular_expression() -> None:
    expected = {"id": "e1", "matchArtifact": {"type": "(embedded|remote)/base64", "name": "con.*"}}
    run = Run(pipeline({**STAGE, "expectedArtifacts": [expected]})).go()

    (bound,) = run.stage("make")["outputs"]["resolvedExpectedArtifacts"]
    assert bound["boundArtifact"]["name"] == "config"


def test_the_default_stands_in_for_an_artifact_that_is_not_made() -> None:
    default = {"type": "embedded/base64", "name": "chart", "reference": "eA=="}
    expected = {
        "id": "e1",
        "matchArtifact": {"name": "chart"},
        "useDefaultArtifact": True,
        "defaultArtifact": default,
    }
    outputs = Run(pipeline({**STAGE, "expectedArtifacts": [expected]})).go().stage("make")["outputs"]

    assert outputs["resolvedExpectedArtifacts"] == [{**expected, "boundArtifact": default}]
    assert outputs["artifacts"] == [default]


def test_without_expected_artifacts_all_are_outputs() -> None:
    two = [{"name": "a", "contents": "1"}, {"name": "b", "contents": "2"}]
    outputs = Run(pipeline({**STAGE, "artifactContents": two})).go().stage("make")["outputs"]

    assert [artifact["name"] for artifact in outputs["artifacts"]] == ["a", "b"]
    assert "resolvedExpectedArtifacts" not in outputs
