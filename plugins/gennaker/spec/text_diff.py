"""
A unified diff in bounded time.

``difflib`` alone takes minutes for two long documents whose lines repeat, and a manifest is such a
document. So lines that are there once on both sides are matched first, as in a patience diff, and it looks
only at what is left between them. Where even that is too much, the stretch is shown as replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from gennaker.spec.differences import moves

# Pairs of equal lines that difflib may look at for one stretch: a few hundredths of a second.
_MOST_PAIRS = 50_000
_Lines = Sequence[str]
_Block = tuple[int, int, int]
_Code = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


def unified(before: _Lines, after: _Lines, from_label: str, to_label: str) -> str:
    """Return a unified diff with three lines of context; nothing where the lines are the same."""
    shown: list[str] = []
    for group in _Matched(before, after).get_grouped_opcodes(3):
        first, last = group[0], group[-1]
        shown.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@")
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                shown += (f" {line}" for line in before[start:end])
                continue
            shown += (f"-{line}" for line in before[start:end])
            shown += (f"+{line}" for line in after[new_start:new_end])
    if not shown:
        return ""
    return "".join(f"{line}\n" for line in (f"--- {from_label}", f"+++ {to_label}", *shown))


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    # A stretch without lines is named by the line before it.
    return f"{start + 1 if length else start},{length}"


class _Matched(SequenceMatcher[str]):
    """Groups changes into hunks as difflib does; what is equal was found before."""

    def __init__(self, before: _Lines, after: _Lines) -> None:
        super().__init__()
        blocks = _merged(_blocks(before, after, 0, 0))
        self._codes = [*_opcodes([*blocks, (len(before), len(after), 0)])]

    def get_opcodes(self) -> list[_Code]:
        """Return what to do to make one text of the other."""
        return self._codes


def _merged(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Join stretches that touch: only a long one is cut out of a hunk."""
    here = there = length = 0
    for start, new_start, more in blocks:
        if (start, new_start) == (here + length, there + length):
            length += more
            continue
        if length:
            yield here, there, length
        here, there, length = start, new_start, more
    if length:
        yield here, there, length


def _opcodes(blocks: list[_Block]) -> Iterator[_Code]:
    here = there = 0
    for start, new_start, length in blocks:
        if here < start and there < new_start:
            yield "replace", here, start, there, new_start
        elif here < start:
            yield "delete", here, start, there, there
        elif there < new_start:
            yield "insert", here, here, there, new_start
        if length:
            yield "equal", start, start + length, new_start, new_start + length
        here, there = start + length, new_start + length


def _blocks(before: _Lines, after: _Lines, here: int, there: int) -> Iterator[_Block]:
    """Return the stretches of equal lines: where they start on both sides, and how long they are."""
    head = _equal_run(before, after)
    tail = _equal_run(before[head:][::-1], after[head:][::-1])
    if head:
        yield here, there, head
    end, new_end = len(before) - tail, len(after) - tail
    yield from _between(before[head:end], after[head:new_end], here + head, there + head)
    if tail:
        yield here + end, there + new_end, tail


def _between(before: _Lines, after: _Lines, here: int, there: int) -> Iterator[_Block]:
    counts, new_counts = Counter(before), Counter(after)
    if sum(count * new_counts[line] for line, count in counts.items()) <= _MOST_PAIRS:
        for start, new_start, length in SequenceMatcher(
            None, before, after, autojunk=False
        ).get_matching_blocks():
            if length:
                yield here + start, there + new_start, length
        return
    once = {line for line, count in counts.items() if count == new_counts[line] == 1}
    places = {line: index for index, line in enumerate(before) if line in once}
    pairs = [(places[line], index) for index, line in enumerate(after) if line in once]
    moved = moves([*pairs])
    start = new_start = 0
    for anchor, new_anchor in (*(pair for pair in pairs if pair[1] not in moved), (len(before), len(after))):
        if pairs:
            yield from _blocks(
                before[start:anchor], after[new_start:new_anchor], here + start, there + new_start
            )
        if anchor < len(before):
            yield here + anchor, there + new_anchor, 1
        start, new_start = anchor + 1, new_anchor + 1


def _equal_run(before: _Lines, after: _Lines) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count
