"""What a person may do with the pipelines of an application, by the roles that the application names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from gennaker.errors import Denied
from gennaker.services.actor import Actor
from gennaker.store.models import Application

Right = Literal["READ", "WRITE", "EXECUTE"]

_VERBS = {"READ": "see", "WRITE": "change", "EXECUTE": "run"}


def may(right: Right, application: Application, *, roles: Iterable[str], admin: bool = False) -> bool:
    """Tell whether one of the roles has a right; a right that names no role is open to everybody."""
    wanted = application.permissions.get(right) or ()
    return admin or not wanted or not set(wanted).isdisjoint(roles)


def require(right: Right, application: Application, actor: Actor) -> None:
    """Refuse an actor without a right."""
    if not may(right, application, roles=actor.roles, admin=actor.admin):
        wanted = ", ".join(application.permissions[right])
        raise Denied(
            f"{actor.name} may not {_VERBS[right]} pipelines of application '{application.name}'",
            hint=f"it asks for one of the roles: {wanted}",
        )
