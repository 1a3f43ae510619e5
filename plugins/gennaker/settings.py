"""
What an administrator may set in the ``[gennaker]`` section of airflow.cfg.

`Settings` is a frozen value that is read once at an edge (`from_airflow`) and handed down, so that
everything below the edges stays free of Airflow and is tested with plain values.  The fields are the only
list of options: the provider's configuration section and the reference page are made from them.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import functools
from collections.abc import Callable
from typing import Any

from gennaker.errors import GennakerError

SECTION = "gennaker"

# An operator acts with the rights of whatever connection its arguments name and of the worker that runs it,
# and Airflow does not ask whether the author of a pipeline has those rights.  So the default holds only what
# neither runs code nor touches anything outside of Airflow; an administrator widens it knowingly.
SAFE_OPERATORS = (
    "airflow.providers.standard.operators.empty.EmptyOperator",
    "airflow.providers.standard.sensors.date_time.*",
    "airflow.providers.standard.sensors.time.*",
    "airflow.providers.standard.sensors.time_delta.*",
    "airflow.providers.standard.sensors.weekday.*",
    "airflow.providers.standard.sensors.external_task.ExternalTaskSensor",
)


def option(
    default: Any, description: str, *, example: str | None = None, minimum: float | None = None
) -> Any:
    """Declare an option with the text that the reference shows."""
    metadata = {"description": description, "example": example, "minimum": minimum}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of the ``[gennaker]`` section."""

    specs_folder: str = option(
        "",
        "Folder of pipeline specs, ``<application>/<pipeline>.json``, for the files-only mode: no editing, "
        "no lock, no revisions. Empty: pipelines are kept in the metadata database (managed mode).",
        example="/opt/airflow/pipeline_specs",
    )
    bundle_name: str = option(
        "gennaker",
        "Name under which ``[dag_processor] dag_bundle_config_list`` has ``gennaker.bundle.PipelineBundle``.",
    )
    api_url: str = option(
        "",
        "Address at which workers reach the API server. Empty: ``[api] base_url``. It is never guessed from "
        "the execution API's address.",
        example="https://airflow.example.com",
    )
    internal_connection_id: str = option(
        "gennaker_internal",
        "Airflow connection whose password signs what workers ask of the API server. ``airflow gennaker "
        "init`` creates it.",
    )
    internal_timeout_seconds: float = option(
        10.0,
        "Seconds that a worker waits for one answer of the API server before it tries again.",
        minimum=0.1,
    )
    hmac_clock_skew_seconds: int = option(
        60,
        "Seconds that the clock of a worker may differ from the API server's. A signed request older or "
        "newer than this is refused, so it is also the time for which a recorded request could be played "
        "again.",
        minimum=1,
    )
    allowed_urls: tuple[str, ...] = option(
        (),
        "Hosts that stages may call: host patterns and networks, separated by commas or lines. Empty: any "
        "public address. Loopback, link-local and metadata addresses are refused unless a network given here "
        "holds them.",
        example="*.example.com, 10.20.0.0/16",
    )
    allow_loopback: bool = option(
        False,
        "Whether stages may call 127.0.0.1 and ::1. Only for try-outs: on a worker these addresses reach "
        "services that trust local callers.",
    )
    max_response_bytes: int = option(
        1_048_576, "Bytes of an HTTP response that a stage reads; a longer one fails the stage.", minimum=1024
    )
    allowed_operators: tuple[str, ...] = option(
        SAFE_OPERATORS,
        "Operator classes that the stage ``airflow`` may run: dotted paths, ``*`` stands for anything, a "
        "pattern that begins with ``!`` takes away again; separated by commas or lines. The default holds "
        "only operators that neither run code nor reach outside of Airflow.",
        example="airflow.providers.common.sql.operators.sql.*, !*.BranchSQLOperator",
    )
    default_timezone: str = option(
        "",
        "Time zone of execution windows that name none, as an IANA name. Empty: ``[core] default_timezone``."
        " Spinnaker's own default is America/Los_Angeles.",
        example="Asia/Shanghai",
    )
    max_outputs_bytes: int = option(
        262_144,
        "Bytes of JSON that one stage may leave behind as its outputs. More fails the stage: outputs live in"
        " the metadata database and every later stage reads them.",
        minimum=1024,
    )
    spec_cache_folder: str = option(
        "",
        "Folder in which a worker keeps the specs that it has fetched, private to its user. Empty: "
        "``gennaker-specs-<uid>`` in the folder for temporary files.",
    )
    spec_source: str = option(
        "gennaker.store.published:DatabaseSource",
        "Class from which the DAG processor gets what is published. Leave it at its default.",
    )
    retain_revisions: int = option(
        0,
        "Revisions of each pipeline that are kept; a save deletes older ones. 0: all. The published and the "
        "latest one stay, what was restored from stays, and so does everything that a DAG run in the "
        "database can still need.",
        minimum=0,
    )

    @property
    def files_only(self) -> bool:
        """Tell whether pipelines come from a folder instead of the database."""
        return bool(self.specs_folder)

    def allows_operator(self, path: str) -> bool:
        """Tell whether the stage ``airflow`` may run the class with this dotted path."""
        wanted = [p for p in self.allowed_operators if not p.startswith("!")]
        unwanted = [p[1:] for p in self.allowed_operators if p.startswith("!")]
        return _matches_any(path, wanted) and not _matches_any(path, unwanted)


