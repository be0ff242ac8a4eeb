"""What the documents of bad weather contain.

Money in centimes, hours in hundredths, hourly wages in ten-thousandths of a euro, rates in ppm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.editique.valeurs import Entreprise


@dataclass(frozen=True, slots=True)
class Arret:
    """A stop of a declaration."""

    arret: str
    chantier: str
    departement: str
    cause: str
    debut: date
    debut_heure: str
    reprise: date
    reprise_heure: str


@dataclass(frozen=True, slots=True)
class Jour:
    """A lost day of an employee; `codes`: what was found of it."""

    date: date
    perdues_centiemes: int
    carence_centiemes: int
    indemnisees_centiemes: int
    premieres_centiemes: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What an employee is due for a declaration, calendar year and campaign (the contract)."""

    annee: int
    campagne: str
    indemnite: str | None
    indemnisees_centiemes: int
    premieres_centiemes: int
    salaire_horaire: int | None
    indemnite_calculee_centimes: int | None
    indemnite_retenue_centimes: int | None
    premieres_centimes: int | None
    remboursable_centimes: int | None
    remboursable_premieres_centimes: int | None
    heures_conges_centiemes: int
    cotisation_conges_centimes: int | None
    definitif: bool | None
    salaires_retenus_centimes: int | None
    diviseur_retenu: int | None
    abattement_retenu_centimes: int | None
    taux_premieres_ppm: int | None
    taux_suivantes_ppm: int | None
    coefficient_ppm: int | None
    remboursement_centimes: int | None
    manque: str | None


@dataclass(frozen=True, slots=True)
class Versement:
    """A row of what is refunded, and the transfer that pays it when one does."""

    annee: int
    campagne: str
    nature: str
    date_arrete: date
    montant_centimes: int
    reglement: str | None
    date_execution: date | None


@dataclass(frozen=True, slots=True)
class Compteur:
    """What an employee has used of a calendar year, all employers."""

    annee: int
    indemnites_journalieres_centiemes: int
    indemnites_entreprise_centiemes: int
    restantes_centiemes: int


@dataclass(frozen=True, slots=True)
class Salarie:
    """An employee of a declaration."""

    nom: str
    matricule: str | None
    jours: tuple[Jour, ...]
    parts: tuple[Part, ...]
    versements: tuple[Versement, ...]
    compteurs: tuple[Compteur, ...]

    @property
    def indemnite_centimes(self) -> int | None:
        """What is due to the employee; None while a value is missing."""
        dues = [part.indemnite_calculee_centimes for part in self.parts]
        return None if None in dues else sum(due or 0 for due in dues)

    @property
    def rembourse_centimes(self) -> int:
        """What the company was refunded."""
        return sum(versement.montant_centimes for versement in self.versements)


@dataclass(frozen=True, slots=True)
class Justificatif:
    """A declaration, what it gives each employee and gives back to the company."""

    entreprise: Entreprise
    declaration: str
    recue_le: str
    echeance: date
    etat: str
    code: str | None
    arrets: tuple[Arret, ...]
    salaries: tuple[Salarie, ...]
    date_arrete: date
    publication: int | None


@dataclass(frozen=True, slots=True)
class LigneCampagne:
    """A declaration in a campaign: declared, indemnified, refunded; what the company bears."""

    declaration: str
    etat: str
    premier_jour: date
    salaries: int
    perdues_centiemes: int
    indemnisees_centiemes: int
    indemnite_centimes: int
    provisoire_centimes: int
    definitif_centimes: int | None
    rembourse_centimes: int
    cotisation_conges_centimes: int

    @property
    def reste_centimes(self) -> int:
        """What the company bears of the indemnities."""
        return self.indemnite_centimes - self.rembourse_centimes


@dataclass(frozen=True, slots=True)
class Seuil:
    """What a campaign would refund with the rate of one side of the threshold, all else equal."""

    taux_ppm: int
    rembourse_centimes: int


@dataclass(frozen=True, slots=True)
class Campagne:
    """The campaign of a company: each declaration, and what the refunds are made on.

    `salaires_centimes` over `diviseur`: the wages that refunds are made on tonight (the campaign
    whole, or its known months extended); null while no month is known. `seuils`: below and above
    `multiple` abatements.
    """

    entreprise: Entreprise
    campagne: str
    definitive: bool
    mois_connus: int
    mois_activite: int
    manquants: str
    salaires_centimes: int | None
    diviseur: int
    abattement_centimes: int | None
    multiple: int
    lignes: tuple[LigneCampagne, ...]
    seuils: tuple[Seuil, ...]
    date_arrete: date
    publication: int


@dataclass(frozen=True, slots=True)
class Periode:
    """What an employee was indemnified for in a declaration and calendar year."""

    declaration: str
    debut: date
    fin: date
    jours: int
    perdues_centiemes: int
    indemnisees_centiemes: int


@dataclass(frozen=True, slots=True)
class AnneeSalarie:
    """A calendar year of an employee who leaves: daily indemnities, hours, periods."""

    compteur: Compteur
    perdues_centiemes: int
    indemnisees_centiemes: int
    periodes: tuple[Periode, ...]


@dataclass(frozen=True, slots=True)
class Depart:
    """The certificate that an employer owes to an employee who leaves (D5424-31)."""

    entreprise: Entreprise
    nom: str
    matricule: str | None
    entree: date | None
    sortie: date
    annees: tuple[AnneeSalarie, ...]
    date_arrete: date
    publication: int | None
