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


class Pseudonymes(dict[str, str]):
    """The pseudonyms of one key, each computed once: `Pseudonymes(cle)[identifiant]`."""

    def __init__(self, cle: bytes) -> None:
        super().__init__()
        self._cle = cle

    def __missing__(self, identifiant: str) -> str:
        """Compute the pseudonym that is asked for the first time."""
        pseudonyme = self[identifiant] = compute_pseudonyme(self._cle, identifiant)
        return pseudonyme
