"""Where the DAG processor and the workers get pipelines from."""
