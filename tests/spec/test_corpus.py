"""Real pipelines of many teams: each loads, comes back unchanged, and only real mistakes are errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gennaker import catalog
from gennaker.spec.dump import dump, dumps
from gennaker.spec.governance import restore_governance, strip_governance

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
FILES = sorted((CORPUS / "pipelines").glob("*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"the corpus of real pipelines is not at {CORPUS}")

# What is wrong with these is wrong in their repositories, too.
MISTAKES = {
    "012": {"incomplete-trigger": "$.triggers[0]"},
    "056": {"unknown-artifact": "$.stages[1].manifestArtifactId"},
    "096": {"unknown-artifact": "$.stages[1].manifestArtifactId"},
    "123": {"unknown-artifact": "$.stages[0].manifestArtifactId"},
    "083": {"unknown-parameter": "$.stages[1].comments"},
    "088": {"unknown-parameter": "$.stages[0].comments"},
    "089": {"unknown-parameter": "$.stages[0].comments"},
}
EXPECTED_ANYWHERE = {
    "unknown-stage-type",
    "missing-application",
    "missing-name",
    "template-not-found",
    "legacy-expressions",
}


def each(test):
    return pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)(test)


@each
def test_it_loads_without_errors(file):
    loaded = catalog.load(file.read_bytes())
    assert [str(found) for found in loaded.errors] == []
    assert loaded.graph is not None
    stages = loaded.spec["stages"]
    assert [stage.type for stage in loaded.pipeline.stages] == [stage["type"] for stage in stages]
    assert len(loaded.graph) == len(stages)


@each
def test_only_real_mistakes_are_warnings(file):
    loaded = catalog.load(file.read_bytes())
    found = {
        problem.code: problem.path for problem in loaded.problems if problem.code not in EXPECTED_ANYWHERE
    }
    assert found == MISTAKES.get(file.name[:3], {})


@each
def test_it_comes_back_unchanged(file):
    text = file.read_text()
    raw = json.loads(text)
    loaded = catalog.load(text, check=False)
    assert json.dumps(dump(loaded)) == json.dumps(raw) == json.dumps(json.loads(dumps(loaded)))
    content, governance = strip_governance(raw)
    assert restore_governance(content, governance) == raw


@each
def test_the_typed_view_forgets_no_key(file):
    loaded = catalog.load(file.read_bytes(), check=False)
    shown = loaded.pipeline.model_dump(by_alias=True, mode="json")
    assert loaded.spec.keys() <= shown.keys()
    for given, typed in zip(loaded.spec["stages"], shown["stages"], strict=True):
        assert given.keys() <= typed.keys()


@each
def test_it_fits_the_schema(file, schema):
    spec = catalog.load(file.read_bytes(), check=False).spec
    assert [error.json_path + ": " + error.message for error in schema.iter_errors(spec)] == []


@pytest.fixture(scope="module")
def schema():
    return Draft202012Validator(catalog.pipeline_schema())


def test_the_index_and_the_loader_count_the_same_stages():
    with (CORPUS / "INDEX.tsv").open() as lines:
        rows = {row["file"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for file in FILES:
        row = rows.get(file.name)
        if row is None or row["kind"] == "mptv2-config":
            continue
        loaded = catalog.load(file.read_bytes(), check=False)
        assert len(loaded.graph) == int(row["n_stages"]), file.name
