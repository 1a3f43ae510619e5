"""The publish sequence: one number for every change of what Airflow sees, in the order of the commits."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gennaker.store.models import Counter, Publication

_NAME = "publication"


def draw(*, session: Session) -> int:
    """
    Return the next number.

    The row stays locked until the transaction ends, so a greater number is never committed before a smaller
    one: a reader who has seen version V has seen everything up to V. Draw it late, everybody else waits.
    """
    raised = update(Counter).where(Counter.name == _NAME).values(value=Counter.value + 1)
    if session.execute(raised).rowcount == 0:  # type: ignore[attr-defined]
        _create(session)
        session.execute(raised)
    return session.scalars(select(Counter.value).where(Counter.name == _NAME)).one()


def current(*, session: Session) -> int:
    """Return the newest number that was committed; 0 before the first."""
    return session.scalar(select(func.max(Publication.sequence))) or 0


def _create(session: Session) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(Counter).values(name=_NAME, value=current(session=session)))
    except IntegrityError:
        pass  # somebody else was first
