"""Open FAB's security manager outside of the API server, as `airflow users` does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from airflow.providers_manager import ProvidersManager


@contextmanager
def open_security_manager() -> Iterator[Any]:
    """Yield the security manager inside the application context that it needs."""
    # FAB's own options have their defaults in its provider info.
    manager: Any = ProvidersManager
    manager().initialize_providers_configuration()

    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        yield builder.sm


def uses_fab() -> bool:
    """Tell whether the auth manager is FAB's, or one made from it."""
    from airflow.configuration import conf
    from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager

    manager = conf.getimport("core", "auth_manager")
    return isinstance(manager, type) and issubclass(manager, FabAuthManager)
