"""The room's front door: its names, and what they cost to import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import gennaker.expr


def test_the_names_are_sorted_and_all_there() -> None:
    assert gennaker.expr.__all__ == sorted(gennaker.expr.__all__)
    assert set(gennaker.expr.__all__) == set(gennaker.expr._HOME_OF)
    for name in gennaker.expr.__all__:
        assert getattr(gennaker.expr, name) is not None


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        gennaker.expr.nothing  # noqa: B018


def test_importing_loads_no_parser() -> None:
    code = (
        "import sys; from gennaker.expr import Evaluation, StageContext, evaluate, has_expression;"
        "evaluate('no expression', {});"
        "print([n for n in ('lark', 'regex', 'yaml', 'gennaker.expr.nodes', 'airflow') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(gennaker.expr.__file__).parents[2])},
    )
    assert done.stdout.strip() == "[]"
