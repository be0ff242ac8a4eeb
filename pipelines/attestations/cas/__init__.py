"""Golden cases of the certificates."""
