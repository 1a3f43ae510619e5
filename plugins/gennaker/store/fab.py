"""
What the FAB auth manager has to know before Airflow stores a DAG.

Airflow makes the permissions of each DAG one by one, each in a transaction: 50 ms for one DAG, and for a
thousand longer than everything else together. Those that are there already it only looks up.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gennaker.settings import uses_fab

__all__ = ["ensure_permissions", "role_names", "uses_fab"]


def role_names(*, session: Session) -> frozenset[str]:
    """Return the names of all roles."""
    from airflow.providers.fab.auth_manager.models import Role

    return frozenset(session.scalars(select(Role.name)))


def ensure_permissions(dag_ids: Collection[str], *, session: Session) -> None:
    """Make the permissions that DAGs lack, in a few statements; no role is given any."""
    try:
        with session.begin_nested():
            _add_missing(dag_ids, session)
    except IntegrityError:
        pass  # somebody else makes them now, and Airflow looks itself


def _add_missing(dag_ids: Collection[str], session: Session) -> None:
    from airflow.providers.fab.auth_manager.models import Action, Permission, Resource
    from airflow.providers.fab.www.security import permissions

    wanted = {
        permissions.resource_name(dag_id, kind): details["actions"]
        for dag_id in dag_ids
        for kind, details in permissions.RESOURCE_DETAILS_MAP.items()
    }
    named = select(Resource).where(Resource.name.in_(wanted))
    resources = {resource.name: resource for resource in session.scalars(named)}
    missing = [Resource(name=name) for name in sorted(wanted.keys() - resources.keys())]
    actions = {action.name: action.id for action in session.scalars(select(Action))}
    session.add_all(missing)
    session.flush()
    resources |= {resource.name: resource for resource in missing}
    held = (
        select(Permission.resource_id, Permission.action_id).join(Resource).where(Resource.name.in_(wanted))
    )
    known = {(resource, action) for resource, action in session.execute(held)}
    session.add_all(
        Permission(resource_id=resources[name].id, action_id=actions[action])
        for name, kinds in sorted(wanted.items())
        for action in sorted(kinds & actions.keys())
        if (resources[name].id, actions[action]) not in known
    )
