"""What the certificates and the reminders contain.

Money in centimes, months as `AAAA-MM`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipelines.editique.valeurs import Entreprise

EtatAttestation = Literal["EN_REGLE", "REVOQUEE"]
EtatDeclaration = Literal["ABSENTE", "PARTIELLE", "INUTILISABLE"]


@dataclass(frozen=True, slots=True)
class DeclarationManquante:
    """A month of an establishment that the fund has no usable DSN for."""

    siret: str
    cdg: str
    mois: str
    date_limite: date
    etat: EtatDeclaration


@dataclass(frozen=True, slots=True)
class Relance:
    """A reminder of missing declarations: the `rang`th one, to be answered by `date_reponse`.

    `appel_estime` tells whether an estimated call follows when nothing comes.
    """

    relance: str
    entreprise: Entreprise
    rang: int
    manquantes: tuple[DeclarationManquante, ...]
    date_reponse: date
    appel_estime: bool
    date_arrete: date
    publication: int | None = None
