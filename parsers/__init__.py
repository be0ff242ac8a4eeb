"""Bytes to typed frames and anomalies; no disk path, clock or database here."""
