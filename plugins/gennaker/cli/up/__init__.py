"""Start Airflow here, run a pipeline in it and keep it up (`make run`)."""
