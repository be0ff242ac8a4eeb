"""What the night says of itself: one line a step, one a deposit; identifiers, counts, durations.

Never a name, a NIR or an account. Airflow configures structlog for its tasks, and keeps these lines
in their logs; elsewhere they go to the standard error, readable on a terminal and in JSON in a
file, from the level that CAISSE_TRACES gives (`warning` unless it says `info` or `debug`).
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import date
from typing import Any

import structlog

NIVEAUX = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def open_journal(nom: str) -> Any:  # noqa: ANN401 - structlog's logger, typed by its processors
    """A logger; structlog is configured on the way when nobody did."""
    if not structlog.is_configured():
        _configure()
    return structlog.get_logger(nom)


def trace_etape(etape: str, portee: str | int, date_arrete: date) -> Any:  # noqa: ANN401 - same
    """The logger of a step on a lot, a shard or the fund."""
    return open_journal("caisse.nuit").bind(
        etape=etape, portee=portee, date_arrete=date_arrete.isoformat()
    )


def _configure() -> None:
    niveau = NIVEAUX.get(os.environ.get("CAISSE_TRACES", "warning"), logging.WARNING)
    lisible = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer()
            if lisible
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(niveau),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
