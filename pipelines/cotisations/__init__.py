"""Contribution calls: one a management centre and month, and differences after that."""
