"""
Bound what one expression may cost, whoever wrote it.

The evaluator, the parser and every function that produces text or lists report to one :class:`Budget`.
Time is the thread's own processor time: a busy machine or a slow network never makes an expression fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import thread_time

from gennaker.expr.faults import LimitFault


@dataclass(frozen=True, slots=True)
class Limits:
    """Say how much a template may cost; the defaults suit every caller that has no reason of its own."""

    characters: int = 10_000
    """Length of one expression's source (Spinnaker's own bound)."""
    tokens: int = 1_200
    """Words and signs in one expression; parsing costs about 20 microseconds each."""
    nesting: int = 50
    """Open brackets at any point of an expression, and levels of a template's maps and lists."""
    depth: int = 80
    """Sub-expressions being evaluated inside one another."""
    steps: int = 50_000
    """Nodes evaluated and elements visited for one text."""
    growth: int = 2_000_000
    """Characters and elements produced for one text, intermediate results included."""
    text: int = 1_000_000
    """Characters of one produced text."""
    pattern: int = 1_000
    """Length of one regular expression."""
    bits: int = 2_048
    """Size of an integer beyond 64 bits."""
    seconds: float = 0.06
    """Processor time of one text, which may hold several expressions."""
    total_seconds: float = 2.0
    """Processor time of a whole template."""


DEFAULT_LIMITS = Limits()

_STEPS_BETWEEN_CLOCK_READINGS = 32


class Budget:
    """Count down what a template still may use."""

    __slots__ = ("_deadline", "_final_deadline", "_next_reading", "_room", "_steps", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._final_deadline = thread_time() + limits.total_seconds
        self.begin()

    def begin(self) -> None:
        """Start the next text with full allowances, as far as the whole template has time left."""
        self._steps = self.limits.steps
        self._room = self.limits.growth
        now = thread_time()
        if now > self._final_deadline:
            raise LimitFault(f"The template takes more than {self.limits.total_seconds} seconds")
        self._deadline = min(now + self.limits.seconds, self._final_deadline)
        self._next_reading = self._steps - _STEPS_BETWEEN_CLOCK_READINGS

    def step(self, count: int = 1) -> None:
        """Pay for `count` nodes or elements."""
        self._steps -= count
        if self._steps < self._next_reading:
            self._next_reading = self._steps - _STEPS_BETWEEN_CLOCK_READINGS
            if self._steps < 0:
                raise LimitFault(f"The expression takes more than {self.limits.steps:,} steps")
            self.check_time()

    def grow(self, size: int) -> None:
        """Pay for `size` characters or elements before they are produced."""
        self._room -= size
        if self._room < 0:
            raise LimitFault(
                f"The expression produces more than {self.limits.growth:,} characters or elements"
            )

    def text(self, size: int) -> None:
        """Pay for a text of `size` characters before it is produced."""
        if size > self.limits.text:
            raise LimitFault(f"The expression produces a text longer than {self.limits.text:,} characters")
        self.grow(size)

    def excuse(self, seconds: float) -> None:
        """Take time out of the account that the expression has not spent, such as loading a library."""
        self._deadline += seconds
        self._final_deadline += seconds

    def check_time(self) -> None:
        """Stop when the time is used up."""
        if thread_time() > self._deadline:
            raise LimitFault("The expression takes too much time")

    def time_left(self) -> float:
        """Return the seconds that a library call, such as a regular expression, may still take."""
        return max(self._deadline - thread_time(), 0.001)
