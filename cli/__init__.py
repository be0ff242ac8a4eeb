"""The command `caisse`: the same steps as the DAGs, by hand."""
