"""
Parse YAML and property files that nobody vouches for.

YAML is read event by event first: nesting, tags, the number of values and what aliases expand to are
known before anything is built.
"""

from __future__ import annotations

import re
from time import thread_time
from typing import TYPE_CHECKING, Any

from gennaker.expr.faults import Fault, LimitFault
from gennaker.expr.limits import Budget

if TYPE_CHECKING:
    import yaml  # type: ignore[import-untyped,unused-ignore]

_MAX_NESTING = 60
_MAX_CHARACTERS = 200_000
_KNOWN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "binary")
)


def parse_yaml(text: str, budget: Budget) -> list[Any]:
    """Return the documents of a YAML text."""
    start = thread_time()
    import yaml

    budget.excuse(thread_time() - start)
    if len(text) > _MAX_CHARACTERS:
        raise LimitFault(f"The YAML is longer than {_MAX_CHARACTERS:,} characters")
    budget.grow(len(text))
    loader = _loader()
    try:
        _Audit(budget).read(yaml.parse(text, Loader=loader))
        return list(yaml.load_all(text, Loader=loader))  # the loader is a safe one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Fault(f"The YAML cannot be read: {' '.join(str(error).split())[:200]}") from None


def _loader() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Keep dates as the texts they were: results must be JSON."""

        yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
            for first, resolvers in base.yaml_implicit_resolvers.items()
        }

    return Loader


class _Audit:
    """Count what a stream of YAML events will build."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sizes: dict[str, int] = {}
        self._open: list[tuple[str | None, int]] = []
        self._total = 0

    def read(self, events: Any) -> None:
        import yaml

        for event in events:
            self._budget.step()
            if isinstance(event, yaml.CollectionEndEvent):
                self._close()
            elif isinstance(event, yaml.NodeEvent):
                self._admit(event, yaml)
            elif isinstance(event, yaml.DocumentStartEvent):
                self._sizes.clear()

    def _admit(self, event: yaml.NodeEvent, yaml: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            size = self._sizes.get(str(event.anchor))
            if size is None:
                raise Fault(f"The YAML alias *{event.anchor} refers to itself or to nothing")
            return self._add(size)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!") and tag not in _KNOWN_TAGS:
            raise Fault(f"Global tag is not allowed: {str(tag)[:80]}")
        self._add(1)
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event.anchor, self._total))
            if len(self._open) > _MAX_NESTING:
                raise LimitFault(f"The YAML is nested deeper than {_MAX_NESTING} levels")
        elif event.anchor:
            self._sizes[event.anchor] = 1
        return None

    def _close(self) -> None:
        anchor, before = self._open.pop()
        if anchor:
            self._sizes[anchor] = self._total - before + 1

    def _add(self, size: int) -> None:
        self._total += size
        if self._total > self._budget.limits.steps:
            raise LimitFault(f"The YAML expands to more than {self._budget.limits.steps:,} values")


_PROPERTY = re.compile(r"(?P<key>(?:\\.|[^\\:=\s])+)\s*[:=]?\s*(?P<value>.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<sign>.))", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


def parse_properties(text: str, budget: Budget) -> dict[str, str]:
    """Return the entries of a Java property file."""
    budget.grow(len(text))
    entries: dict[str, str] = {}
    for line in _logical_lines(text):
        budget.step()
        match = _PROPERTY.fullmatch(line)
        if match:
            entries[_unescape(match["key"])] = _unescape(match["value"])
    return entries


def _logical_lines(text: str) -> list[str]:
    lines: list[str] = []
    continued = False
    for raw in text.splitlines():
        line = raw.lstrip()
        if not continued and (not line or line[0] in "#!"):
            continue
        goes_on = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        line = line[:-1] if goes_on else line
        if continued:
            lines[-1] += line
        else:
            lines.append(line)
        continued = goes_on
    return lines


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        return chr(int(match["code"], 16)) if match["code"] else _SIGNS.get(match["sign"], match["sign"])

    return _ESCAPED.sub(replace, text)
