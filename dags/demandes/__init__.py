"""What people are asked on Airflow's screens: the form of a request, the word of another on it."""
