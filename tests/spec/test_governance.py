from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gennaker.spec.dump import dump, dumps
from gennaker.spec.governance import GOVERNANCE_KEYS, content_hash, restore_governance, strip_governance

PIPELINE = {
    "zeta": {"unknown": [1, {"deep": None}]},
    "name": "n",
    "application": "a",
    "stages": [{"waitTime": "3", "type": "wait", "refId": 1, "strange": True}],
    "disabled": True,
    "locked": {"ui": True},
    "updateTs": "1",
    "alpha": 0,
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PIPELINES = st.dictionaries(
    st.sampled_from([*GOVERNANCE_KEYS, "stages", "triggers", "x", "y"]), JSON, max_size=8
)


def test_what_was_loaded_is_written_back_in_its_order(load):
    assert json.dumps(dump(load(PIPELINE))) == json.dumps(PIPELINE)
    text = dumps(load(json.dumps(PIPELINE)))
    assert text == json.dumps(PIPELINE, indent=2)
    assert "部署" in dumps(load({"name": "部署", "stages": []}))


def test_a_dump_is_a_copy(load):
    loaded = load(PIPELINE)
    dump(loaded)["stages"][0]["type"] = "changed"
    assert loaded.raw["stages"][0]["type"] == "wait"


def test_governance_is_taken_out_and_put_back():
    content, governance = strip_governance(PIPELINE)
    assert list(content) == ["zeta", "stages", "alpha"]
    assert list(governance) == ["application", "name", "disabled", "locked", "updateTs"]
    assert restore_governance(content, governance) == PIPELINE


def test_what_is_put_back_wins_and_nothing_else_comes_in():
    assert restore_governance({"name": "old", "x": 1}, {"name": "new", "colour": "red"}) == {
        "name": "new",
        "x": 1,
    }


def test_the_hash_is_of_what_a_pipeline_does():
    shuffled = dict(reversed(PIPELINE.items()))
    assert content_hash(PIPELINE) == content_hash(shuffled) == content_hash({**PIPELINE, "name": "other"})
    assert content_hash(PIPELINE) != content_hash({**PIPELINE, "alpha": 1})
    assert content_hash({"stages": ["\ud800"]})


@given(PIPELINES)
def test_stripping_and_restoring_loses_nothing(pipeline):
    content, governance = strip_governance(pipeline)
    assert not content.keys() & set(GOVERNANCE_KEYS)
    assert restore_governance(content, governance) == pipeline
    assert content_hash(content) == content_hash(pipeline)


@given(PIPELINES)
def test_round_trip(load, pipeline):
    text = json.dumps(pipeline)
    assert json.dumps(dump(load(text, check=False))) == text
