from __future__ import annotations

import json
from pathlib import Path

from gennaker.spec.blank import SETTINGS, STAGE_SETTINGS, blank_pipeline, blank_stage

TEMPLATE = Path(__file__).parents[2] / "pipeline_specs" / "templates" / "blank.json"


def test_a_blank_pipeline_has_no_stages_and_the_settings_of_a_new_one():
    assert blank_pipeline() == {
        "spelEvaluator": "v4",
        "limitConcurrent": True,
        "keepWaitingPipelines": False,
        "parameterConfig": [],
        "expectedArtifacts": [],
        "notifications": [],
        "triggers": [],
        "stages": [],
    }


def test_application_and_name_come_first_if_given():
    named = blank_pipeline(application="shop", name="Deploy")
    assert [*named][:2] == ["application", "name"]
    assert named == {"application": "shop", "name": "Deploy", **blank_pipeline()}


def test_two_blank_pipelines_share_nothing():
    blank_pipeline()["stages"].append({})
    assert blank_pipeline()["stages"] == []


def test_it_loads_and_only_lacks_stages(load):
    loaded = load(blank_pipeline(application="shop", name="Deploy"))
    assert loaded.ok
    assert [found.code for found in loaded.problems] == ["no-stages"]


def test_stages_of_a_blank_pipeline_load_without_problems(load):
    first = blank_stage("wait", name="Wait", ref_id="1")
    second = blank_stage("wait", name="Again", ref_id="2", after=["1"])
    blank = blank_pipeline(application="shop", name="Deploy")
    loaded = load({**blank, "stages": [first, second]})
    assert loaded.problems == ()
    assert loaded.graph["2"].requisites == ("1",)
    assert all(stage.fail_on_failed_expressions is True for stage in loaded.pipeline.stages)


def test_the_template_is_the_blank_pipeline_with_a_first_stage():
    template = json.loads(TEMPLATE.read_text())
    (stage,) = template.pop("stages")
    assert {key: template[key] for key in SETTINGS} == dict(SETTINGS)
    blank = {key: value for key, value in blank_pipeline().items() if key != "stages"}
    assert {key: template[key] for key in blank} == blank
    assert STAGE_SETTINGS.items() <= stage.items()
