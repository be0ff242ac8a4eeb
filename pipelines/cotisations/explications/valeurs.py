"""What an explanation of a call or of one of its lines says, before any layout: frozen values.

Money in centimes, rates in parts per million, hours in hundredths, exact products as fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipelines.explications.valeurs import Ecart


@dataclass(frozen=True, slots=True)
class BaseRetenue:
    """One row of `bases`: `ligne` is its line in the file of the deposit."""

    ligne: int
    siret: str
    salarie: str | None
    contrat: str | None
    code_base: str
    quantite: int


@dataclass(frozen=True, slots=True)
class BasesDepot:
    """Rows of one deposit; `nom` and `recu_le` are None for what is no file (an estimation)."""

    depot: str
    source: str
    nom: str | None
    recu_le: str | None
    quantite: int
    bases: tuple[BaseRetenue, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A dated value in force: since when, who says so, what they leave open.

    `origine`: BAREME (specs), CENTRE (a parameter of the management centre), INCONNUE.
    """

    valeur: int
    origine: str
    depuis: date | None
    source_titre: str | None
    source_lien: str | None
    incertain: str | None


@dataclass(frozen=True, slots=True)
class OptionJouee:
    """A choice of the fund that the amount depends on, with what it answers and its source."""

    nom: str
    question: str
    choix: str
    reponse: str
    decision: str
    depuis: date
    source_titre: str
    source_lien: str | None


@dataclass(frozen=True, slots=True)
class PartAssiette:
    """What one line of the company bears of the assiette of the month."""

    cdg: str
    mois_rattachement: str
    cotisation: str
    base_centimes: int
    part_centimes: int


@dataclass(frozen=True, slots=True)
class EtapeCampagne:
    """The month of attachment of a line in the campaign as computed at the month `mois_appel`.

    `cumul_centimes`: bases attached until that month; `part_centimes`: what the line bears there of
    the assiette.
    """

    mois_appel: str
    cumul_centimes: int
    droit_centimes: int
    assiette_centimes: int
    part_centimes: int


@dataclass(frozen=True, slots=True)
class CumulExplique:
    """The position of a company in a cumul at the month of call (contract `cumuls_cotisations`).

    `etapes`: the computation that the line takes the difference of, after the one it takes it from
    (absent where nothing was known of the month); none for a cumul followed by month of call.
    """

    cumul: str
    libelle: str
    periode: str
    montant_annuel: Reference | None
    base_centimes: int
    cumul_centimes: int
    droit_centimes: int
    assiette_cumulee_centimes: int
    assiette_centimes: int
    abattement_centimes: int
    strategie: str
    partage: tuple[PartAssiette, ...]
    etapes: tuple[EtapeCampagne, ...]

    @property
    def assiette_avant_centimes(self) -> int:
        """What was beyond at the month of call before."""
        return self.assiette_cumulee_centimes - self.assiette_centimes

    @property
    def consomme_centimes(self) -> int:
        """Part of the right that the bases have used."""
        return self.cumul_centimes - self.assiette_cumulee_centimes


@dataclass(frozen=True, slots=True)
class Mesures:
    """Figures of a line, or sums of lines of one key (columns of `lignes_appel`)."""

    base_brute_centimes: int
    heures_centiemes: int | None
    base_centimes: int
    abattement_centimes: int
    montant_centimes: int


@dataclass(frozen=True, slots=True)
class LigneAnterieure:
    """The line of the same key in a former call of the month."""

    appel: str
    mesures: Mesures


@dataclass(frozen=True, slots=True)
class Calcul:
    """The figures of a key computed again from the rows; None when a value lacks.

    `base_exacte` and `montant_exact` are before the rounding, in centimes.
    """

    quantite: int
    base_brute_centimes: int | None
    base_exacte: Fraction | None
    base_centimes: int | None
    abattement_centimes: int | None
    montant_exact: Fraction | None
    montant_centimes: int | None


@dataclass(frozen=True, slots=True)
class LigneExpliquee:
    """One line of a call: `calcul` (the key as of this call) less `anterieures` gives `publiee`."""

    identifiant: str
    appel: str
    nature: str
    siren: str
    cdg: str
    mois_appel: str
    mois_rattachement: str
    cotisation: str
    libelle: str
    codes_base: tuple[str, ...]
    en_heures: bool
    depots: tuple[BasesDepot, ...]
    salaire_reference: Reference | None
    refaction: Reference
    coefficient: Reference
    taux: Reference
    cumul: CumulExplique | None
    calcul: Calcul
    anterieures: tuple[LigneAnterieure, ...]
    publiee: Mesures
    options: tuple[OptionJouee, ...]
    ecarts: tuple[Ecart, ...]


@dataclass(frozen=True, slots=True)
class AppelExplique:
    """A call: its lines add up to its amount; `anterieurs`: identifier and amount of each."""

    appel: str
    adherent: str
    siren: str
    cdg: str
    mois_appel: str
    rang: int
    nature: str
    groupe: str | None
    reference_paiement: str
    date_arrete: date
    date_exigibilite: date
    montant_centimes: int
    anterieurs: tuple[tuple[str, int], ...]
    lignes: tuple[LigneExpliquee, ...]
    options: tuple[OptionJouee, ...]
    ecarts: tuple[Ecart, ...]
