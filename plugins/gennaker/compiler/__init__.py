"""Turn a pipeline into an Airflow DAG: spec → graph → tasks."""
