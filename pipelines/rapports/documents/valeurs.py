"""What the report of a deposit contains, before any layout: frozen values, no formatting.

Money in centimes, rates in parts per million, months as `AAAA-MM`, instants as ISO 8601 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipelines.cotisations.documents.valeurs import EffetAppel

Verdict = Literal["CONFORME", "NON_CONFORME", "ILLISIBLE", "EN_ATTENTE", "MIS_A_L_ECART"]


@dataclass(frozen=True, slots=True)
class LigneAnomalie:
    """One row of the published table `anomalies` (same names, same types)."""

    lot: str
    depot: str
    rang: int
    code: str
    severite: str
    ligne: int | None
    bloc: str | None
    occurrence: int | None
    rubrique: str | None
    rang_declaration: int | None
    rang_individu: int | None
    valeur: str | None
    attendu: str | None
    nombre: int
    message: str
    remede: str


@dataclass(frozen=True, slots=True)
class GroupeAnomalies:
    """Anomalies of one code and rubric: how many in all, how many of them have a row."""

    severite: str
    code: str
    rubrique: str | None
    nombre: int
    detaillees: int
    ligne: int | None
    message: str
    remede: str


@dataclass(frozen=True, slots=True)
class LigneDeclaration:
    """One declaration of a deposit and what became of it; a broken file may lack any rubric."""

    rang: int
    siret: str | None
    mois: str | None
    nature: str | None
    type: str | None
    fraction: str | None
    ordre: int | None
    individus: int
    statut: str | None
    motif: str | None


@dataclass(frozen=True, slots=True)
class Rapport:
    """Report of conformity of one deposit, with its effect on the calls.

    `essai` is None when the file could not say it. `anomalies` may hold fewer rows than the two
    counts, which are exact, as those of `groupes` are. `publication` is None when nothing was
    published with the report. `suivi_de` names the report that the night gives after this one, None
    when none comes: what the control says of a file is not yet what the fund makes of it.
    """

    depot: str
    nom: str
    adherent: str
    raison_sociale: str
    sha256: str
    octets: int
    recu_le: str
    essai: bool | None
    version: str | None
    verdict: Verdict
    motif: str | None
    lignes: int | None
    declarations: tuple[LigneDeclaration, ...]
    anomalies: tuple[LigneAnomalie, ...]
    anomalies_bloquantes: int
    anomalies_signalees: int
    effets: tuple[EffetAppel, ...]
    date_arrete: date
    publication: int | None = None
    groupes: tuple[GroupeAnomalies, ...] = ()
    suivi_de: str | None = None

    @property
    def anomalies_total(self) -> int:
        """Exact number of anomalies of the deposit, printed or not."""
        return self.anomalies_bloquantes + self.anomalies_signalees

    @property
    def mode(self) -> str:
        """`essai`, `reel` or `inconnu`."""
        if self.essai is None:
            return "inconnu"
        return "essai" if self.essai else "reel"
