"""Certificates: who is in order, what is issued or revoked."""
