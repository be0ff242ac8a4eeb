"""What the bank receives."""
