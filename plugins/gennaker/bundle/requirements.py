"""The settings of Airflow without which a run might not get what was published."""

from __future__ import annotations


def wrong_settings() -> list[str]:
    """Return one line for each setting that must be changed before pipelines can be published."""
    from airflow.configuration import conf

    found = []
    if conf.getint("core", "min_serialized_dag_update_interval"):
        found.append(
            "[core] min_serialized_dag_update_interval must be 0: within the interval a new run would pair "
            "the old structure of a pipeline with its new stages"
        )
    if conf.getboolean("dag_processor", "disable_bundle_versioning", fallback=False):
        found.append(
            "[dag_processor] disable_bundle_versioning must be False: runs would not stay on the revision "
            "that they started with"
        )
    return found
