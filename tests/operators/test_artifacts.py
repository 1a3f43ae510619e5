import pytest

from gennaker.errors import StageFailed
from gennaker.operators._artifacts import bind_produced

TEXT = {"type": "embedded/base64", "name": "a+b", "reference": "eA=="}


def bound(*produced: object, **pattern: str) -> object:
    outputs = bind_produced([{"id": "e1", "matchArtifact": pattern}], produced)
    return outputs["resolvedExpectedArtifacts"][0]["boundArtifact"]


def test_a_name_fits_as_text_and_as_a_regular_expression() -> None:
    assert bound(TEXT, name="a+b") == TEXT
    assert bound(TEXT, name="a.b") == TEXT


def test_a_regular_expression_must_fit_as_a_whole() -> None:
    with pytest.raises(StageFailed, match="'e1' was not produced"):
        bound(TEXT, name="a")


def test_what_is_no_regular_expression_is_compared_as_text() -> None:
    odd = {"name": "a(b"}
    assert bound(odd, name="a(b") == odd
    with pytest.raises(StageFailed):
        bound(TEXT, name="a(b")


def test_an_embedded_artifact_is_what_a_pattern_calls_remote() -> None:
    assert bound(TEXT, type="remote/base64") == TEXT


def test_the_first_that_fits_is_taken_and_listed_once() -> None:
    other = {**TEXT, "reference": "eQ=="}
    outputs = bind_produced([{"id": "e1"}, {"id": "e2"}], [TEXT, other, "no artifact"])

    assert outputs["artifacts"] == [TEXT]
    assert [entry["id"] for entry in outputs["resolvedExpectedArtifacts"]] == ["e1", "e2"]


def test_nothing_expected_gives_no_outputs() -> None:
    assert bind_produced(None, [TEXT]) == {}
