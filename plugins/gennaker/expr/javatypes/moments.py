"""Hold the values of java.time.Instant and java.util.Date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gennaker.expr.faults import Fault

EPOCH = datetime(1970, 1, 1)
_LAST_NANO = 253_402_300_799 * 10**9


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment, in nanoseconds since 1970."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > _LAST_NANO:
            raise Fault("The moment is out of range")

    @property
    def moment(self) -> datetime:
        """Return the moment in UTC, to the microsecond, without a zone."""
        return EPOCH + timedelta(microseconds=self.nanos // 1_000)


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A java.util.Date: milliseconds since 1970."""

    millis: int

    @property
    def moment(self) -> datetime:
        """Return the moment in UTC, without a zone."""
        try:
            return EPOCH + timedelta(milliseconds=self.millis)
        except OverflowError:
            raise Fault("The date is out of range") from None
