"""How the night runs: shards, steps, dates, and what fails kept apart."""
