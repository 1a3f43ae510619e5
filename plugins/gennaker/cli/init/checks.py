"""Say which settings of Airflow do not go with Gennaker, and what to set instead."""

from __future__ import annotations

from urllib.parse import urlsplit

from gennaker.bundle.requirements import wrong_settings
from gennaker.settings import Settings


def problems(settings: Settings) -> list[str]:
    """Return one line for each setting that must be changed before pipelines run properly."""
    found = wrong_settings()
    if not settings.files_only and not urlsplit(settings.api_url).hostname:
        found.append(f"[gennaker] api_url: {settings.api_url!r} is not an address that workers can call")
    return found


def advice(settings: Settings) -> list[str]:
    """Return one line for each setting that may be as it is but seldom should."""
    from airflow.configuration import conf

    found = []
    if conf.get("database", "sql_alchemy_conn").startswith("sqlite"):
        found.append("[database] sql_alchemy_conn: SQLite holds for one run at a time; use PostgreSQL")
    if urlsplit(settings.api_url).hostname == "localhost":
        found.append(
            "[gennaker] api_url is on localhost: fine on one machine, otherwise set the address of the API "
            "server"
        )
    if settings.allow_loopback:
        found.append("[gennaker] allow_loopback is on: stages may call what listens on the worker itself")
    if conf.getboolean("core", "load_examples"):
        found.append("[core] load_examples: set it to False, Airflow's examples stand among the pipelines")
    return found
