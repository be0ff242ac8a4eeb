"""Pseudonyms: what stands for a personal identifier wherever its value must not go.

Keyed by the secret of the house: the same identifier always gets the same pseudonym there, and
nobody without the key can tell whose it is.
"""

from __future__ import annotations

import hmac

LONGUEUR = 32


def compute_pseudonyme(cle: bytes, identifiant: str) -> str:
    """Pseudonym of an identifier (NIR, IBAN...), 32 hexadecimal digits."""
    return hmac.digest(cle, identifiant.encode(), "sha256").hex()[:LONGUEUR]
