from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gennaker import catalog
from gennaker.stages._base import Stage

SCHEMA = Path(__file__).parents[1] / "pipeline_specs" / "schema" / "pipeline.schema.json"


def test_every_type_is_known_by_kind_and_alias():
    models = catalog.stage_models()
    assert models["wait"].__name__ == "Wait"
    for model in set(models.values()):
        assert issubclass(model, Stage)
        assert {kind for kind, other in models.items() if other is model} == {model.KIND, *model.ALIASES}
    assert "*" not in models


def test_the_fallback_is_for_what_nobody_knows():
    assert catalog.fallback_model().KIND == "*"
    assert catalog.fallback_model() is catalog._kinds()["*"]


@pytest.mark.parametrize("check", [False, True])
def test_both_ways_of_loading_find_the_same_models(check):
    stages = [{"type": kind, "refId": kind} for kind in (*catalog.stage_models(), "strange", "../x", "")]
    loaded = catalog.load({"application": "a", "name": "n", "stages": stages}, check=check)
    expected = {**catalog.stage_models()}
    for stage in loaded.pipeline.stages:
        if not any(found.code == "missing-field" and found.stage == stage.name for found in loaded.problems):
            assert type(stage) is expected.get(stage.ref_id, catalog.fallback_model())


def test_a_worker_imports_only_the_stage_types_that_it_needs():
    script = (
        "import sys; from gennaker import catalog\n"
        "assert catalog.load({'stages': [{'type': 'wait'}]}, check=False).ok\n"
        "print(*sorted(name for name in sys.modules if name.startswith('gennaker.stages.')))\n"
        "print(*({'lark', 'croniter', 'yaml', 'airflow', 'gennaker.expr'} & sys.modules.keys()))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=SCHEMA.parents[2] / "plugins",
    )
    assert found.stdout == "gennaker.stages._base gennaker.stages.unsupported gennaker.stages.wait\n\n"


def test_descriptors_describe_every_type():
    descriptors = {found.kind: found for found in catalog.descriptors()}
    assert set(descriptors) == {model.KIND for model in catalog.stage_models().values()}
    judgment = descriptors["manualJudgment"]
    assert judgment.title == "Manual Judgment"
    assert judgment.summary == "Stop for a human decision."
    assert "judgmentInputs" in judgment.schema["properties"]
    assert {found.support for found in descriptors.values()} <= {"exact", "approximated", "unsupported"}


def validator():
    return Draft202012Validator(catalog.pipeline_schema())


def test_the_schema_is_one():
    Draft202012Validator.check_schema(catalog.pipeline_schema())


def test_the_schema_of_a_stage_depends_on_its_type():
    faults = [
        error.json_path
        for error in validator().iter_errors(
            {
                "stages": [
                    {"type": "wait", "waitTime": []},
                    {"type": "strange", "waitTime": []},
                    {"refId": "1"},
                ]
            }
        )
    ]
    assert faults == ["$.stages[0].waitTime", "$.stages[2]"]


def test_the_schema_allows_keys_and_types_that_nobody_knows():
    pipeline = {
        "name": "n",
        "mine": 1,
        "stages": [{"type": "strange", "mine": 1, "stageTimeoutMs": "${ x }"}],
    }
    assert not list(validator().iter_errors(pipeline))


def test_the_checked_in_schema_is_fresh():
    assert SCHEMA.read_text() == catalog.render_schema(), "run: make schema"


def test_the_module_writes_the_schema():
    found = subprocess.run(
        [sys.executable, "-m", "gennaker.catalog"],
        capture_output=True,
        text=True,
        check=True,
        cwd=SCHEMA.parents[2] / "plugins",
    )
    assert json.loads(found.stdout) == catalog.pipeline_schema()
