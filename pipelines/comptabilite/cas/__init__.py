"""Golden cases of the accounts."""
