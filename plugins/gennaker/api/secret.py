"""The secret that signs what workers ask, as the API server finds it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from threading import Lock

from gennaker.errors import Temporary

_KEEP_SECONDS = 60.0
# After a refused signature the secret is read again, since it may have changed; not more often than this.
_REREAD_SECONDS = 2.0


def read_connection_password(connection_id: str) -> str:
    """Return the password of a connection, from the secrets backends or the metadata database."""
    from airflow.models.connection import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            connection = Connection.get_connection_from_secrets(connection_id)
    except AirflowNotFoundException:
        return ""
    return connection.password or ""


class InternalSecret:
    """Read the secret of a connection and keep it for a minute."""

    def __init__(
        self,
        connection_id: str,
        *,
        read: Callable[[str], str] = read_connection_password,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection_id = connection_id
        self._read = read
        self._monotonic = monotonic
        self._lock = Lock()
        self._value = ""
        self._read_at: float | None = None

    def get(self) -> str:
        """Return the secret, at most a minute old."""
        return self._get(_KEEP_SECONDS)

    def refreshed(self) -> str:
        """Return the secret as it is now."""
        return self._get(_REREAD_SECONDS)

    def _get(self, max_age: float) -> str:
        with self._lock:
            now = self._monotonic()
            if not self._value or self._read_at is None or now - self._read_at > max_age:
                self._value = self._read(self._connection_id)
                self._read_at = now
            if not self._value:
                raise Temporary(
                    f"the Airflow connection '{self._connection_id}' has no password",
                    hint="run 'airflow gennaker init'",
                )
            return self._value
