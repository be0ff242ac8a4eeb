"""Instants as the stores and the files of companies write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def format_instant(instant: datetime) -> str:
    """An instant as the journal and the receipts write it: UTC, ISO 8601, seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def paris_day(instant: str) -> date:
    """The day that it is in Paris at an instant of the journal."""
    return datetime.fromisoformat(instant).astimezone(PARIS).date()
