"""
Real Airflows for the end-to-end tests, each once for the session and in a folder of its own: one that takes
pipelines from a folder, one that has them in its database.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from tests.publishing import Publisher

from gennaker.cli.up import health, ports
from gennaker.cli.up.api import AirflowApi
from gennaker.cli.up.stack import Stack
from gennaker.spec.publication import read_mark

Found = TypeVar("Found")

ROOT = Path(__file__).parents[2]


class AirflowStack(AirflowApi):
    """The REST API of the running Airflow as its Admin, and what tests do around it."""

    def __init__(self, stack: Stack) -> None:
        login = stack.logins["admin"]
        super().__init__(stack.base_url, username=login.name, password=login.password)
        self.stack = stack

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name: api-server, scheduler, dag-processor, triggerer."""
        return self.stack.processes.pids

    @property
    def dags_folder(self) -> Path:
        """Folder for plain DAG files."""
        return self.stack.home.dags

    @property
    def specs_folder(self) -> Path:
        """Folder of the pipeline specs: ``<application>/<pipeline>.json``."""
        assert self.stack.home.specs is not None
        return self.stack.home.specs

    def wait_for(
        self, predicate: Callable[[], Found], timeout: float = 60, what: str = "a condition"
    ) -> Found:
        """Return the predicate's first true answer."""
        return health.wait_for(predicate, timeout=timeout, what=what)

    def write_dag(self, name: str, source: str) -> Path:
        """Write a plain DAG file."""
        path = self.dags_folder / f"{name}.py"
        path.write_text(source)
        return path

    def write_spec(self, application: str, name: str, spec: Mapping[str, Any]) -> str:
        """Write a pipeline spec whose names are slugs already, and return its DAG id."""
        folder = self.specs_folder / application
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(spec))
        return f"{application}.{name}"


class ManagedStack(AirflowStack):
    """An Airflow whose pipelines are in its database."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self._engine = create_engine(stack.database_url)
        sessions = sessionmaker(self._engine, expire_on_commit=False)
        self.begin = sessions.begin
        #: Publishes behind the back of the REST API.
        self.store = Publisher(sessions.begin)

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._engine.dispose()

    def publish(self, application: str, name: str, spec: Mapping[str, Any] | str) -> int:
        """Publish a revision of a pipeline and return its version."""
        return self.store.publish(application, name, spec)

    def scheduled(self, dag_id: str) -> tuple[int, int] | None:
        """Return revision and publication of the DAG that a run would get now."""
        found = self.dag(dag_id)
        details = self.api("GET", f"/dags/{dag_id}/details") if found else {}
        return read_mark(details.get("doc_md"))

    def wait_scheduled(self, dag_id: str, version: int, timeout: float = 60) -> None:
        """Wait until a run would get a publication."""

        def there() -> bool:
            return (self.scheduled(dag_id) or (0, 0))[1] == version

        self.wait_for(there, timeout=timeout, what=f"publication {version} of {dag_id}")


@pytest.fixture(scope="session")
def airflow_stack(request: pytest.FixtureRequest) -> Iterator[AirflowStack]:
    """Start an Airflow with a folder of specs; its own folder is kept when a test has failed."""
    home = _new_home()
    shutil.copytree(ROOT / "dags", home / "dags")
    (home / "specs").mkdir()
    stack = Stack(
        home,
        dags=home / "dags",
        specs=home / "specs",
        # The second is there for tests that bring a broker and a worker.
        executor="LocalExecutor,CeleryExecutor",
        extra={("gennaker", "allow_loopback"): "True", **_celery(ports.choose(None))},
        durable=False,
    )
    with _running(stack, request), AirflowStack(stack) as airflow:
        yield airflow


def _celery(port: int) -> dict[tuple[str, str], str]:
    redis = f"redis://127.0.0.1:{port}"
    return {("celery", "broker_url"): f"{redis}/0", ("celery", "result_backend"): f"{redis}/1"}


@pytest.fixture(scope="session")
def managed_stack(request: pytest.FixtureRequest) -> Iterator[ManagedStack]:
    """
    Start an Airflow in managed mode. The tasks of DAGs named ``pods.*`` run as a Kubernetes pod would.
    """
    home = _new_home()
    (home / "dags").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        # Airflow finds the executor there.
        patch.setenv("PYTHONPATH", str(ROOT))
        stack = Stack(
            home,
            dags=home / "dags",
            managed=True,
            executor="tests.e2e.pods.PodExecutor",
            extra={("gennaker", "allow_loopback"): "True"},
            durable=False,
        )
    with _running(stack, request), ManagedStack(stack) as airflow:
        yield airflow


def _new_home() -> Path:
    # Not below pytest's own folder: its path may be too long for a socket, and PostgreSQL, which does not
    # run as root, must be able to enter it.
    return Path(tempfile.mkdtemp(prefix="gennaker-e2e-"))


@contextmanager
def _running(stack: Stack, request: pytest.FixtureRequest) -> Iterator[None]:
    failures = request.session.testsfailed
    home = stack.home.path
    with stack:
        yield
    if request.session.testsfailed > failures or os.environ.get("KEEP_AIRFLOW_HOME"):
        print(f"\nThe logs of Airflow are in {home / 'run'} and {home / 'logs'}")
    else:
        shutil.rmtree(home)
