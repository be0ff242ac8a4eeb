"""What the documents contain, before any layout: frozen values, no formatting.

Money in centimes, rates in parts per million, months as `AAAA-MM`, instants as ISO 8601 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipelines.editique.valeurs import Entreprise
from specs.montants import PPM

NatureAppel = Literal["INITIAL", "COMPLEMENTAIRE", "ESTIME"]


@dataclass(frozen=True, slots=True)
class Cumul:
    """Where a company stands in a cumulated period (campaign, year) after the month of a line.

    `nature` is `cumul` of the contract `cumuls_cotisations`. `droit_centimes` is what the period
    gives so far (abatement, or ceiling of the first tranche), `consomme_centimes` the part of it
    that the bases have used.
    """

    nature: str
    periode: str
    cumul_centimes: int
    droit_centimes: int
    consomme_centimes: int


@dataclass(frozen=True, slots=True)
class DejaAppele:
    """Sum of the lines of the former calls with the same month of attachment and contribution."""

    base_centimes: int
    abattement_centimes: int
    montant_centimes: int


@dataclass(frozen=True, slots=True)
class LigneAppel:
    """One line of a call: montant = round((base - abattement) x rate), for one month of attachment.

    `salaries`, `lignes_dsn` and `depots` tell the employees, the DSN lines and the deposits behind
    it, when known. `base_brute_centimes` is the base before `refaction_ppm` (the share kept) and
    `coefficient_ppm`, the base itself when None. A line of a complementary call is a difference
    with `deja`. Of its base, `estimation_centimes` stand for DSN that did not come, and
    `quantite_tdp` (centimes, or hundredths of an hour where there are hours) for wage returns.
    """

    mois_rattachement: str
    cotisation: str
    libelle: str
    base_centimes: int
    taux_ppm: int
    montant_centimes: int
    salaries: int | None = None
    lignes_dsn: int | None = None
    base_brute_centimes: int | None = None
    heures_centiemes: int | None = None
    refaction_ppm: int = PPM
    coefficient_ppm: int = PPM
    abattement_centimes: int = 0
    code_base: str | None = None
    depots: tuple[str, ...] = ()
    cumul: Cumul | None = None
    deja: DejaAppele | None = None
    taux_depuis: str | None = None
    taux_source: str | None = None
    salaire_reference_centimes: int | None = None
    estimation_centimes: int = 0
    quantite_tdp: int = 0

    @property
    def brute_centimes(self) -> int:
        """The base before the share kept."""
        brute = self.base_brute_centimes
        return self.base_centimes if brute is None else brute

    @property
    def assiette_centimes(self) -> int:
        """What the rate applies to."""
        return self.base_centimes - self.abattement_centimes


@dataclass(frozen=True, slots=True)
class EffetAppel:
    """What a deposit changes to the call of one CDG and month; `appel` is None in test mode."""

    cdg: str
    mois_appel: str
    appel: str | None
    nature: NatureAppel
    date_exigibilite: date
    lignes: tuple[LigneAppel, ...]

    @property
    def montant_centimes(self) -> int:
        """Sum of the lines."""
        return sum(ligne.montant_centimes for ligne in self.lignes)


@dataclass(frozen=True, slots=True)
class DepotOrigine:
    """A deposit that a call comes from."""

    depot: str
    nom: str
    recu_le: str


@dataclass(frozen=True, slots=True)
class Prelevement:
    """The automatic debit that will settle a call; `compte` is the masked IBAN.

    `montant_centimes`: what is debited for the reference of payment (the call, or its group).
    """

    date_echeance: date
    rum: str
    compte: str
    montant_centimes: int


@dataclass(frozen=True, slots=True)
class AppelGroupe:
    """One call of a payment group, and what remains to be paid of it."""

    appel: str
    cdg: str
    montant_centimes: int
    reste_centimes: int


@dataclass(frozen=True, slots=True)
class GroupePaiement:
    """Calls of several management centres settled together, under one reference."""

    groupe: str
    libelle: str
    appels: tuple[AppelGroupe, ...]

    @property
    def montant_centimes(self) -> int:
        """What was called of the group."""
        return sum(appel.montant_centimes for appel in self.appels)

    @property
    def reste_centimes(self) -> int:
        """What the group pays at once."""
        return sum(appel.reste_centimes for appel in self.appels)


@dataclass(frozen=True, slots=True)
class Appel:
    """A published contribution call of one CDG and month.

    `deja_appele_centimes` is the sum of the former calls of the same CDG and month (0 for an
    initial call): decision C-08, a published call is never rewritten, a later one is a difference.
    An estimated call (`ESTIME`) waits for the DSN of `etablissements_estimes`, which replaces it by
    difference. `reste_centimes` is what the accounts leave to pay of it (None when they
    do not tell), `mandat_actif` whether the place that pays has a mandate, debited for it or not,
    `telepaiement` what the wage return that it comes from says of its debit (None: from none).
    """

    appel: str
    adherent: str
    raison_sociale: str
    siren: str
    cdg: str
    etablissements: tuple[str, ...]
    mois_appel: str
    rang: int
    nature: NatureAppel
    date_arrete: date
    date_exigibilite: date
    lignes: tuple[LigneAppel, ...]
    salaries: int
    depots: tuple[DepotOrigine, ...]
    montant_centimes: int
    deja_appele_centimes: int
    publication: int
    reference_paiement: str = ""
    groupe: GroupePaiement | None = None
    prelevement: Prelevement | None = None
    reste_centimes: int | None = None
    mandat_actif: bool = False
    etablissements_estimes: tuple[str, ...] = ()
    telepaiement: bool | None = None

    @property
    def reference(self) -> str:
        """What a payment must recall: the group's reference, the call's identifier otherwise."""
        return self.reference_paiement or self.appel

    @property
    def a_payer_centimes(self) -> int:
        """What is to be paid under the reference: the group's calls, or this one, less payments."""
        if self.groupe is not None:
            return self.groupe.reste_centimes
        return self.montant_centimes if self.reste_centimes is None else self.reste_centimes


@dataclass(frozen=True, slots=True)
class LigneRecapitulatif:
    """What was called for one management centre, month of attachment and contribution."""

    cdg: str
    mois_rattachement: str
    cotisation: str
    libelle: str
    base_centimes: int
    abattement_centimes: int
    montant_centimes: int


@dataclass(frozen=True, slots=True)
class AppelCompris:
    """A call that a summary draws on, and the part of it that belongs to the period."""

    appel: str
    cdg: str
    mois_appel: str
    date_exigibilite: date
    montant_centimes: int
    part_centimes: int


@dataclass(frozen=True, slots=True)
class Recapitulatif:
    """Everything called for the months of a period: a civil year (`2026`), a campaign (`2025-26`).

    The parts of the calls and the lines have the same sum.
    """

    entreprise: Entreprise
    periode: str
    debut: str
    fin: str
    lignes: tuple[LigneRecapitulatif, ...]
    appels: tuple[AppelCompris, ...]
    date_arrete: date
    publication: int

    @property
    def montant_centimes(self) -> int:
        """Everything called for the period."""
        return sum(ligne.montant_centimes for ligne in self.lignes)
