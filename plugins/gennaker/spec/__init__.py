"""What a pipeline is: its JSON, typed and checked, and its graph. Pure Python, no Airflow."""
