"""
Lay out an AIRFLOW_HOME: its folders, secrets, airflow.cfg and the environment of its processes.

Everything that differs from Airflow's defaults stands in the generated airflow.cfg, so that
``AIRFLOW_HOME=.airflow .venv/bin/airflow …`` by hand sees what the processes see.
"""

from __future__ import annotations

import base64
import configparser
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import gennaker

Options = dict[str, dict[str, str]]

FAB_AUTH_MANAGER = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"


@dataclass(frozen=True)
class Home:
    """The folders below one AIRFLOW_HOME."""

    path: Path
    dags: Path
    plugins: Path
    specs: Path | None = None
    managed: bool = False
    extra: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def run(self) -> Path:
        """Folder of what belongs to the running instance: pids, logs of the processes."""
        return self.path / "run"

    @property
    def database(self) -> Path:
        """Folder of the embedded PostgreSQL."""
        return self.path / "pgdata"

    @property
    def bundles(self) -> Path:
        """Folder in which the DAG processor and the tasks keep what is published."""
        return self.path / "bundles"

    def create(self) -> None:
        """Make the folders."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.run.mkdir(exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, never for a moment more open than that."""
    scratch = path.with_suffix(path.suffix + ".new")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    scratch.replace(path)


def load_secrets(home: Home) -> dict[str, str]:
    """Return the instance's keys; they are made once, since the database holds what they encrypt."""
    path = home.path / "secrets.json"
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text())
        return known
    made = {
        "fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "jwt_secret": secrets.token_urlsafe(48),
        "secret_key": secrets.token_urlsafe(48),
    }
    write_private(path, json.dumps(made, indent=2))
    return made


def airflow_options(home: Home, *, database: str, base_url: str, executor: str, api_workers: int) -> Options:
    """Return the sections of airflow.cfg: safe, local and quick to react."""
    keys = load_secrets(home)
    port = base_url.rpartition(":")[2]
    options: Options = {
        "core": {
            "dags_folder": str(home.dags),
            "plugins_folder": str(home.plugins),
            "executor": executor,
            "auth_manager": FAB_AUTH_MANAGER,
            "load_examples": "False",
            "fernet_key": keys["fernet_key"],
            # A name that resolves everywhere; the real one may lead to an address where nobody listens.
            "hostname_callable": "gennaker.cli.up.environment.local_hostname",
            "dags_are_paused_at_creation": "False",
            # Required by Gennaker: otherwise a new run may pair an old structure with new code.
            "min_serialized_dag_update_interval": "0",
            "max_active_tasks_per_dag": "128",
            "parallelism": "32",
        },
        "database": {"sql_alchemy_conn": database},
        "api": {
            "host": "127.0.0.1",
            "port": port,
            "base_url": base_url,
            "secret_key": keys["secret_key"],
            "workers": str(api_workers),
            "expose_stacktrace": "False",
        },
        "api_auth": {"jwt_secret": keys["jwt_secret"]},
        "scheduler": {
            "scheduler_idle_sleep_time": "0.2",
            "scheduler_heartbeat_sec": "2",
            "enable_health_check": "False",
            # A judgment that times out is seen by this sweep, not by the clock.
            "trigger_timeout_check_interval": "2",
        },
        "dag_processor": {
            "parsing_processes": "2",
            "min_file_process_interval": "5",
            "refresh_interval": "2",
            "bundle_refresh_check_interval": "1",
        },
        "triggerer": {"job_heartbeat_sec": "2"},
        "workers": {
            "min_heartbeat_interval": "2",
            "max_failed_heartbeats": "10",
            # The first call of a fresh API server takes longer than the default of 5 s.
            "execution_api_timeout": "30",
        },
        "logging": {"base_log_folder": str(home.path / "logs"), "colored_console_log": "False"},
        "fab": {"config_file": str(home.path / "webserver_config.py")},
        "gennaker": {},
    }
    if home.specs:
        options["gennaker"]["specs_folder"] = str(home.specs)
    if home.managed:
        _manage(options, home)
    for (section, name), value in home.extra.items():
        options.setdefault(section, {})[name] = value
    return options


def _manage(options: Options, home: Home) -> None:
    """Take pipelines from the database, beside the plain DAGs of a folder."""
    bundles = [
        {
            "name": "dags-folder",
            "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
            "kwargs": {},
        },
        {"name": "gennaker", "classpath": "gennaker.bundle.PipelineBundle", "kwargs": {}},
    ]
    options["dag_processor"] |= {
        "dag_bundle_config_list": json.dumps(bundles),
        "dag_bundle_storage_path": str(home.bundles),
        # A file is read again when it has changed; reading all of them over and over keeps a core busy.
        "min_file_process_interval": "3600",
    }
    options["gennaker"]["spec_cache_folder"] = str(home.bundles / "fetched")


def write_configuration(home: Home, options: Options) -> None:
    """Write airflow.cfg; it holds keys, so nobody else may read it."""
    parser = configparser.RawConfigParser()
    for section, values in options.items():
        parser[section] = {name: value.replace("%", "%%") for name, value in values.items()}
    lines = ["# Written by `make run` on every start: change it there, not here."]
    for section in parser.sections():
        lines.append(f"\n[{section}]")
        lines += [f"{name} = {value}" for name, value in parser[section].items()]
    write_private(home.path / "airflow.cfg", "\n".join(lines) + "\n")


def child_environment(home: Home) -> dict[str, str]:
    """Return the environment of Airflow's processes, free of the caller's own Airflow settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "_AIRFLOW"))
    }
    package_parent = str(Path(gennaker.__file__).parents[1])
    paths = [package_parent, *filter(None, [kept.get("PYTHONPATH")])]
    binaries = str(Path(sys.executable).parent)
    return kept | {
        "AIRFLOW_HOME": str(home.path),
        "PYTHONPATH": os.pathsep.join(paths),
        "PATH": os.pathsep.join([binaries, kept.get("PATH", "")]),
        "PYTHONUNBUFFERED": "1",
        # A proxy must not be asked for what runs on this machine.
        "NO_PROXY": ",".join(filter(None, ["127.0.0.1,localhost", kept.get("NO_PROXY")])),
        "no_proxy": ",".join(filter(None, ["127.0.0.1,localhost", kept.get("no_proxy")])),
    }


def local_hostname() -> str:
    """Name this machine in Airflow's records (``[core] hostname_callable``)."""
    return "localhost"
