"""Continuous delivery inside Apache Airflow: Spinnaker and CODING pipelines as DAGs."""

__version__ = "0.1.0"
