"""What others decided, as data: the norm, dated values, table contracts, messages."""
