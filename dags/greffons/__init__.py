"""What the scheduler loads of us beside the DAGs (entry points `airflow.plugins`)."""
