"""Which declarations count, and the bases that they bring."""
