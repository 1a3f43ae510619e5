"""Let Airflow find Gennaker in a mounted plugins folder; an installed package registers it by itself."""

from importlib.metadata import entry_points

if not entry_points(group="airflow.plugins", name="gennaker"):
    from gennaker.plugin import GennakerPlugin  # noqa: F401
