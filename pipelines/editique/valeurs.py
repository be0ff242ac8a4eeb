"""What every document of a company says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entreprise:
    """Whom a document is for; `cdg` is None when it covers the whole company."""

    adherent: str
    siren: str
    raison_sociale: str
    cdg: str | None = None
