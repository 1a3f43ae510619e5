"""Offer java.util.Random, with Java's own sequence for a seed, and java.util.UUID."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Any

from gennaker.expr.convert import to_int, to_long, to_text
from gennaker.expr.faults import Fault
from gennaker.expr.members import OBJECT, JavaType, Members, members_for
from gennaker.expr.operators import ordered
from gennaker.expr.scope import Scope
from gennaker.expr.text import writes
from gennaker.expr.values import Long, is_list, wrap_int, wrap_long


class JavaRandom:
    """The linear congruential generator that java.util.Random specifies."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ 0x5DEECE66D) & (2**48 - 1)

    def bits(self, count: int) -> int:
        """Return the next `count` bits as a signed number."""
        self._state = (self._state * 0x5DEECE66D + 0xB) & (2**48 - 1)
        return wrap_int(self._state >> (48 - count))

    def below(self, bound: int) -> int:
        """Return a number from 0 to `bound`, without it."""
        if bound <= 0:
            raise Fault("bound must be positive")
        if bound & -bound == bound:
            return (bound * self.bits(31)) >> 31
        while True:
            drawn = self.bits(31)
            value = drawn % bound
            if drawn - value + (bound - 1) < 2**31:
                return value

    def double(self) -> float:
        """Return a number from 0 to 1."""
        return ((self.bits(26) << 27) + self.bits(27)) * 2.0**-53


RANDOM = JavaType("java.util.Random", holds=lambda value: isinstance(value, JavaRandom))
_RANDOM = members_for(JavaRandom)(Members("Random", OBJECT))


@RANDOM.construct
def _new_random(scope: Scope, seed: Any = None) -> JavaRandom:
    return JavaRandom(secrets.randbits(48) if seed is None else to_long(seed))


@_RANDOM.method("nextInt")
def _next_int(scope: Scope, random: JavaRandom, low: Any = None, high: Any = None) -> int:
    if low is None:
        return random.bits(32)
    if high is None:
        return random.below(to_int(low))
    start, end = to_int(low), to_int(high)
    if start >= end:
        raise Fault("bound must be greater than origin")
    return start + random.below(end - start)


@_RANDOM.method("nextLong")
def _next_long(scope: Scope, random: JavaRandom) -> Long:
    return wrap_long((random.bits(32) << 32) + random.bits(32))


@_RANDOM.method("nextDouble")
def _next_double(scope: Scope, random: JavaRandom) -> float:
    return random.double()


@_RANDOM.method("nextFloat")
def _next_float(scope: Scope, random: JavaRandom) -> float:
    return random.bits(24) / 2.0**24


@_RANDOM.method("nextBoolean")
def _next_boolean(scope: Scope, random: JavaRandom) -> bool:
    return random.bits(1) != 0


UUID = JavaType("java.util.UUID", holds=lambda value: isinstance(value, uuid.UUID))
_UUID = members_for(uuid.UUID)(Members("UUID", OBJECT))
writes(uuid.UUID)(str)
ordered(uuid.UUID)


@UUID.construct
def _new_uuid(scope: Scope, most: Any, least: Any) -> uuid.UUID:
    return uuid.UUID(int=(to_long(most) % 2**64 << 64) + to_long(least) % 2**64)


@UUID.static("randomUUID")
def _random_uuid(scope: Scope) -> uuid.UUID:
    return uuid.uuid4()


@UUID.static("fromString")
def _uuid_from_string(scope: Scope, text: Any) -> uuid.UUID:
    source = to_text(text, scope.budget)
    if source.count("-") != 4:
        raise Fault(f"Invalid UUID string: {source[:60]}")
    return uuid.UUID(source)


@UUID.static("nameUUIDFromBytes")
def _uuid_from_name(scope: Scope, data: Any) -> uuid.UUID:
    if not is_list(data):
        raise Fault("nameUUIDFromBytes() needs bytes")
    digest = hashlib.md5(bytes(item % 256 for item in data), usedforsecurity=False).digest()
    return uuid.UUID(bytes=digest, version=3)


@_UUID.method("version")
def _version(scope: Scope, value: uuid.UUID) -> int:
    return value.version or 0


@_UUID.method("getMostSignificantBits")
def _most_significant_bits(scope: Scope, value: uuid.UUID) -> Long:
    return wrap_long(value.int >> 64)


@_UUID.method("getLeastSignificantBits")
def _least_significant_bits(scope: Scope, value: uuid.UUID) -> Long:
    return wrap_long(value.int)
