"""The specification of exchange files, made from their description: one PDF, one HTML page."""
