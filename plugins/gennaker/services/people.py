"""The roles of somebody who is known by name only: who started a run, long after the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from airflow.configuration import conf
from sqlalchemy import func, select
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Person:
    """
    A user of the auth manager.

    :ivar roles: names of roles and groups.
    """

    roles: frozenset[str]
    admin: bool


def find(name: str, *, session: Session) -> Person | None:
    """
    Return a user, or None where that cannot be told.

    FAB and the SimpleAuthManager can be asked. Nobody is known to others; nor is a user of the operating
    system who used Airflow's command line.
    """
    if not name:
        return None
    manager: Any = conf.getimport("core", "auth_manager")
    families = {parent.__name__ for parent in manager.__mro__}
    if "FabAuthManager" in families:
        return _in_fab(name, session=session)
    if "SimpleAuthManager" in families:
        return _in_simple(name, manager.get_users)
    return None


def _in_fab(name: str, *, session: Session) -> Person | None:
    from airflow.providers.fab.auth_manager.models import User

    query = select(User).where(func.lower(User.username) == name.lower())
    user: Any = session.scalars(query).unique().one_or_none()
    if user is None:
        return None
    groups = list(user.groups)
    # A group may have any name; only the role of that name is FAB's administrator.
    roles = _names([*user.roles, *(role for group in groups for role in group.roles)])
    return Person(roles | _names(groups), admin="Admin" in roles)


def _in_simple(name: str, users: Callable[[], Iterable[Any]]) -> Person | None:
    if conf.getboolean("core", "simple_auth_manager_all_admins"):
        return Person(frozenset({"admin"}), admin=True)
    role = next((str(user.role or "").lower() for user in users() if user.username == name), None)
    return None if role is None else Person(frozenset({role}), admin=role == "admin")


def _names(things: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(thing.name) for thing in things)
