"""When things happen: one Airflow DAG a file, wiring only."""
