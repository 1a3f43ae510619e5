"""
The three roles of Gennaker for FAB: who sees pipelines, who runs them, who changes them.

Airflow asks twice on most routes: for the right on the sub-entity (a run, a task instance, a judgment) *and*
for edit on the DAG itself. So a Deployer has edit on DAGs, but only read on ``Gennaker Pipelines``: it runs,
answers and clears, it does not change a pipeline.
"""

from __future__ import annotations

from typing import Any

PIPELINES = "Gennaker Pipelines"

Permission = tuple[str, str]

_MENU = "menu_access"
#: PostgreSQL takes it as milliseconds.
_WAIT = 120_000


def _grant(action: str, *resources: str) -> list[Permission]:
    return [(f"can_{action}", resource) for resource in resources]


def role_permissions() -> dict[str, list[Permission]]:
    """Return the permissions of each role, built on FAB's own Viewer."""
    from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride

    viewer: list[Permission] = [
        *FabAirflowSecurityManagerOverride.VIEWER_PERMISSIONS,
        # Airflow's UI reads the list of plugins before it shows a page of one: without it ours are a 404.
        *_grant("read", PIPELINES, "Plugins"),
        (_MENU, PIPELINES),
    ]
    deployer = [
        *viewer,
        *_grant("edit", "DAGs", "DAG Runs", "Task Instances", "HITL Detail"),
        *_grant("create", "DAG Runs", "Task Instances"),
        (_MENU, "HITL Detail"),
    ]
    admin = [
        *deployer,
        *_grant("create", PIPELINES, "Assets", "XComs", "Backfills"),
        *_grant("edit", PIPELINES, "Assets", "XComs", "Backfills"),
        *_grant("delete", PIPELINES, "DAGs", "DAG Runs", "Task Instances", "Assets", "XComs", "Backfills"),
        *_grant("read", "Connections", "Variables", "Configurations", "Providers", "Audit Logs"),
        *((_MENU, menu) for menu in ("Admin", "Connections", "Variables", "Pools", "Plugins", "XComs")),
        (_MENU, "Audit Logs"),
    ]
    return {"Viewer": viewer, "Deployer": deployer, "Pipeline Admin": admin}


def register() -> list[str]:
    """
    Create the rights and the roles when the API server starts for the first time.

    Later starts change nothing, so that what an administrator has taken away stays away; ``airflow gennaker
    init`` completes the roles again. Of several servers that start at once, one does it and the others wait.
    """
    from airflow.utils.db import DBLocks, create_global_lock
    from airflow.utils.session import create_session

    if _are_there():
        return []
    # FAB commits at every step, so what holds the lock is a session of its own.
    with (
        create_session(scoped=False) as guard,
        create_global_lock(session=guard, lock=DBLocks.MIGRATIONS, lock_timeout=_WAIT),
    ):
        return [] if _are_there() else _create()


def _are_there() -> bool:
    from airflow.providers.fab.www.security_appless import ApplessAirflowSecurityManager
    from airflow.utils.session import create_session

    with create_session(scoped=False) as session:
        security = ApplessAirflowSecurityManager(session=session)
        return security.get_resource(PIPELINES) is not None


def _create() -> list[str]:
    from airflow.providers.fab.www.security_appless import ApplessAirflowSecurityManager
    from airflow.utils.session import create_session

    with create_session(scoped=False) as session:
        security = ApplessAirflowSecurityManager(session=session)
        changed = ensure_roles(security)
        security.update_admin_permission()
        return changed


def uses_fab() -> bool:
    """Tell whether the auth manager that is at work is FAB's, or one made from it."""
    from airflow.api_fastapi.app import get_auth_manager

    classes = type(get_auth_manager()).__mro__
    return any(c.__module__.startswith("airflow.providers.fab.") for c in classes)


def ensure_roles(security: Any) -> list[str]:
    """Create the roles, or give them what they lack; never take away what an administrator added."""
    changed = []
    for name, permissions in role_permissions().items():
        role = security.find_role(name) or security.add_role(name)
        held = {(p.action.name, p.resource.name) for p in role.permissions if p.action and p.resource}
        missing = [permission for permission in dict.fromkeys(permissions) if permission not in held]
        for action, resource in missing:
            security.add_permission_to_role(role, security.create_permission(action, resource))
        if missing:
            changed.append(name)
    return changed
