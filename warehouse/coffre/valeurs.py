"""Values, sealed one by one: AES-256-GCM, bound to the place where they stand.

A sealed value is the name of its key, a nonce, then the encrypted bytes. What is authenticated
beside is its place (a table, a row): a value can't be put in another's.

The nonce is drawn, or is a keyed hash of the place and of the bytes: then the same value in the
same place is sealed the same, so that a lake played again has the same bytes; it says nothing but
that, as no two rows have the same place.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warehouse.coffre.trousseau import OCTETS_NOM, Cle, SceauRompu, Trousseau

USAGE, USAGE_NONCE = b"valeurs", b"nonces"
NONCE = 12
ENTETE = OCTETS_NOM + NONCE


@dataclass(frozen=True)
class Sceau:
    """What seals and opens the values of one key."""

    cle: Cle = field(repr=False)

    def seal(self, clair: bytes, lieu: bytes) -> bytes:
        """A value, sealed for its place, otherwise each time."""
        return self._seal(clair, lieu, secrets.token_bytes(NONCE))

    def seal_same(self, clair: bytes, lieu: bytes) -> bytes:
        """A value, sealed for its place, the same each time."""
        dit = len(lieu).to_bytes(4, "big") + lieu + clair
        return self._seal(clair, lieu, hmac.digest(self._cle_nonce, dit, "sha256")[:NONCE])

    def open(self, scelle: bytes, lieu: bytes) -> bytes:
        """The value; SceauRompu when it was changed or is that of another place."""
        try:
            nonce = scelle[OCTETS_NOM:ENTETE]
            return self._chiffre.decrypt(nonce, scelle[ENTETE:], lieu)
        except (InvalidTag, ValueError):
            raise SceauRompu("une valeur chiffrée a été changée ou déplacée") from None

    def _seal(self, clair: bytes, lieu: bytes, nonce: bytes) -> bytes:
        return self.cle.nom + nonce + self._chiffre.encrypt(nonce, clair, lieu)

    @cached_property
    def _chiffre(self) -> AESGCM:
        return AESGCM(self.cle.derive(USAGE))

    @cached_property
    def _cle_nonce(self) -> bytes:
        return self.cle.derive(USAGE_NONCE)


class Sceaux(dict[bytes, Sceau]):
    """The seals of a home by the name of their key, each made once."""

    def __init__(self, trousseau: Trousseau) -> None:
        super().__init__()
        self._trousseau = trousseau

    def __missing__(self, nom: bytes) -> Sceau:
        """CoffreFerme when the key is not there."""
        sceau = self[nom] = Sceau(self._trousseau.find(nom))
        return sceau

    def open(self, scelle: bytes, lieu: bytes) -> bytes:
        """A value, with the key that sealed it; CoffreFerme, SceauRompu."""
        return self[scelle[:OCTETS_NOM]].open(scelle, lieu)
