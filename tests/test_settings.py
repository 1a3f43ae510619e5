"""The options of airflow.cfg."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gennaker.errors import GennakerError
from gennaker.settings import SAFE_OPERATORS, Settings, from_mapping

ROOT = Path(__file__).parents[1]
STANDARD = "airflow.providers.standard"


def test_what_nobody_sets_keeps_its_default() -> None:
    assert from_mapping(lambda name: None) == Settings()


def test_texts_become_values() -> None:
    texts = {
        "specs_folder": " /srv/specs ",
        "allow_loopback": "Yes",
        "hmac_clock_skew_seconds": "1_000",
        "internal_timeout_seconds": "2.5",
        "allowed_urls": "*.example.com, 10.0.0.0/8\n\n hub.test ",
    }

    settings = from_mapping(texts.get)

    assert settings.specs_folder == "/srv/specs"
    assert settings.files_only
    assert settings.allow_loopback is True
    assert settings.hmac_clock_skew_seconds == 1000
    assert settings.internal_timeout_seconds == 2.5
    assert settings.allowed_urls == ("*.example.com", "10.0.0.0/8", "hub.test")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("allow_loopback", "maybe", "[gennaker] allow_loopback: got 'maybe' (expected boolean)"),
        ("max_outputs_bytes", "1 MB", "[gennaker] max_outputs_bytes: got '1 MB' (expected integer)"),
        (
            "hmac_clock_skew_seconds",
            "0",
            "[gennaker] hmac_clock_skew_seconds: got '0' (the smallest allowed value is 1)",
        ),
    ],
)
def test_a_wrong_text_names_the_option_and_what_it_wants(name: str, text: str, message: str) -> None:
    with pytest.raises(GennakerError) as caught:
        from_mapping({name: text}.get)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (f"{STANDARD}.operators.empty.EmptyOperator", True),
        (f"{STANDARD}.sensors.time_delta.TimeDeltaSensor", True),
        (f"{STANDARD}.operators.bash.BashOperator", False),
        (f"{STANDARD}.operators.python.PythonOperator", False),
        (f"{STANDARD}.sensors.bash.BashSensor", False),
        (f"{STANDARD}.sensors.python.PythonSensor", False),
        (f"{STANDARD}.sensors.filesystem.FileSensor", False),
        (f"{STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator", False),
        ("airflow.providers.docker.operators.docker.DockerOperator", False),
        ("airflow.providers.ssh.operators.ssh.SSHOperator", False),
        ("airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator", False),
        ("airflow.providers.amazon.aws.transfers.local_to_s3.LocalFilesystemToS3Operator", False),
        ("airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator", False),
        ("airflow.providers.http.operators.http.HttpOperator", False),
        ("os.system", False),
    ],
)
def test_by_default_no_operator_runs_code_or_reaches_out(path: str, allowed: bool) -> None:
    assert Settings().allows_operator(path) is allowed


def test_the_default_operators_exist() -> None:
    from importlib import import_module

    for pattern in SAFE_OPERATORS:
        module, _, name = pattern.rpartition(".")
        assert name == "*" or hasattr(import_module(module), name)
        import_module(module)


def test_an_exclamation_mark_takes_away() -> None:
    settings = Settings(allowed_operators=("airflow.providers.common.sql.operators.sql.*", "!*.Branch*"))

    assert settings.allows_operator("airflow.providers.common.sql.operators.sql.SQLCheckOperator")
    assert not settings.allows_operator("airflow.providers.common.sql.operators.sql.BranchSQLOperator")


def test_the_edge_reads_airflows_configuration(tmp_path: Path) -> None:
    code = (
        "from gennaker.settings import from_airflow; s = from_airflow();print(s.api_url, s.default_timezone,"
        " s.max_outputs_bytes, s.allow_loopback)"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "plugins"),
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__API__BASE_URL": "https://airflow.test/",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AIRFLOW__GENNAKER__MAX_OUTPUTS_BYTES": "2048",
    }

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )

    assert done.stdout.split() == ["https://airflow.test", "Asia/Shanghai", "2048", "False"]
