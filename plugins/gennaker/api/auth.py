"""
Who asks, and through which door.

The auth managers of Airflow have no common notion of roles or groups, so :func:`user_groups` is the one place
that knows theirs: FAB's roles and groups, the role of the SimpleAuthManager, nothing for any other.
"""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends, Request
from sqlalchemy import select

from gennaker.services.actor import Actor, Door

#: The roles that may do everything: FAB's, and the SimpleAuthManager's.
_FAB_ADMIN, _SIMPLE_ADMIN = "Admin", "admin"
_FAB_MODELS = "airflow.providers.fab."


def user_groups(user: BaseUser) -> frozenset[str]:
    """Return the names of a user's roles and groups, and of the roles of the groups."""
    return _roles(user) | _fab_groups(user)


def is_admin(user: BaseUser) -> bool:
    """Tell whether a user may do everything, whatever an application's permissions say."""
    return (_SIMPLE_ADMIN if isinstance(user, SimpleAuthManagerUser) else _FAB_ADMIN) in _roles(user)


def door_of(request: Request) -> Door:
    """
    Return how a request came in: a bearer token is a program, everything else (the UI's cookie) the UI.

    This follows the order in which Airflow itself takes credentials. It is governance and no border of
    security: who can copy a cookie can ask for a token.
    """
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    return "api" if scheme.lower() == "bearer" and credentials else "ui"


def actor_of(request: Request, user: GetUserDep) -> Actor:
    """Return who sent a request."""
    return Actor(
        name=str(user.get_name()),
        source=door_of(request),
        roles=user_groups(user),
        admin=is_admin(user),
    )


ActorDep = Annotated[Actor, Depends(actor_of)]


def _roles(user: BaseUser) -> frozenset[str]:
    if isinstance(user, SimpleAuthManagerUser):
        return frozenset({user.role.lower()}) if user.role else frozenset()
    roles = getattr(user, "roles", None)
    if not isinstance(roles, list | tuple | set | frozenset):
        return frozenset()
    return frozenset(str(role.name) for role in roles if getattr(role, "name", None))


def _fab_groups(user: BaseUser) -> frozenset[str]:
    """Return the groups of a user of FAB, whose object was read by a session that is gone."""
    uid = getattr(user, "id", None)
    if not type(user).__module__.startswith(_FAB_MODELS) or not isinstance(uid, int):
        return frozenset()
    from airflow.providers.fab.auth_manager.models import Group, Role, User
    from airflow.utils.session import create_session

    groups = select(Group.name).where(Group.users.any(User.id == uid))
    roles = select(Role.name).where(Role.groups.any(Group.users.any(User.id == uid)))
    with create_session(scoped=False) as session:
        return frozenset(session.scalars(groups.union(roles)))
