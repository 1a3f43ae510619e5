"""The documentation cannot rot: generated parts are fresh, links lead somewhere, JSON loads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gennaker.catalog import fallback_model, load, stage_models
from gennaker.cli import docs
from gennaker.cli._reference import examples
from gennaker.cli._reference.facts import KEPT, KEPT_BY_STAGES, LIMITS, OUTPUTS
from gennaker.cli._reference.stages import own_stages
from gennaker.cli._reference.tables import properties
from gennaker.spec.model import Pipeline, StageEnvelope

ROOT = docs.ROOT
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_generated_parts_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = [target for target in _links(page) if not _leads_somewhere(page, target)]

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_of_json_is_json_and_every_pipeline_in_it_loads(page: Path) -> None:
    for text in _blocks(page, "json"):
        document = _pipeline_in(json.loads(text))
        if document is not None:
            loaded = load(document)
            assert loaded.errors == (), text


@pytest.mark.parametrize("kind", [*own_stages(), fallback_model().KIND])
def test_every_stage_has_an_example_of_its_own(kind: str) -> None:
    path = ROOT / examples.FOLDER / f"{examples.example_name(kind)}.json"
    used = {stage["type"] for stage in json.loads(path.read_text(encoding="utf-8"))["stages"]}

    assert kind in used or (kind == fallback_model().KIND and not used <= stage_models().keys())


def test_what_is_said_of_types_and_keys_is_said_of_ones_that_exist() -> None:
    assert OUTPUTS.keys() | LIMITS.keys() <= own_stages().keys()
    assert KEPT.keys() <= properties(Pipeline).keys()
    assert KEPT_BY_STAGES.keys() <= properties(StageEnvelope).keys()


def _links(page: Path) -> Iterator[str]:
    prose = _CODE.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(prose):
        if not re.match(r"[a-z]+:", target):
            yield target


def _leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists():
        return False
    return not anchor or anchor in _anchors(there)


def _anchors(page: Path) -> set[str]:
    prose = _CODE.sub("", page.read_text(encoding="utf-8"))
    titles = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in _HEADING.findall(prose))
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def _blocks(page: Path, language: str) -> Iterator[str]:
    for found, text in _CODE.findall(page.read_text(encoding="utf-8")):
        if found == language:
            yield text


def _pipeline_in(value: Any) -> dict[str, Any] | None:
    """Return the pipeline that a block shows, or one around the stage that it shows."""
    if not isinstance(value, dict):
        return None
    if "stages" in value:
        return value
    if "type" in value and ({"name", "refId", "requisiteStageRefIds"} & value.keys()):
        return {"application": "docs", "name": "block", "stages": [{**value, "requisiteStageRefIds": []}]}
    return None
