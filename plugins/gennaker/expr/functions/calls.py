"""Call the services that the rooms above provide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gennaker.errors import GennakerError
from gennaker.expr.faults import Fault

T = TypeVar("T")


def ask(name: str, service: Callable[..., T], *arguments: Any) -> T:
    """
    Call a service; its failure is the expression's, except for a passing fault.

    A fault that may pass (``Temporary``) goes on to the caller, which can try the whole stage again,
    instead of letting it run with the literal text.
    """
    try:
        return service(*arguments)
    except GennakerError as error:
        if error.retryable:
            raise
        raise Fault(f"{name} failed: {error}") from error
    except Exception as error:
        raise Fault(f"{name} failed: {error}") from error
