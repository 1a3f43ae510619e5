"""No module grows beyond what one can read at a sitting."""

from __future__ import annotations

from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "plugins" / "gennaker"
CEILING = 500


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_module_has_at_most_500_lines(path):
    if {"node_modules", "migrations"} & set(path.parts):
        pytest.skip("not written by hand")
    lines = len(path.read_text().splitlines())
    assert lines <= CEILING, f"{path} has {lines} lines: split it"
