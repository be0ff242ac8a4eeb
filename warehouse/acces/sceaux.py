"""The secret of the one-time codes of a user, sealed by the vault under the name of the user."""

from __future__ import annotations

from warehouse.coffre.trousseau import CoffreFerme, Trousseau
from warehouse.coffre.valeurs import Sceau, Sceaux

LIEU = "acces.secret"


def seal_secret(trousseau: Trousseau, utilisateur: str, secret: str) -> str:
    """Sealed, as text; CoffreFerme without a key."""
    cle = trousseau.courante
    if cle is None:
        raise CoffreFerme("coffre sans clé : les accès ne peuvent pas être gardés")
    return Sceau(cle).seal(secret.encode(), _lieu(utilisateur)).hex()


def open_secret(trousseau: Trousseau, utilisateur: str, scelle: str) -> str:
    """In clear; SceauRompu when it is another's or was changed, CoffreFerme without its key."""
    return Sceaux(trousseau).open(bytes.fromhex(scelle), _lieu(utilisateur)).decode()


def _lieu(utilisateur: str) -> bytes:
    return f"{LIEU} {utilisateur}".encode()
