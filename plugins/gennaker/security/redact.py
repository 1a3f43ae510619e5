"""
Masking of secrets in data that is about to be shown: XComs, API answers, logs.

The name of a key decides first, because that is what is known of a value: ``password`` hides whatever is
under it.  Names that only point at a secret (``secretName``, ``tokenUrl``) and Spinnaker's ``credentials``,
which is the name of an account, stay readable.  Texts are searched for what gives itself away: authorization
schemes, tokens of known shape, passwords inside URLs.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any

MASK = "***"

_DEEPEST = 64

# fmt: off
_SECRET_WORDS = frozenset(
    ["password", "passwd", "pwd", "passphrase", "secret", "secrets", "token", "tokens", "authorization",
     "cookie", "cookies", "signature", "apikey", "privatekey", "accesskey", "secretkey", "jwt", "otp"]
)
_SECRET_PAIRS = frozenset((kind, "key") for kind in ("api", "private", "access", "auth", "account"))
# A last word that says "this names or describes the secret".
_HARMLESS_ENDINGS = frozenset(
    ["name", "names", "ref", "refs", "url", "uri", "endpoint", "path", "file", "type", "kind", "id", "ids",
     "count", "length", "expiry", "expires", "ttl"]
)
# fmt: on
_SECRET_ANYWAY = frozenset({"secretid", "tokenid", "sessionid"})
_HARMLESS_NAMES = frozenset({"imagepullsecrets", "secretkeyref", "secretref"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Outputs and answers may be megabytes: no pattern may look at the same text from many beginnings. Hence the
# token that takes all it could begin with, and is masked only where the rest follows.
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}+(\.[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]*)?")
_TEXTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?i)\b(bearer|basic|token)(\s+)[A-Za-z0-9._~+/=-]{16,}"), rf"\1\2{MASK}"),
    (re.compile(r"(://[^\s/:@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (_JWT, lambda found: MASK if found[1] else found[0]),
    (
        re.compile(
            r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16})"
        ),
        MASK,
    ),
    (re.compile(r"(?i)([?&][\w.-]*(?:token|secret|password|signature|sig|api_?key)=)[^&#\s]+"), rf"\1{MASK}"),
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL),
        MASK,
    ),
)


def is_secret_name(name: str) -> bool:
    """Tell whether what is kept under this key, header or parameter is a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "".join(words)
    if joined in _HARMLESS_NAMES or not words:
        return False
    if joined in _SECRET_ANYWAY:
        return True
    if words[-1] in _HARMLESS_ENDINGS:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(itertools.pairwise(words))


def redact(data: Any) -> Any:
    """Return a copy of nested data with secrets replaced by ``***``; the data itself is left alone."""
    return _redact(data, depth=0)


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with the secret ones masked."""
    return {name: MASK if is_secret_name(name) else redact_text(value) for name, value in headers.items()}


def redact_text(text: str) -> str:
    """Mask what is recognisably a secret inside a text."""
    for pattern, replacement in _TEXTS:
        text = pattern.sub(replacement, text)
    return text


def _redact(data: Any, *, depth: int) -> Any:
    if depth > _DEEPEST:
        return MASK
    if isinstance(data, str):
        return redact_text(data)
    if isinstance(data, Mapping):
        return _redact_mapping(data, depth=depth)
    if isinstance(data, list | tuple | set | frozenset):
        return [_redact(item, depth=depth + 1) for item in data]
    return data


def _redact_mapping(data: Mapping[Any, Any], *, depth: int) -> dict[Any, Any]:
    kubernetes_secret = data.get("kind") == "Secret"
    return {
        key: _mask(value)
        if is_secret_name(str(key)) or (kubernetes_secret and key in ("data", "stringData"))
        else _redact(value, depth=depth + 1)
        for key, value in data.items()
    }


def _mask(value: Any) -> Any:
    """Hide a value but keep that it is absent, or that it is a switch: neither tells anything."""
    return value if value is None or isinstance(value, bool) or value in ("", [], {}) else MASK
