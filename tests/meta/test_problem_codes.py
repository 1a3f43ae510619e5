"""Every problem has a code that is documented, and every code is in use."""

from __future__ import annotations

import re
from pathlib import Path

from gennaker.spec.codes import CODES, markdown

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "plugins" / "gennaker" / room for room in ("spec", "services")]
DOCS = ROOT / "docs" / "reference" / "problems.md"


def test_the_documentation_shows_every_code():
    assert markdown() in DOCS.read_text(), "replace the table by: python -m gennaker.spec.codes"


def test_every_code_is_used():
    sources = "\n".join(
        path.read_text().replace('f"missing-{key}"', '"missing-application" "missing-name"')
        for folder in SOURCES
        for path in folder.rglob("*.py")
        if path.name != "codes.py"
    )
    assert [code for code in CODES if f'"{code}"' not in sources] == []


def test_codes_and_texts_are_well_formed():
    for code, known in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        for text in (known.meaning, known.advice):
            assert text.endswith("."), text
            assert "|" not in text
