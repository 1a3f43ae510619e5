"""
Register which methods, constants and types an expression may reach: everything else does not exist.

A method is a Python function ``(scope, target, *arguments)``; its Python signature is its Java arity::

    @STRING.method("substring")
    def substring(scope: Scope, text: str, start: Any, end: Any = None) -> str: ...

No name from an expression is ever looked up on a Python object; it is only a key of the tables here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, TypeVar

from gennaker.expr.faults import DeniedFault, Fault, LimitFault, did_you_mean
from gennaker.expr.scope import Scope

F = TypeVar("F", bound=Callable[..., Any])
_VARARGS = 0x04


@dataclass(frozen=True, slots=True)
class Handler:
    """A function and how many arguments an expression may give it."""

    name: str
    function: Callable[..., Any]
    least: int
    most: int | None

    @classmethod
    def of(cls, name: str, function: Callable[..., Any], leading: int) -> Handler:
        """Read the arity from the function itself; its first `leading` parameters are not the author's."""
        assert isinstance(function, FunctionType)  # noqa: S101 - the tables are filled by decorators only
        most = function.__code__.co_argcount - leading
        least = most - len(function.__defaults__ or ())
        return cls(name, function, least, None if function.__code__.co_flags & _VARARGS else most)

    def __call__(self, *leading: Any, arguments: list[Any]) -> Any:
        """Run the function; whatever goes wrong in it becomes an expression error."""
        if len(arguments) < self.least or (self.most is not None and len(arguments) > self.most):
            raise Fault(f"{self.name}() takes {self._arity()}, not {len(arguments)}")
        try:
            return self.function(*leading, *arguments)
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise Fault(f"{self.name}() failed: {_plain_message(error)}") from error
        except (MemoryError, RecursionError):
            raise LimitFault(f"{self.name}() needs too much memory") from None

    def _arity(self) -> str:
        if self.most is None:
            return f"{self.least} or more arguments"
        count = str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
        return f"{count} argument{'' if count == '1' else 's'}"


def _plain_message(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


class Members:
    """The methods of one kind of value, and those it inherits."""

    def __init__(self, name: str, parent: Members | None = None) -> None:
        self.name = name
        self._parent = parent
        self._methods: dict[str, Handler] = {}

    def method(self, *names: str) -> Callable[[F], F]:
        """Register a function as the method of these names."""

        def register(function: F) -> F:
            for name in names:
                self._methods[name] = Handler.of(name, function, leading=2)
            return function

        return register

    def find(self, name: str) -> Handler | None:
        """Return a method, own or inherited."""
        return self._methods.get(name) or (self._parent.find(name) if self._parent else None)

    def names(self) -> list[str]:
        """Return every method's name."""
        return sorted({*self._methods, *(self._parent.names() if self._parent else ())})

    def getter(self, name: str) -> Handler | None:
        """Return the method that a bean property stands for: ``getName`` or ``isName``, without arguments."""
        for prefix in ("get", "is"):
            handler = self.find(f"{prefix}{name[:1].upper()}{name[1:]}")
            if handler is not None and handler.least == 0:
                return handler
        return None


OBJECT = Members("Object")
STRING = Members("String", OBJECT)
STATUS = Members("ExecutionStatus", STRING)
BOOLEAN = Members("Boolean", OBJECT)
NUMBER = Members("Number", OBJECT)
LIST = Members("List", OBJECT)
MAP = Members("Map", OBJECT)
ENTRY = Members("Map.Entry", OBJECT)
ENUM = Members("Enum", OBJECT)
BEAN = Members("bean", OBJECT)


class JavaType:
    """A Java class that ``T(...)`` and ``new`` may name."""

    def __init__(self, name: str, *, holds: Callable[[Any], bool] | None = None) -> None:
        self.name = name
        self.simple = name.rpartition(".")[2]
        self.holds = holds or (lambda value: False)
        self.constants: dict[str, Any] = {}
        self.constructor: Handler | None = None
        self._statics: dict[str, Handler] = {}
        TYPES[name] = self
        if name.startswith("java.lang."):
            TYPES[self.simple] = self

    def static(self, *names: str) -> Callable[[F], F]:
        """Register a function ``(scope, *arguments)`` as a static method."""

        def register(function: F) -> F:
            for name in names:
                self._statics[name] = Handler.of(f"{self.simple}.{name}", function, leading=1)
            return function

        return register

    def construct(self, function: F) -> F:
        """Register a function ``(scope, *arguments)`` as the constructor."""
        self.constructor = Handler.of(f"new {self.simple}", function, leading=1)
        return function

    def find(self, name: str) -> Handler:
        """Return a static method, or refuse."""
        handler = self._statics.get(name)
        if handler is None:
            raise DeniedFault(
                f"{self.simple} has no static method {name}()", hint=did_you_mean(name, sorted(self._statics))
            )
        return handler

    def constant(self, name: str) -> Any:
        """Return a constant, or refuse."""
        if name not in self.constants:
            raise DeniedFault(
                f"{self.simple} has no constant {name}", hint=did_you_mean(name, sorted(self.constants))
            )
        return self.constants[name]


TYPES: dict[str, JavaType] = {}
_BY_TYPE: dict[type, Members] = {}


def members_for(*kinds: type) -> Callable[[Members], Members]:
    """Declare which Python types carry these members."""

    def register(members: Members) -> Members:
        for kind in kinds:
            _BY_TYPE[kind] = members
        return members

    return register


def members_of(value: Any) -> Members | None:
    """Return the members of a value, or None for null and for what is no Java value."""
    found = _BY_TYPE.get(type(value))
    if found is not None:
        return found
    return next((members for test, members in _FALLBACKS if test(value)), None)


def method_names() -> frozenset[str]:
    """Return the name of every method that some kind of value has."""
    return frozenset(name for members in _BY_TYPE.values() for name in members.names())


_FALLBACKS: list[tuple[Callable[[Any], bool], Members]] = []


def members_where(test: Callable[[Any], bool], members: Members) -> None:
    """Declare the members of values that only a test can recognise."""
    _FALLBACKS.append((test, members))


def find_type(name: str) -> JavaType:
    """Return an allowed type, by its short name for java.lang or else by its full one."""
    found = TYPES.get(name)
    if found is None:
        known = sorted({kind.name for kind in TYPES.values()})
        raise DeniedFault(f"The type {name[:80]} is not allowed", hint=_type_hint(name, known))
    return found


def _type_hint(name: str, known: list[str]) -> str | None:
    for full in known:
        if full.rpartition(".")[2] == name:
            return f"write {full}"
    return did_you_mean(name, known)


def call_method(scope: Scope, target: Any, name: str, arguments: list[Any]) -> Any:
    """Call a method of a value, if the tables have it."""
    if isinstance(target, JavaType):
        return target.find(name)(scope, arguments=arguments)
    members = members_of(target)
    handler = members.find(name) if members else None
    if members is None or handler is None:
        kind = members.name if members else "This value"
        hint = did_you_mean(name, members.names()) if members else None
        raise DeniedFault(f"{kind} has no method {name[:80]}()", hint=hint)
    return handler(scope, target, arguments=arguments)
