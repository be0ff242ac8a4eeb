"""Instants as the stores and the files of companies write them."""

from __future__ import annotations

from datetime import UTC, datetime


def format_instant(instant: datetime) -> str:
    """An instant as the journal and the receipts write it: UTC, ISO 8601, seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
