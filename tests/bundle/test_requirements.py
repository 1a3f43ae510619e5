"""Settings of Airflow that mix versions are refused."""

from __future__ import annotations

import pytest

from gennaker.bundle.requirements import WrongSettings, refuse_wrong_settings

INTERVAL = "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL"
VERSIONING = "AIRFLOW__DAG_PROCESSOR__DISABLE_BUNDLE_VERSIONING"


def test_each_setting_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INTERVAL, "30")
    monkeypatch.setenv(VERSIONING, "True")

    with pytest.raises(WrongSettings) as refused:
        refuse_wrong_settings()

    assert "[core] min_serialized_dag_update_interval must be 0" in str(refused.value)
    assert "[dag_processor] disable_bundle_versioning must be False" in str(refused.value)
    # Airflow's loop goes on after an Exception.
    assert not isinstance(refused.value, Exception)


def test_the_right_settings_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INTERVAL, "0")

    refuse_wrong_settings()
