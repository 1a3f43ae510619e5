"""Execution windows: when a stage may start."""

from __future__ import annotations

from pydantic import Field

from gennaker.spec.base import SpecModel
from gennaker.spec.types import ExprBool, ExprInt, ExprStr, Items


class TimeRange(SpecModel):
    """A stretch of a day; one that ends before it starts runs over midnight."""

    start_hour: ExprInt = Field(default=0, description="0 to 23.")
    start_min: ExprInt = Field(default=0, description="0 to 59.")
    end_hour: ExprInt = Field(default=0, description="0 to 24.")
    end_min: ExprInt = Field(default=0, description="0 to 59.")


class Jitter(SpecModel):
    """A random delay, so that many pipelines do not start at the same second."""

    enabled: ExprBool | None = Field(default=None, description="Wait a random time.")
    min_delay: ExprInt | None = Field(default=None, description="At least this many seconds.")
    max_delay: ExprInt | None = Field(default=None, description="At most this many seconds.")
    skip_manual: ExprBool | None = Field(default=None, description="Not for runs that a person started.")


class ExecutionWindow(SpecModel):
    """The days and hours in which a stage may start."""

    days: Items[ExprInt] = Field(default=(), description="1 (Sunday) to 7 (Saturday); none means every day.")
    whitelist: Items[TimeRange] = Field(default=(), description="Hours; none means the whole day.")
    jitter: Jitter | None = Field(default=None, description="A random delay on top.")
    timezone: ExprStr | None = Field(default=None, description="IANA name; absent: the configured one.")
