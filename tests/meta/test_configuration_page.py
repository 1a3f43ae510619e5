"""The configuration page names every option, with its text and its default."""

import dataclasses
from pathlib import Path

import pytest

from gennaker.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "configuration.md").read_text()


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_option_is_described(field: "dataclasses.Field[object]") -> None:
    assert f"## {field.name}\n\n{field.metadata['description']}\n" in PAGE


def test_no_option_is_described_that_does_not_exist() -> None:
    names = [line.removeprefix("## ") for line in PAGE.splitlines() if line.startswith("## ")]

    assert names == [field.name for field in dataclasses.fields(Settings)]
