"""Every example and template loads and compiles, and the examples end as the documentation says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gennaker.bundle.files import SpecFolder
from gennaker.catalog import load
from gennaker.cli.docs import ROOT
from gennaker.compiler.dag import compile_pipeline
from tests.stages.harness import Run

SPECS = ROOT / "pipeline_specs"
EXAMPLES = sorted((SPECS / "examples").glob("*.json"))
TEMPLATES = sorted((SPECS / "templates").glob("*.json"))
LATER = "later version"

#: By example: the parameters of a run, and how its stages end. What is not named succeeds: a stage, and every
#: stage of an example.
ENDINGS: Mapping[str, list[tuple[dict[str, Any], dict[str, str]]]] = {
    "release": [({}, {}), ({"version": "latest"}, {"Not latest": "TERMINAL", "Go live?": ""})],
    "check-preconditions": [({}, {}), ({"version": "latest"}, {"Gate": "TERMINAL"})],
    "failure-halt-pipeline": [({}, {"Fails": "TERMINAL", "After the failure": ""})],
    "failure-halt-branch": [({}, {"Fails": "STOPPED", "After the failure": ""})],
    "failure-halt-branch-then-fail": [({}, {"Fails": "STOPPED", "After the failure": ""})],
    "failure-ignore": [({}, {"Fails": "FAILED_CONTINUE"})],
    "finally": [({}, {}), ({"healthy": "no"}, {"Test": "TERMINAL"})],
    "manual-judgment": [({}, {"Canary": "SKIPPED"})],
    "stage-enabled": [({}, {"Migrate the database": "SKIPPED"}), ({"migrate": "yes"}, {})],
    "unsupported": [({}, {"Deploy": "SKIPPED"})],
}

#: Examples that call a server, which tests/stages/test_webhook.py has.
CALLS = {"webhook", "webhook-wait"}

#: What the run as a whole ends as, where that is not plain from its stages.
VERDICTS = {"failure-halt-branch": "success"}


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("path", [*EXAMPLES, *TEMPLATES], ids=lambda path: path.stem)
def test_it_loads_without_errors_and_compiles(path: Path) -> None:
    loaded = load(_document(path))

    assert loaded.errors == ()
    assert compile_pipeline(loaded, dag_id="a.b", application="a", name="b").tasks


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_says_what_it_needs_and_names_no_application(path: Path) -> None:
    document = _document(path)
    unknown = any(found.code == "unknown-stage-type" for found in load(document).problems)

    assert "application" not in document
    assert (LATER in document["description"]) is unknown


def test_every_example_is_a_dag_of_the_application_examples() -> None:
    found = [dag_id for dag_id, _ in SpecFolder(SPECS).files() if dag_id.startswith("examples.")]

    assert sorted(found) == sorted(f"examples.{path.stem}" for path in EXAMPLES)


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what would talk to the API server and to the supervisor, and what would only take time."""
    monkeypatch.setattr("gennaker.operators.wait.INLINE_SECONDS", 0.0)
    monkeypatch.setattr("gennaker.operators._base.halt_pipeline", lambda run, *, reason: None)
    monkeypatch.setattr("gennaker.operators.pipeline.start_run", lambda *_, **__: None)
    monkeypatch.setattr("gennaker.operators.pipeline._stages_of", _child_stages)
    monkeypatch.setattr(
        "airflow.providers.standard.operators.hitl.upsert_hitl_detail", lambda **question: None
    )


def _child_stages(*_: Any) -> list[dict[str, Any]]:
    return [{"status": "SUCCEEDED", "outputs": {"image": "shop:2.0.0"}}]


CASES = [
    (path.stem, *case)
    for path in EXAMPLES
    if path.stem not in CALLS
    for case in ENDINGS.get(path.stem, [({}, {})])
]


@pytest.mark.parametrize(
    ("name", "conf", "statuses"), CASES, ids=[f"{name}-{len(statuses)}" for name, _, statuses in CASES]
)
def test_an_example_ends_as_it_should(name: str, conf: dict[str, Any], statuses: dict[str, str]) -> None:
    document = _document(SPECS / "examples" / f"{name}.json")
    names = [stage["name"] for stage in document["stages"]]
    run = Run(document, conf=conf, answers=_answers(document), directory=SpecFolder(SPECS)).go()

    ended = {stage: run.status(stage) or "" for stage in names}
    assert ended == {**dict.fromkeys(names, "SUCCEEDED"), **statuses}, run.errors
    if name in VERDICTS:
        assert run.states["verdict"] == VERDICTS[name]


def _answers(document: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    return {stage["name"]: _answer(stage) for stage in document["stages"]}


def _answer(stage: Mapping[str, Any]) -> Callable[[Any], Any]:
    if stage["type"] == "manualJudgment":
        choices = [choice["value"] for choice in stage.get("judgmentInputs", ())]
        inputs = {"judgmentInput": choices[0]} if choices else {}
        judge = {"id": "7", "name": "ann"}
        return lambda _: {
            "chosen_options": ["Continue"],
            "params_input": inputs,
            "responded_at": "2026-01-01T00:00:00Z",
            "responded_by_user": judge,
        }
    if stage["type"] in ("pipeline", "monitorPipeline"):
        return lambda _: {"states": ["success"]}
    if "stageTimeoutMs" in stage:
        return lambda _: {"at": "now"}
    return lambda _: {"skipped": True, "by": "ann"}
