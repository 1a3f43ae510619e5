"""Files-only mode: every pipeline of the specs folder is an Airflow DAG."""

from pathlib import Path

from gennaker.bundle.files import dags
from gennaker.settings import from_airflow

globals().update(dags(Path(from_airflow().specs_folder or Path(__file__).parents[1] / "pipeline_specs")))
