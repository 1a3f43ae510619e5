"""A real Airflow for the end-to-end tests: one for the session, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gennaker.cli.up import health
from gennaker.cli.up.api import AirflowApi
from gennaker.cli.up.stack import Stack

Found = TypeVar("Found")

ROOT = Path(__file__).parents[2]


class AirflowStack(AirflowApi):
    """The REST API of the running Airflow as its Admin, and what tests do around it."""

    def __init__(self, stack: Stack) -> None:
        login = stack.logins["admin"]
        super().__init__(stack.base_url, username=login.name, password=login.password)
        self.stack = stack

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


@pytest.fixture(scope="session")
def airflow_stack(request: pytest.FixtureRequest) -> Iterator[AirflowStack]:
    """Start Airflow for the whole session; its folder is kept when a test has failed."""
    # Not below pytest's own folder: its path may be too long for a socket, and PostgreSQL, which does not
    # run as root, must be able to enter it.
    home = Path(tempfile.mkdtemp(prefix="gennaker-e2e-"))
    dags = home / "dags"
    shutil.copytree(ROOT / "dags", dags)
    specs = home / "specs"
    specs.mkdir()
    failures = request.session.testsfailed
    stack = Stack(
        home,
        dags=dags,
        specs=specs,
        extra={("gennaker", "allow_loopback"): "True"},
        durable=False,
    )
    with stack:
        airflow = AirflowStack(stack)
        yield airflow
        airflow.close()
    if request.session.testsfailed > failures or os.environ.get("KEEP_AIRFLOW_HOME"):
        print(f"\nThe logs of Airflow are in {home / 'run'} and {home / 'logs'}")
    else:
        shutil.rmtree(home)
