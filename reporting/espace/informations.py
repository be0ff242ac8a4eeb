"""What the fund applies: rates and choices of a day, from the data that the night itself reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from specs.baremes import Bareme, Source, ValeurDatee, read_baremes
from specs.options import Option, option_at, read_options
from specs.periodes import Mois

TAUX = "taux_ppm"


@dataclass(frozen=True, slots=True)
class Taux:
    """The rate of a contribution on a day, in parts per million, since when, and who says so."""

    libelle: str
    taux_ppm: int
    depuis: date
    source: Source | None


@dataclass(frozen=True, slots=True)
class Regle:
    """A choice of the fund: what was asked, what was answered."""

    titre: str
    question: str
    reponse: str


@dataclass(frozen=True, slots=True)
class Informations:
    """Rates and choices of a day."""

    taux: Sequence[Taux]
    regles: Sequence[Regle]


def read_informations(jour: date) -> Informations:
    """What holds on a day; what has no value yet, or no longer, is left out."""
    taux = [find_taux(bareme, jour) for bareme in read_baremes().values() if bareme.applique]
    regles = [_describe(option, Mois.from_date(jour)) for option in read_options().values()]
    return Informations([t for t in taux if t is not None], regles)


def find_taux(bareme: Bareme, jour: date) -> Taux | None:
    """The rate of a contribution on a day; None when it has none."""
    valeurs = [v for v in bareme.series.get(TAUX, ()) if v.debut <= jour]
    derniere: ValeurDatee | None = valeurs[-1] if valeurs else None
    if bareme.cotisation is None or derniere is None or derniere.valeur is None:
        return None
    return Taux(bareme.libelle, derniere.valeur, derniere.debut, derniere.source)


def _describe(option: Option, mois: Mois) -> Regle:
    return Regle(option.titre, option.question, option.choix[option_at(option.nom, mois)])
