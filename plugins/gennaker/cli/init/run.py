"""Put the steps of ``airflow gennaker init`` together; running it twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from gennaker.cli.init import checks
from gennaker.settings import from_airflow


def initialize(*, report: Callable[[str], None]) -> list[str]:
    """Create what is missing, say what to change, and return the settings that must be changed."""
    from gennaker.cli.init.connection import ensure_connection
    from gennaker.cli.init.security import open_security_manager, uses_fab

    settings = from_airflow()
    created = ensure_connection(settings.internal_connection_id)
    report(f"connection {settings.internal_connection_id}: {'created' if created else 'there already'}")
    if uses_fab():
        from gennaker.api.roles import ensure_roles

        with open_security_manager() as security:
            changed = ensure_roles(security)
        report(f"roles: {', '.join(changed) + ' created or completed' if changed else 'there already'}")
    else:
        report("roles: none made, since the auth manager is not FAB's; Gennaker asks it about each DAG")
    wrong = checks.problems(settings)
    for line in wrong:
        report(f"change: {line}")
    for line in checks.advice(settings):
        report(f"advice: {line}")
    return wrong
