"""The report as PDF and XML."""
