"""
Describe Gennaker to Airflow as a provider (entry point ``apache_airflow_provider``).

Airflow reads this whenever it is imported, in every process: it imports nothing of Airflow and next to
nothing else. What does not follow Airflow's schema of provider info makes `import airflow` fail, hence the
test.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from gennaker import __version__
from gennaker.settings import SECTION, Settings

_TYPES = {bool: "boolean", int: "integer", float: "float", str: "string", tuple: "string"}


def get_provider_info() -> dict[str, Any]:
    """Return what Airflow's ``provider_info.schema.json`` asks for."""
    return {
        "package-name": "gennaker",
        "name": "Gennaker",
        "description": "Continuous delivery: Spinnaker and CODING pipelines as DAGs.",
        "config": {
            SECTION: {
                "description": "Options of Gennaker, the continuous delivery system inside Airflow.",
                "options": {field.name: _option(field) for field in dataclasses.fields(Settings)},
            }
        },
        "db-managers": ["gennaker.store.manager.GennakerDBManager"],
        "cli": ["gennaker.cli.main.airflow_commands"],
    }


def _option(field: dataclasses.Field[Any]) -> dict[str, Any]:
    default = field.default
    return {
        "description": field.metadata["description"],
        "version_added": __version__,
        "type": _TYPES[type(default)],
        "example": field.metadata["example"],
        "default": ", ".join(default) if isinstance(default, tuple) else str(default),
    }
