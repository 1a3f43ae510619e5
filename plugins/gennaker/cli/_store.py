"""What the commands that change the store have in common: who acts."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gennaker.services.actor import Actor, Door


def actor(door: Door) -> Actor:
    """Return whoever runs the command: who reaches the database may do everything."""
    from gennaker.services.actor import Actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"  # a container may run under a number without a name
    return Actor(name=name, source=door, admin=True)
