"""What the certificates and the reminders contain.

Money in centimes, months as `AAAA-MM`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

from pipelines.publication.documents.valeurs_compte import Entreprise

EtatAttestation = Literal["EN_REGLE", "REVOQUEE"]
EtatDeclaration = Literal["ABSENTE", "PARTIELLE", "INUTILISABLE"]


@dataclass(frozen=True, slots=True)
class Attestation:
    """A certificate for public contracts: up to date with its CP and CI contributions.

    `date_arrete` is that of its issue; `revoquee_le` and `motif` are told once it is revoked. The
    counts and the overdue amount are the proof: what was looked at on the day of issue.
    """

    attestation: str
    entreprise: Entreprise
    date_arrete: date
    fin_validite: date
    etat: EtatAttestation
    motif: str
    dsn_attendues: int
    dsn_recues: int
    echu_centimes: int
    revoquee_le: date | None = None
    publication: int | None = None

    @property
    def empreinte(self) -> str:
        """SHA-256 of what was certified: revoking changes the state, never this."""
        preuve = asdict(self)
        for propre in ("etat", "motif", "revoquee_le", "publication"):
            del preuve[propre]
        texte = json.dumps(preuve, default=date.isoformat, ensure_ascii=False, sort_keys=True)
        return sha256(texte.encode()).hexdigest()


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
