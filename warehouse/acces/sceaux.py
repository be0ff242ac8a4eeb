"""The secret of the one-time codes of a user, sealed by the vault under the name of the user."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warehouse.coffre.trousseau import OCTETS_NOM, CoffreFerme, SceauRompu, Trousseau

USAGE = b"acces"
NONCE = 12


def seal_secret(trousseau: Trousseau, utilisateur: str, secret: str) -> str:
    """Sealed, as text; CoffreFerme without a key."""
    cle = trousseau.courante
    if cle is None:
        raise CoffreFerme("coffre sans clé : les accès ne peuvent pas être gardés")
    nonce = secrets.token_bytes(NONCE)
    scelle = AESGCM(cle.derive(USAGE)).encrypt(nonce, secret.encode(), utilisateur.encode())
    return (cle.nom + nonce + scelle).hex()


def open_secret(trousseau: Trousseau, utilisateur: str, scelle: str) -> str:
    """In clear; SceauRompu when it is another's or was changed, CoffreFerme without its key."""
    octets = bytes.fromhex(scelle)
    cle, reste = trousseau.find(octets[:OCTETS_NOM]), octets[OCTETS_NOM:]
    try:
        clair = AESGCM(cle.derive(USAGE)).decrypt(
            reste[:NONCE], reste[NONCE:], utilisateur.encode()
        )
    except InvalidTag:
        raise SceauRompu("secret d'accès altéré") from None
    return clair.decode()
