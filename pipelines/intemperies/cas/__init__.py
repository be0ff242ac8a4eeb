"""Golden cases of bad weather."""
