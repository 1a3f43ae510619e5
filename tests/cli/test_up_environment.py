"""The files and variables of a local instance."""

from __future__ import annotations

import configparser
import json
import socket
import stat
from pathlib import Path

import pytest

from gennaker.cli.up import environment, ports, users


@pytest.fixture
def home(tmp_path: Path) -> environment.Home:
    made = environment.Home(
        tmp_path / "home",
        dags=tmp_path / "dags",
        plugins=tmp_path / "plugins",
        specs=tmp_path / "specs",
        extra={("gennaker", "allow_loopback"): "True", ("core", "parallelism"): "8"},
    )
    made.create()
    return made


def options(home: environment.Home) -> environment.Options:
    return environment.airflow_options(
        home,
        database="postgresql+psycopg2://postgres:@/x?host=%2Ftmp",
        base_url="http://127.0.0.1:1234",
        executor="LocalExecutor",
        api_workers=1,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_configuration_is_private_and_reads_back(home: environment.Home) -> None:
    environment.write_configuration(home, options(home))

    path = home.path / "airflow.cfg"
    parser = configparser.ConfigParser()
    parser.read(path)
    assert mode(path) == 0o600
    assert parser["database"]["sql_alchemy_conn"] == "postgresql+psycopg2://postgres:@/x?host=%2Ftmp"
    assert parser["api"]["host"] == "127.0.0.1"
    assert parser["api"]["port"] == "1234"
    assert parser["core"]["parallelism"] == "8"
    assert parser["gennaker"]["allow_loopback"] == "True"
    assert parser["gennaker"]["specs_folder"] == str(home.specs)


def test_every_option_exists_in_airflow(home: environment.Home) -> None:
    from airflow.configuration import conf
    from airflow.providers.fab.get_provider_info import get_provider_info as fab

    from gennaker.provider_info import get_provider_info as ours

    known = {section: set(entry["options"]) for section, entry in conf.configuration_description.items()}
    for info in (fab(), ours()):
        known |= {section: set(entry["options"]) for section, entry in info["config"].items()}

    for section, values in options(home).items():
        assert set(values) <= known[section]


def test_keys_and_passwords_are_made_once_and_private(home: environment.Home) -> None:
    keys = environment.load_secrets(home)
    logins = users.load(home.path)

    assert environment.load_secrets(home) == keys
    assert users.load(home.path) == logins
    assert mode(home.path / "secrets.json") == 0o600
    assert mode(home.path / "logins.json") == 0o600
    assert [login.role for login in logins] == ["Viewer", "Deployer", "Pipeline Admin", "Admin"]
    assert len({login.password for login in logins}) == 4


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text("open to all")
    path.chmod(0o644)

    environment.write_private(path, json.dumps({"a": 1}))

    assert json.loads(path.read_text()) == {"a": 1}
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_callers_own_airflow_does_not_leak_in(
    home: environment.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "KubernetesExecutor")
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")
    monkeypatch.setenv("NO_PROXY", "example.com")

    made = environment.child_environment(home)

    assert made["AIRFLOW_HOME"] == str(home.path)
    assert made["NO_PROXY"] == "127.0.0.1,localhost,example.com"
    assert not [name for name in made if name.startswith(("AIRFLOW_", "_AIRFLOW")) and name != "AIRFLOW_HOME"]


def test_a_free_port_is_kept_and_a_taken_one_is_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ports.choose(port) != port
    assert ports.choose(port) == port
    assert ports.choose() > 0
