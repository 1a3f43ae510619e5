"""Files-only mode (`[gennaker] specs_folder`): every pipeline of the folder is an Airflow DAG."""

from pathlib import Path

from gennaker.bundle.files import dags
from gennaker.settings import from_airflow

if folder := from_airflow().specs_folder:
    globals().update(dags(Path(folder)))
