"""Shapes that several commands answer in."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A text to read, or JSON."""

    TEXTE = "texte"
    JSON = "json"
