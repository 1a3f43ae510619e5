from __future__ import annotations

import difflib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gennaker.spec import text_diff
from gennaker.spec.text_diff import unified

LINES = st.lists(st.sampled_from("abcdefgh"), max_size=25)


def applied(before, patch):
    """Return the lines after a patch, by its line numbers alone."""
    result, position = [], 0
    for line in patch.splitlines()[2:]:
        if line.startswith("@@"):
            start, _, length = line.split()[1][1:].partition(",")
            first = int(start) - (0 if length == "0" else 1)
            result += before[position:first]
            position = first
        elif line[0] == "+":
            result.append(line[1:])
        else:
            assert before[position] == line[1:]
            position += 1
            if line[0] == " ":
                result.append(line[1:])
    return result + before[position:]


def test_short_texts_are_compared_as_difflib_does():
    before, after = [*"abcdefghijkl"], [*"abXdefghjklm"]
    expected = difflib.unified_diff(before, after, "old", "new", lineterm="")
    assert unified(before, after, "old", "new") == "".join(f"{line}\n" for line in expected)


@settings(deadline=None)
@given(LINES, LINES)
def test_the_diff_applied_gives_the_other_text(before, after):
    assert applied(before, unified(before, after, "a", "b")) == after


@settings(deadline=None)
@given(LINES, LINES)
def test_it_does_without_difflib(before, after):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_diff, "_MOST_PAIRS", -1)
        assert applied(before, unified(before, after, "a", "b")) == after


def test_equal_texts_have_no_diff():
    assert unified(["a"], ["a"], "old", "new") == ""


def test_ten_thousand_lines_that_repeat_are_no_matter():
    before = [line for item in range(2_000) for line in ("{", f"v{item}", "x", "y", "}")]
    after = [line for item in range(2_000) for line in ("{", f"v{item + item % 2 * 9_999}", "x", "y", "}")]
    started = time.perf_counter()
    patch = unified(before, after, "a", "b")
    assert time.perf_counter() - started < 5
    assert applied(before, patch) == after
    assert patch.count("\n+v") == 1_000
    assert patch.count("\n+") < 1_100


def test_texts_without_anything_to_hold_on_to_are_replaced():
    before, after = ([line for item in range(1_000) for line in ("{", f"{side}{item}")] for side in "ab")
    patch = unified(before, after, "a", "b")
    assert applied(before, patch) == after
