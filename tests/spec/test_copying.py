"""A copy of a pipeline: its own ids, hooks and secrets, and references that still lead somewhere."""

from __future__ import annotations

import copy
import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gennaker import catalog
from gennaker.spec import copy_notes
from gennaker.spec.artifact_ids import declared, used
from gennaker.spec.copying import copy_pipeline

CORPUS = sorted((Path(__file__).parents[2].parent / "shared" / "corpus" / "pipelines").glob("*.json"))
ROOM = Path(copy_notes.__file__).parent


def copied(raw, **keys):
    ids, hooks = itertools.count(1), itertools.count(1)
    return copy_pipeline(
        raw, new_id=lambda: f"new-{next(ids)}", new_secret=lambda: f"minted-{next(hooks)}", **keys
    )


def codes(result):
    return [(note.code, note.path) for note in result.notes]


def of_trigger(**keys):
    result = copied({"triggers": [{"type": "git", **keys}]})
    (trigger,) = result.spec["triggers"]
    return trigger, codes(result)


def test_the_original_is_left_alone():
    raw = {"id": "p", "triggers": [{"id": "t", "type": "webhook", "source": "s"}], "stages": [{"id": "x"}]}
    before = copy.deepcopy(raw)
    copied(raw)
    assert raw == before


def test_a_copy_without_ids_is_the_same():
    raw = {"name": "a", "stages": [{"refId": "1", "type": "wait"}], "triggers": "junk", "x": [1]}
    result = copied(raw)
    assert result.spec == raw
    assert (result.id, result.notes) == (None, ())
    assert [*result.spec] == [*raw]


def test_the_pipeline_has_another_id():
    result = copied({"id": "p", "name": "a"})
    assert result.id == result.spec["id"] == "new-1"
    assert copied({"id": "p"}, copy_id="given").spec["id"] == "given"
    assert codes(result) == [("new-id", "$.id")]


def test_triggers_and_notifications_have_ids_of_their_own():
    raw = {
        "triggers": [{"id": "t", "type": "cron"}, {"type": "git"}],
        "notifications": [{"id": "n"}],
        "stages": [{"id": None, "notifications": [{"id": "m"}]}, {"id": "s"}],
    }
    spec = copied(raw).spec
    assert spec["triggers"] == [{"id": "new-1", "type": "cron"}, {"type": "git"}]
    assert spec["notifications"] == [{"id": "new-2"}]
    assert spec["stages"] == [{"id": None, "notifications": [{"id": "new-3"}]}, {"id": "new-4"}]


def test_artifacts_have_new_ids_wherever_they_are_named():
    def written(image, chart, made):
        return {
            "expectedArtifacts": [
                {"id": image, "matchArtifact": {"id": f"{image}-m", "type": "docker/image"}},
                {"id": chart, "displayName": "chart"},
            ],
            "triggers": [{"type": "docker", "expectedArtifactIds": [image, "unknown"]}],
            "stages": [
                {
                    "type": "bakeManifest",
                    "inputArtifacts": [{"id": chart, "account": "a"}, {"artifact": {"id": "inline"}}],
                    "expectedArtifacts": [{"id": made}],
                },
                {
                    "type": "deployManifest",
                    "manifestArtifactId": made,
                    "requiredArtifactIds": [image, chart],
                    "requiredArtifacts": [{"expectedArtifactId": image}],
                    "clusters": [{"expectedArtifactId": image, "packageArtifactIds": [chart]}],
                    "manifest": {"metadata": {"id": "image", "name": "image"}},
                },
                {"type": "findArtifactFromExecution", "expectedArtifact": {"id": made}},
            ],
        }

    result = copied(written("image", "chart", "made"))
    found = json.dumps(result.spec)
    image, chart = (item["id"] for item in result.spec["expectedArtifacts"])
    made = result.spec["stages"][1]["manifestArtifactId"]
    inner = result.spec["expectedArtifacts"][0]["matchArtifact"]["id"]
    assert {image, chart, made, inner} == {"new-1", "new-2", "new-3", "new-4"}
    assert json.loads(found.replace(inner, f"{image}-m")) == written(image, chart, made)
    assert codes(result) == [("new-id", "$.expectedArtifacts")]


def test_a_computed_artifact_id_stays():
    raw = {"expectedArtifacts": [{"id": "${ x }"}], "stages": [{"manifestArtifactId": "${ x }"}]}
    assert copied(raw).spec == raw


def test_a_hook_has_an_address_of_its_own():
    result = copied({"triggers": [{"type": "webhook", "source": "s"}, {"type": "git", "source": "github"}]})
    assert [trigger["source"] for trigger in result.spec["triggers"]] == ["minted-1", "github"]
    assert codes(result) == [("new-hook", "$.triggers[0].source")]


def test_what_two_triggers_share_they_go_on_sharing():
    result = copied({"triggers": [{"type": "webhook", "source": "s"}] * 2})
    assert [trigger["source"] for trigger in result.spec["triggers"]] == ["minted-1", "minted-1"]


@pytest.mark.parametrize("key", ["secret", "token", "webhookSecret"])
def test_secrets_of_triggers_are_new(key):
    trigger, notes = of_trigger(**{key: "old"})
    assert trigger[key] == "minted-1"
    assert notes == [("new-secret", f"$.triggers[0].{key}")]


