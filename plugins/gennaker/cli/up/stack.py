"""
A whole Airflow in one folder: embedded PostgreSQL, api-server, scheduler, dag-processor and triggerer.

``make run`` shows one to a newcomer, the end-to-end tests run against one. Starting it again in the same
folder takes seconds, because the database, the users and the keys are still there.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import gennaker
from gennaker.cli.up import environment, health, ports, users
from gennaker.cli.up.api import AirflowApi
from gennaker.cli.up.postgres import EmbeddedPostgres
from gennaker.cli.up.processes import Processes

Report = Callable[[str], None]

_COMMANDS = {
    "api-server": ("airflow", "api-server"),
    # Their logs are read from the disk; a log server would listen on every address.
    "scheduler": ("airflow", "scheduler", "--skip-serve-logs"),
    "dag-processor": ("airflow", "dag-processor"),
    "triggerer": ("airflow", "triggerer", "--skip-serve-logs"),
}
_WORKER = ("airflow", "celery", "worker", "--skip-serve-logs", "--concurrency", "2")


class Stack:
    """
    A running Airflow; use it as a context manager.

    :param managed: pipelines are kept in the database (`specs` is not needed then), not in a folder.
    :param executor: where it is the ``CeleryExecutor``, a worker is started too; ``extra`` names its broker.
    """

    def __init__(
        self,
        home: Path,
        *,
        dags: Path,
        plugins: Path | None = None,
        specs: Path | None = None,
        managed: bool = False,
        extra: Mapping[tuple[str, str], str] | None = None,
        executor: str = "LocalExecutor",
        api_workers: int = 1,
        port: int | None = None,
        durable: bool = True,
        report: Report = lambda line: None,
    ) -> None:
        self.home = environment.Home(
            home.resolve(),
            dags=dags.resolve(),
            plugins=(plugins or Path(gennaker.__file__).parents[1]).resolve(),
            specs=specs.resolve() if specs else None,
            managed=managed,
            extra=extra or {},
        )
        self.executor = executor
        self.api_workers = api_workers
        self.port = port
        self.base_url = ""
        self.database_url = ""
        self.logins: dict[str, users.Login] = {}
        self.processes = Processes(self.home.run, environment.child_environment(self.home))
        self.database = EmbeddedPostgres(self.home.database, durable=durable)
        self._report = report

    def __enter__(self) -> Self:
        """Start everything; what was started is ended when a later step fails."""
        self.home.create()
        self.processes.claim()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything."""
        self.stop()

    def stop(self) -> None:
        """End the processes, then the database that they use."""
        self.processes.stop(last="api-server")
        self.database.stop()

    def start_worker(self) -> None:
        """Start a Celery worker, for an Airflow that has the CeleryExecutor."""
        self.processes.start("worker", _WORKER)

    def api(self, user: str = "admin") -> AirflowApi:
        """Return the REST API as one of the users."""
        return AirflowApi(self.base_url, username=user, password=self.logins[user].password)

    def _start(self) -> None:
        self._report("database")
        self.database_url = self.database.start()
        self.base_url = f"http://127.0.0.1:{ports.choose(self.port)}"
        options = environment.airflow_options(
            self.home,
            database=self.database_url,
            base_url=self.base_url,
            executor=self.executor,
            api_workers=self.api_workers,
        )
        environment.write_configuration(self.home, options)
        self._prepare_database()
        since = datetime.now(UTC)
        for name, command in _COMMANDS.items():
            self.processes.start(name, command)
        if self.executor == "CeleryExecutor":
            self.start_worker()
        self._report("processes; they become ready now")
        self._wait_healthy(since)

    def _prepare_database(self) -> None:
        """Migrate and provision unless that was done for exactly these versions and logins."""
        self.logins = {login.name: login for login in users.load(self.home.path)}
        wanted = [{"name": u.name, "role": u.role, "password": u.password} for u in self.logins.values()]
        stamp = self.home.run / "prepared"
        state = _fingerprint(wanted, self.home.database)
        if stamp.exists() and stamp.read_text() == state:
            return
        stamp.unlink(missing_ok=True)
        self._report("tables")
        self.processes.run("db-migrate", ("airflow", "db", "migrate"))
        self._report("roles and users")
        self.processes.run("provision", ("gennaker.cli.up.provision",), text=json.dumps(wanted))
        stamp.write_text(state)

    def _wait_healthy(self, since: datetime) -> None:
        seen: set[str] = set()

        def all_work() -> bool:
            self.processes.check()
            found = health.healthy_parts(self.base_url, since=since)
            for part in sorted(found - seen, key=health.PARTS.index):
                self._report(part)
            seen.update(found)
            return seen.issuperset(health.PARTS)

        health.wait_for(all_work, timeout=240, what="Airflow to become healthy")


def _fingerprint(logins: object, database: Path) -> str:
    """Name the state that the database was prepared for."""
    versions = sorted((d.name, d.version) for d in importlib.metadata.distributions() if "airflow" in d.name)
    package = Path(gennaker.__file__).parent
    sources = [*(package / "store").rglob("*.py"), *(package / "cli" / "init").rglob("*.py")]
    sources.append(package / "api" / "roles.py")
    content = [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(sources)]
    born = (database / "PG_VERSION").stat().st_mtime_ns
    return hashlib.sha256(json.dumps([versions, content, logins, born]).encode()).hexdigest()
