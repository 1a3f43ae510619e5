"""Run Java's regular expressions on the ``regex`` library, whose calls can be limited in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from time import thread_time
from typing import TYPE_CHECKING, TypeVar

from gennaker.expr.faults import Fault, LimitFault
from gennaker.expr.limits import Budget

if TYPE_CHECKING:
    import regex  # type: ignore[import-untyped,unused-ignore]

T = TypeVar("T")

_POSIX = {
    "Lower": "a-z", "Upper": "A-Z", "ASCII": r"\x00-\x7F", "Alpha": "a-zA-Z", "Digit": "0-9",
    "Alnum": "a-zA-Z0-9", "Punct": r"!-/:-@\[-`{-~", "Graph": "!-~", "Print": " -~", "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F", "XDigit": "0-9a-fA-F", "Space": r"\s",
}  # fmt: skip
_ESCAPE = re.compile(r"\\Q(?P<quoted>.*?)(?:\\E|$)|\\p\{(?P<posix>\w+)\}|\\Z|\\.", re.DOTALL)
_SPECIAL = re.compile(r"[\\^$.|?*+(){}\[\]]")
_GROUP_REFERENCE = re.compile(
    r"\\(?P<escaped>.)|\$\{(?P<name>\w+)\}|\$(?P<number>\d)|(?P<wrong>[\\$])", re.DOTALL
)


def _translate(pattern: str) -> str:
    def replace(match: re.Match[str]) -> str:
        if match["quoted"] is not None:
            return re.escape(match["quoted"])
        if match["posix"] in _POSIX:
            ranges = _POSIX[match["posix"]]
            before = pattern[: match.start()]
            inside = before.rfind("[") > before.rfind("]")
            return ranges if inside else f"[{ranges}]"
        return r"(?=\n?\Z)" if match.group() == r"\Z" else match.group()

    return _ESCAPE.sub(replace, pattern).replace(r"\z", r"\Z") if "\\" in pattern else pattern


@cache
def _load() -> None:
    import regex  # noqa: F401 - the first import takes as long as a whole expression may


@lru_cache(maxsize=256)
def _compile(pattern: str) -> regex.Pattern[str]:
    import regex

    # Version 1 knows Java's set intersection, but reads "[[" differently; use it only where it is needed.
    version = regex.VERSION1 if "&&" in pattern else regex.VERSION0
    try:
        return regex.compile(_translate(pattern), regex.ASCII | version)
    except (regex.error, OverflowError, RecursionError, ValueError, MemoryError) as error:
        raise Fault(f"The regular expression does not compile: {str(error)[:120]}") from None


def _run(pattern: str, subject: str, budget: Budget, action: Callable[[regex.Pattern[str], float], T]) -> T:
    if len(pattern) > budget.limits.pattern:
        raise LimitFault(f"The regular expression is longer than {budget.limits.pattern:,} characters")
    budget.step(1 + len(subject) // 100)
    start = thread_time()
    _load()
    budget.excuse(thread_time() - start)
    compiled = _compile(pattern)
    try:
        result = action(compiled, budget.time_left())
    except TimeoutError:
        raise LimitFault("The regular expression takes too much time") from None
    except (MemoryError, RecursionError, OverflowError):
        raise LimitFault("The regular expression takes too much memory") from None
    budget.check_time()
    return result


def full_match(pattern: str, subject: str, budget: Budget) -> bool:
    """Tell whether the whole text matches."""
    return (
        _run(pattern, subject, budget, lambda compiled, left: compiled.fullmatch(subject, timeout=left))
        is not None
    )


def replace(pattern: str, subject: str, replacement: str, budget: Budget, *, first: bool = False) -> str:
    """Replace the first match or all of them; ``$1`` and ``${name}`` refer to groups."""
    pieces = _replacement_pieces(replacement)
    size = len(subject)

    def expand(match: regex.Match[str]) -> str:
        nonlocal size
        text: str = "".join(piece if literal else _group(match, piece) for literal, piece in pieces)
        size += len(text)
        if size > budget.limits.text:
            budget.text(size)
        return text

    result: str = _run(
        pattern,
        subject,
        budget,
        lambda compiled, left: compiled.sub(expand, subject, count=int(first), timeout=left),
    )
    budget.text(len(result))
    return result


def _replacement_pieces(replacement: str) -> list[tuple[bool, str]]:
    """Return the parts of a replacement: literal text, or the number or name of a group."""
    pieces: list[tuple[bool, str]] = []
    position = 0
    for match in _GROUP_REFERENCE.finditer(replacement):
        pieces.append((True, replacement[position : match.start()]))
        position = match.end()
        if match["wrong"]:
            raise Fault("Illegal group reference in the replacement", hint="write \\$ for a dollar sign")
        literal = match["escaped"] is not None
        pieces.append((literal, match["escaped"] or match["name"] or match["number"] or ""))
    pieces.append((True, replacement[position:]))
    return pieces


def _group(match: regex.Match[str], reference: str) -> str:
    try:
        group: str | None = match.group(int(reference) if reference.isdigit() else reference)
        return group or ""
    except IndexError:
        raise Fault(f"No group {reference}") from None


def split(pattern: str, subject: str, limit: int, budget: Budget) -> list[str]:
    """Split as ``String.split`` does: trailing empty parts are dropped when `limit` is 0."""
    if pattern and not _SPECIAL.search(pattern):
        budget.step(1 + len(subject) // 100)
        parts = subject.split(pattern, limit - 1 if limit > 0 else -1)
        return _trimmed(parts, subject, limit, budget)

    def cut(compiled: regex.Pattern[str], left: float) -> list[str]:
        parts: list[str] = []
        position = 0
        for match in compiled.finditer(subject, timeout=left):
            if 0 < limit <= len(parts) + 1:
                break
            if match.end() == 0 or (match.start() == match.end() == len(subject)):
                continue
            budget.step()
            parts.append(subject[position : match.start()])
            position = match.end()
        parts.append(subject[position:])
        return parts

    return _trimmed(_run(pattern, subject, budget, cut), subject, limit, budget)


def _trimmed(parts: list[str], subject: str, limit: int, budget: Budget) -> list[str]:
    budget.grow(len(subject) + len(parts))
    while limit == 0 and len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts
