from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from gennaker.cli.main import load, names

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_every_command_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    missing = [name for name in names() if f"`{name.rstrip('_')}`" not in text]
    assert missing == []


@pytest.mark.parametrize(
    "name", ["validate", "compile_", "plan", "report", "eval_", "corpus", "import_", "sync"]
)
def test_every_option_is_described(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    title = name.rstrip("_")
    section = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    parser = argparse.ArgumentParser()
    load(name).configure(parser)
    options = [
        action.option_strings for action in parser._actions if action.option_strings and action.dest != "help"
    ]
    assert options
    missing = [spellings for spellings in options if not any(spelling in section for spelling in spellings)]
    assert missing == []
