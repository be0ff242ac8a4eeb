"""What a certificate contains."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from pipelines.editique.valeurs import Entreprise
from pipelines.suivi.documents.valeurs import EtatAttestation


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
