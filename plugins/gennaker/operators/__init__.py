"""The work of stages: Airflow operators and the triggers that wait for them. No database, ever."""