def _matches_any(path: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def from_mapping(read: Callable[[str], str | None]) -> Settings:
    """Build the settings from texts; `read` returns None for what nobody has set."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        text = read(field.name)
        if text is not None:
            values[field.name] = _parse(field, text)
    return Settings(**values)


@functools.cache
def from_airflow() -> Settings:
    """Read ``[gennaker]`` once per process; only the edges call this, everybody else is handed the result."""
    from airflow.configuration import conf

    def read(name: str) -> str | None:
        value: str | None = conf.get(SECTION, name, fallback=None)
        return value

    settings = from_mapping(read)
    api_url = settings.api_url or conf.get("api", "base_url", fallback=None) or "http://localhost:8080"
    timezone = settings.default_timezone or conf.get("core", "default_timezone", fallback="utc")
    return dataclasses.replace(settings, api_url=api_url.rstrip("/"), default_timezone=timezone)


def uses_fab() -> bool:
    """Tell whether Airflow syncs the rights of DAGs, by the name that it looks for itself."""
    from airflow.configuration import conf

    return "FabAuthManager" in conf.get("core", "auth_manager", fallback="")


def _parse(field: dataclasses.Field[Any], text: str) -> Any:
    parser = _PARSERS[type(field.default)]
    try:
        value = parser(text.strip())
    except ValueError:
        raise _wrong(field.name, text, f"expected {parser.__name__.removeprefix('_parse_')}") from None
    minimum = field.metadata["minimum"]
    if minimum is not None and value < minimum:
        raise _wrong(field.name, text, f"the smallest allowed value is {minimum}")
    return value


def _wrong(name: str, text: str, hint: str) -> GennakerError:
    return GennakerError(f"got {text!r}", path=f"[{SECTION}] {name}", hint=hint)


def _parse_boolean(text: str) -> bool:
    if text.lower() in {"true", "t", "1", "yes"}:
        return True
    if text.lower() in {"false", "f", "0", "no"}:
        return False
    raise ValueError(text)


def _parse_list(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in text.replace("\n", ",").split(","))
    return tuple(part for part in parts if part)


def _parse_integer(text: str) -> int:
    return int(text.replace("_", ""))


def _parse_number(text: str) -> float:
    return float(text)


_PARSERS: dict[type, Callable[[str], Any]] = {
    str: str,
    bool: _parse_boolean,
    int: _parse_integer,
    float: _parse_number,
    tuple: _parse_list,
}
