"""
Signed requests from workers to the API server.

A worker knows no user and its task token never leaves the supervisor, so it signs with the password of the
Airflow connection ``gennaker_internal``: HMAC-SHA256 over method, path, query, time and the hash of the body.
The path is the one inside the mounted application (``/internal/v1/…``), so that a reverse proxy may add or
strip prefixes.  There is no nonce: a recorded request may be played again within the allowed clock skew, and
everything that is reachable by signature does the same thing when asked twice.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode

from gennaker.errors import Denied

TIMESTAMP_HEADER = "X-Gennaker-Timestamp"
SIGNATURE_HEADER = "X-Gennaker-Signature"

_SCHEME = "v1"
_SHORTEST_SECRET = 16

# One text for every reason: whoever guesses must not learn which part was right.
_REFUSED = "the request is not signed by this deployment"


def sign(secret: str, method: str, path: str, body: bytes, now: float) -> dict[str, str]:
    """
    Return the headers that sign a request.

    :param path: path inside the application with its query, encoded or not.
    :param now: seconds since the epoch.
    """
    timestamp = str(int(now))
    return {
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: f"{_SCHEME}={_digest(secret, method, path, body, timestamp)}",
    }


def verify(
    secret: str,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    now: float,
    max_skew: float,
) -> None:
    """
    Refuse a request that is not signed with this secret, or not about now.

    :param headers: the request's headers, in a mapping that ignores case or in lower case.
    :param max_skew: seconds that the signer's clock may be away from ours.
    :raises Denied: always with the same text.
    """
    timestamp = _header(headers, TIMESTAMP_HEADER)
    expected = f"{_SCHEME}={_digest(secret, method, path, body, timestamp)}"
    given = _header(headers, SIGNATURE_HEADER)
    genuine = hmac.compare_digest(expected.encode(), given.encode())
    if not (genuine and _is_about_now(timestamp, now, max_skew)):
        raise Denied(_REFUSED)


def _digest(secret: str, method: str, path: str, body: bytes, timestamp: str) -> str:
    if len(secret) < _SHORTEST_SECRET:
        raise Denied(
            f"the signing secret is shorter than {_SHORTEST_SECRET} characters",
            hint="run 'airflow gennaker init', or give the connection 'gennaker_internal' a longer password",
        )
    content = hashlib.sha256(body).hexdigest()
    text = "\n".join((_SCHEME, method.upper(), _canonical(path), timestamp, content))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _canonical(path: str) -> str:
    """Spell a path one way: clients, proxies and servers encode `:` or `+` differently."""
    bare, _, query = path.partition("?")
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return f"{quote(unquote(bare), safe='/')}?{urlencode(pairs)}"


def _header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name) or headers.get(name.lower()) or ""


def _is_about_now(timestamp: str, now: float, max_skew: float) -> bool:
    return timestamp.isascii() and timestamp.isdigit() and abs(now - int(timestamp)) <= max_skew
