"""What Airflow reads about us at every start; a mistake here makes `import airflow` fail."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from importlib import import_module, resources
from pathlib import Path

import jsonschema
import pytest

from gennaker.provider_info import get_provider_info
from gennaker.settings import Settings, from_mapping

OPTIONS = get_provider_info()["config"]["gennaker"]["options"]


@pytest.mark.parametrize("schema", ["provider_info.schema.json", "provider.yaml.schema.json"])
def test_it_follows_airflows_schema(schema: str) -> None:
    file = resources.files("airflow") / schema
    if schema.startswith("provider.yaml"):
        # The schema of the whole file asks for more; what both know must have the same shape.
        known = json.loads(file.read_text())
        known.pop("required", None)
        known.pop("allOf", None)
        jsonschema.validate({"config": get_provider_info()["config"]}, known)
        return
    jsonschema.validate(get_provider_info(), json.loads(file.read_text()))


def test_every_option_is_described() -> None:
    assert set(OPTIONS) == {field.name for field in dataclasses.fields(Settings)}
    for name, option in OPTIONS.items():
        assert option["description"].endswith("."), name


def test_the_defaults_mean_the_same_as_those_of_the_settings() -> None:
    assert from_mapping(lambda name: OPTIONS[name]["default"]) == Settings()


def test_no_default_is_changed_by_airflows_interpolation() -> None:
    for option in OPTIONS.values():
        assert "%" not in option["default"]
        assert "{" not in option["default"]


def test_reading_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; import gennaker.provider_info as p; p.get_provider_info();print(*{n.partition('.')[0] "
        "for n in sys.modules} & {'airflow', 'pydantic', 'httpx', 'sqlalchemy'})"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1] / "plugins",
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == ""


def test_the_commands_are_importable_by_their_dotted_name() -> None:
    for path in get_provider_info()["cli"]:
        module, _, name = path.rpartition(".")
        groups = getattr(import_module(module), name)()
        assert [group.name for group in groups] == ["gennaker"]
