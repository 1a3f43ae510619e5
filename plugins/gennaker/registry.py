"""
Find the members of a room: the classes that each module of a package defines.

A room (``stages``, ``triggers``, ``notifications``) needs no list of its members. Dropping a module into
it, or installing a package with the room's entry point, adds one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points as installed
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def load(package: str, base: type[T], entry_points: str | None = None) -> dict[str, type[T]]:
    """
    Return every class below ``base`` that has a ``KIND`` of its own, by kind.

    :param package: dotted name of the room; each of its modules is imported.
    :param entry_points: group whose entry points name further modules, or classes.
    """
    found: dict[str, type[T]] = {}
    for member in _members(package, base, entry_points):
        kind = str(vars(member)["KIND"])
        other = found.setdefault(kind, member)
        if other is not member:
            raise TypeError(f"two classes have KIND {kind!r}: {_full_name(other)} and {_full_name(member)}")
    return found


def _members(package: str, base: type[T], group: str | None) -> Iterator[type[T]]:
    added = (point.load() for point in installed(group=group)) if group else ()
    for source in (*_modules(package), *added):
        for value in vars(source).values() if isinstance(source, ModuleType) else (source,):
            if isinstance(value, type) and issubclass(value, base) and "KIND" in vars(value):
                yield value


def _modules(package: str) -> Iterator[ModuleType]:
    room = importlib.import_module(package)
    for module in pkgutil.iter_modules(room.__path__, prefix=f"{package}."):
        yield importlib.import_module(module.name)


def _full_name(member: type) -> str:
    return f"{member.__module__}.{member.__qualname__}"