@pytest.mark.parametrize("value", ["", None, "conn:github", "var:hook", "${ x }", 5, {"a": "b"}])
def test_what_is_no_secret_in_clear_stays(value):
    assert of_trigger(secret=value) == ({"type": "git", "secret": value}, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret", "x"),
        ("$.auth.apiKey", "x"),
        ("X-Token", "x"),
        ("key", "1f0e3dad-9990-4b3c-8d31-5e7b9d2f3a11"),
        ("k", "0123456789abcdef0123456789abcdef"),
        ("k", "aB3dEfGhIjKlMnOpQrStUv"),
    ],
)
@pytest.mark.parametrize("key", ["payloadConstraints", "attributeConstraints"])
def test_constraints_that_work_as_secrets_are_new(key, name, value):
    trigger, notes = of_trigger(**{key: {name: value, "branch": "main"}})
    assert trigger[key] == {name: "minted-1", "branch": "main"}
    assert [code for code, _ in notes] == ["new-secret"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("author", "someone"),
        ("keyboard", "x"),
        ("tokenId", "x"),
        ("secretName", "x"),
        ("ref", "refs/heads/release-2024-candidate"),
        ("repository", "my-long-repository-name-v2-prod"),
        ("key", "deploy"),
        ("secret", 5),
    ],
)
def test_other_constraints_stay(name, value):
    given = {"payloadConstraints": {name: value}}
    assert of_trigger(**given) == ({"type": "git", **given}, [])


def test_minted_values_are_long_and_differ():
    raw = {"triggers": [{"type": "webhook", "source": "s", "secret": "t"}]}
    first, second = (copy_pipeline(raw, new_id=lambda: "x").spec["triggers"][0] for _ in range(2))
    values = {first["source"], first["secret"], second["source"], second["secret"]}
    assert len(values) == 4
    assert all(len(value) >= 32 for value in values)


def test_no_note_tells_what_was_minted():
    result = copied({"triggers": [{"type": "webhook", "source": "s", "secret": "t"}]})
    assert not any("minted" in note.message for note in result.notes)


def test_a_trigger_that_is_on_is_told():
    assert of_trigger(enabled=True)[1] == [("starts-by-itself", "$.triggers[0]")]
    assert of_trigger(enabled=False)[1] == []


def test_a_pipeline_that_calls_itself_calls_its_copy():
    raw = {
        "id": "p",
        "name": "Deploy",
        "application": "shop",
        "stages": [
            {"type": "pipeline", "name": "Again", "application": "shop", "pipeline": "p"},
            {"type": "pipeline", "name": "Other", "application": "shop", "pipeline": "q"},
            {"type": "pipeline", "name": "By name", "application": "shop", "pipeline": "Deploy"},
            {"type": "findArtifactFromExecution", "application": "shop", "pipeline": "p"},
        ],
        "triggers": [{"type": "pipeline", "application": "shop", "pipeline": "p"}],
    }
    result = copied(raw, copy_id="c", application="store")
    spec = result.spec
    assert spec["application"] == "store"
    assert [(stage["application"], stage["pipeline"]) for stage in spec["stages"]] == [
        ("store", "c"),
        ("shop", "q"),
        ("shop", "Deploy"),
        ("store", "c"),
    ]
    assert spec["triggers"][0]["pipeline"] == "c"
    assert codes(result)[1:] == [
        ("calls-itself", "$.stages[0]"),
        ("calls-original", "$.stages[2].pipeline"),
        ("calls-itself", "$.stages[3]"),
        ("calls-itself", "$.triggers[0]"),
    ]
    assert result.notes[1].to_dict() == {
        "code": "calls-itself",
        "path": "$.stages[0]",
        "message": "this is about the copy now",
        "stage": "Again",
    }


def test_every_note_is_explained():
    explained = {line.split("``")[1] for line in copy_notes.Note.__doc__.splitlines() if "``  " in line}
    sources = "".join((ROOM / name).read_text() for name in ("copying.py", "stage_copying.py"))
    given = set(re.findall(r'self\.note\(\s*"([a-z-]+)"', sources))
    assert given == explained


SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "b", "webhook", "${x}"])
KEYS = st.sampled_from(
    ["id", "type", "source", "secret", "pipeline", "expectedArtifacts", "matchArtifact", "inputArtifacts"]
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)
SECTIONS = st.sampled_from(["id", "stages", "triggers", "expectedArtifacts", "notifications", "name"])


@settings(deadline=None)
@given(st.dictionaries(SECTIONS, JSON))
def test_nothing_that_a_pipeline_may_contain_raises(raw):
    before = copy.deepcopy(raw)
    result = copied(raw)
    assert raw == before
    assert result.spec.keys() == raw.keys()
    assert json.dumps(shape(result.spec)) == json.dumps(shape(raw))


def shape(value):
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else "x"


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_a_copy_of_a_real_pipeline_has_the_same_problems_and_shares_no_id(file):
    raw = json.loads(file.read_text())
    if not isinstance(raw, dict) or not isinstance(raw.get("stages"), list):
        pytest.skip("not a pipeline by itself")
    result = copied(raw)

    def problems(document):
        return [(found.code, found.path) for found in catalog.load(document).problems]

    assert problems(result.spec) == problems(raw)
    old, new = ({*ids_of(document)} for document in (raw, result.spec))
    assert old.isdisjoint(new)
    assert sum(len(used(stage)) for stage in result.spec["stages"]) == sum(
        len(used(stage)) for stage in raw["stages"]
    )


def ids_of(document):
    for holder in (document, *document["stages"]):
        yield from declared(holder)
    for trigger in document.get("triggers") or []:
        yield from [trigger["id"]] if trigger.get("id") else []
