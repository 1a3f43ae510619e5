"""
Parts of a page that is otherwise written by hand.

``<!-- generated: example release -->`` up to ``<!-- end -->`` is replaced by what it names:
``example NAME``, ``diagram NAME``, ``support``, ``support brief``, or ``image FILE ALT``, which shows nothing
as long as there is no such file.
"""

from __future__ import annotations

import re
from pathlib import Path

from gennaker.cli._reference import examples, stages
from gennaker.errors import NotFound

_SECTION = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str, root: Path) -> str:
    """Return a page with its generated parts up to date."""

    def replaced(found: re.Match[str]) -> str:
        content = _content(found[2], root)
        return f"{found[1]}{content}\n{found[3]}" if content else f"{found[1]}{found[3]}"

    return _SECTION.sub(replaced, text)


def _content(name: str, root: Path) -> str:
    kind, _, argument = name.partition(" ")
    if kind == "example":
        return examples.block(root, argument)
    if kind == "diagram":
        return examples.diagram(root, argument)
    if kind == "image":
        file, _, alt = argument.partition(" ")
        return f"![{alt}]({file})" if (root / file).is_file() else ""
    if kind == "support":
        return stages.brief() if argument == "brief" else stages.support_table()
    raise NotFound(
        f"nothing generated is called {name!r}",
        hint="use example NAME, diagram NAME, support or support brief",
    )
