"""Texts of the base that are sealed: clear where they are read, sealed where they are written.

    Column("iban", Scelle("ibans.iban"))
    keep_trousseau(moteur, trousseau)

An engine without keys gives what is sealed as it is, and writes it so: a backup needs none. What
is in clear it refuses to write.
"""

from __future__ import annotations

import base64

from sqlalchemy import Dialect, Engine, String
from sqlalchemy.types import TypeDecorator

from warehouse.coffre.trousseau import CoffreFerme, Trousseau
from warehouse.coffre.valeurs import Sceau, Sceaux

PREFIXE = "coffre1:"
ATTRIBUT = "caisse_sceaux"  # of the dialect of an engine: all that a type is given


class Scelle(TypeDecorator[str]):
    """A text that is sealed; `lieu`, its table and column, is authenticated with it.

    What is of before is read in clear.
    """

    impl = String
    cache_ok = True

    def __init__(self, lieu: str) -> None:
        super().__init__()
        self.lieu = lieu

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is written; CoffreFerme when there is no key to seal it."""
        if value is None or value.startswith(PREFIXE):
            return value
        sceau: Sceau | None = getattr(dialect, ATTRIBUT, (None, None))[0]
        if sceau is None:
            raise CoffreFerme(f"{self.lieu} : aucune clé pour chiffrer")
        return PREFIXE + base64.b64encode(sceau.seal(value.encode(), self.lieu.encode())).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """What is read; CoffreFerme when its key is not among those of the engine, SceauRompu."""
        sceaux: Sceaux | None = getattr(dialect, ATTRIBUT, (None, None))[1]
        if value is None or sceaux is None or not value.startswith(PREFIXE):
            return value
        return sceaux.open(_decode(value), self.lieu.encode()).decode()


def keep_trousseau(moteur: Engine, trousseau: Trousseau) -> None:
    """From now on, this engine opens and seals with these keys, and refuses what it can't."""
    cle = trousseau.courante
    setattr(moteur.dialect, ATTRIBUT, (None if cle is None else Sceau(cle), Sceaux(trousseau)))


def name_cle(valeur: str) -> bytes | None:
    """Name of the key of a text as it is in the base; None when it is in clear."""
    return _decode(valeur)[:8] if valeur.startswith(PREFIXE) else None


def _decode(valeur: str) -> bytes:
    return base64.b64decode(valeur.removeprefix(PREFIXE))
