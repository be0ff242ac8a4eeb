"""Employees, once for all companies: who they are, their contracts, their absences."""
