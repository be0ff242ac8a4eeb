"""The thin reporting layer: reads what is published, nothing else."""
