"""The container files, as far as they can be judged without a container engine."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_pydantic import ComposeSpecification

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
SERVICES: dict[str, Any] = DOCUMENT["services"]
AIRFLOW = {name: service for name, service in SERVICES.items() if "build" in service}
LASTING = set(SERVICES) - {"migrate", "init", "user"}


def airflow_commands() -> Iterator[tuple[str, list[str]]]:
    for name, service in AIRFLOW.items():
        yield name, service["command"]
        test = service.get("healthcheck", {}).get("test", [])
        if test[:1] == ["CMD-SHELL"] and test[1].startswith("airflow "):
            words = shlex.split(test[1].replace("$${HOSTNAME}", "host"))
            yield f"{name} health", words[1:]


def test_it_follows_the_compose_specification() -> None:
    # The specification has extensions (x-…), the models know them only below the top.
    document = {key: value for key, value in DOCUMENT.items() if not key.startswith("x-")}

    ComposeSpecification.model_validate(document)


@pytest.mark.parametrize(
    ("name", "command"), [pytest.param(*case, id=case[0]) for case in airflow_commands()]
)
def test_every_command_is_one_of_airflow(name: str, command: list[str]) -> None:
    from airflow.cli import cli_parser

    parsed = cli_parser.get_parser().parse_args([word.replace("$", "") for word in command])

    assert callable(parsed.func)


def test_the_executor_and_its_pinned_dependencies_go_together() -> None:
    module = "airflow.providers.celery.executors.celery_executor"
    code = f"from {module} import CeleryExecutor as found; print(found.__name__)"

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )

    assert done.stdout.split()[-1:] == [DOCUMENT["x-airflow"]["environment"]["AIRFLOW__CORE__EXECUTOR"]], (
        done.stderr
    )


@pytest.mark.parametrize("name", sorted(LASTING))
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_a_service_waits_for_exists_and_can_come_true(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        if wanted["condition"] == "service_completed_successfully":
            assert SERVICES[other]["restart"] == "no"
        else:
            assert "healthcheck" in SERVICES[other]


def test_no_secret_has_a_default() -> None:
    secret = re.compile(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)(:?[-?][^}]*)?\}")

    found = secret.findall(COMPOSE.read_text())

    assert found
    assert all(rule.startswith(":?") for _, rule in found)


def test_only_this_machine_can_reach_the_ports() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8080:8080"]


@pytest.mark.parametrize("name", sorted(AIRFLOW))
def test_every_option_that_is_set_exists(name: str) -> None:
    from airflow.configuration import conf
    from airflow.providers_manager import ProvidersManager

    manager: Any = ProvidersManager
    manager().initialize_providers_configuration()
    for variable in AIRFLOW[name]["environment"]:
        _, section, option = variable.split("__", 2)
        known = conf.configuration_description.get(section.lower(), {}).get("options", {})
        if section == "GENNAKER":
            from gennaker.provider_info import get_provider_info

            known = get_provider_info()["config"]["gennaker"]["options"]
        assert option.lower() in known, variable


def test_the_image_does_not_run_as_root_and_installs_pinned_packages() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()

    last_user = re.findall(r"^USER (\S+)", dockerfile, flags=re.MULTILINE)[-1]
    assert last_user == "airflow"
    assert "--constraint requirements.txt" in dockerfile


def test_what_the_image_copies_is_in_the_build_context() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}

    for line in re.findall(r"^COPY (?!--from)(.*)$", dockerfile, flags=re.MULTILINE):
        for source in [word for word in line.split() if not word.startswith("--")][:-1]:
            assert source in kept
            assert (ROOT / source).exists()
