"""Who does something, and through which door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``ui`` is the console; everything that a machine calls is not.
Door = Literal["ui", "api", "cli", "git"]


@dataclass(frozen=True)
class Actor:
    """
    A person or a program, already authenticated.

    :ivar roles: names of roles and groups, as the auth manager told; applications give permissions to them.
    :ivar admin: may do everything, whatever an application's permissions say.
    """

    name: str
    source: Door
    roles: frozenset[str] = frozenset()
    admin: bool = False
