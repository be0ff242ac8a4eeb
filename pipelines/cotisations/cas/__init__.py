"""Golden cases of the contribution calls."""
