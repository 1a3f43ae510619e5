"""Load everything once, so that no test's time includes it."""

from __future__ import annotations

import pytest

from gennaker.expr.templates import prepare


@pytest.fixture(autouse=True, scope="session")
def _grammar() -> None:
    prepare()
