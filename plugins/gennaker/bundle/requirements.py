"""The settings of Airflow without which a run might not get what was published."""

from __future__ import annotations


class WrongSettings(BaseException):
    """
    Airflow is set up so that pipelines must not be published.

    Not an Exception: the DAG processor logs those and goes on without pipelines, and takes SystemExit for a
    success.
    """


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


def refuse_wrong_settings() -> None:
    """End the process where a setting must be changed first."""
    if found := wrong_settings():
        raise WrongSettings("; ".join(found))
