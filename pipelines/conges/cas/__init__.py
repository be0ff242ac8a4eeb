"""Golden cases of leave."""
