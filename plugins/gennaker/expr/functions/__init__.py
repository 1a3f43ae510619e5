"""
Offer the helper functions, ``#name(...)``.

A decorated function adds one: ``(scope, *arguments)``, where its Python signature is its arity. Every
module in this folder is loaded when the first expression is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from gennaker.expr.faults import DeniedFault, did_you_mean
from gennaker.expr.members import Handler
from gennaker.expr.scope import Scope

F = TypeVar("F", bound=Callable[..., Any])

_FUNCTIONS: dict[str, Handler] = {}


def function(*names: str) -> Callable[[F], F]:
    """Register a helper function under these names."""

    def register(implementation: F) -> F:
        for name in names:
            _FUNCTIONS[name] = Handler.of(f"#{name}", implementation, leading=1)
        return implementation

    return register


@cache
def _load() -> dict[str, Handler]:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return _FUNCTIONS


def function_names() -> frozenset[str]:
    """Return every helper function's name."""
    return frozenset(_load())


def call_function(scope: Scope, name: str, arguments: list[Any]) -> Any:
    """Call a helper function."""
    handler = _load().get(name)
    if handler is None:
        raise DeniedFault(f"There is no function #{name[:80]}()", hint=did_you_mean(name, sorted(_FUNCTIONS)))
    return handler(scope, arguments=arguments)
