"""Dated values of the contributions: rates, reference amounts, due dates.

One YAML a subject (see the head of each file). A value holds from its first day until the next
value; `null` ends it. A value that is missing for a month is an error that names both
(`ValeurManquante`): a neighbour's value is never used in its place.

    >>> from specs.periodes import Mois
    >>> taux_at("CP", Mois(2026, 3))
    210000
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import polars as pl

from specs.fichiers import read_yaml
from specs.options import option_at
from specs.periodes import Mois

SUJETS = (
    "cotisations",
    "abattements",
    "plafond_securite_sociale",
    "suivi",
    "comptabilite",
    "reglements",
)
TAUX = "taux_ppm"
SCHEMA_TAUX = pl.Schema(
    {
        "cotisation": pl.String,
        "code_base": pl.String,
        "debut": pl.String,
        "fin": pl.String,
        "taux_ppm": pl.Int64,
        "source": pl.String,
    }
)


class ValeurManquante(LookupError):  # noqa: N818 - named in French
    """No value is known at that date: the message names the value and the month."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is written: a title, and an address when there is one."""

    titre: str
    lien: str | None


@dataclass(frozen=True, slots=True)
class ValeurDatee:
    """A value from `debut` on, until the next of its series; None ends the series.

    `source` is None only for an end; `incertain` says what the sources leave open.
    """

    debut: date
    valeur: int | None
    source: Source | None
    note: str | None
    incertain: str | None


@dataclass(frozen=True, slots=True)
class Bareme:
    """The dated series of one subject, by name (`taux_ppm`...), each sorted by date.

    `applique` is False when the values are known but no rule uses them yet (`raison`).
    """

    code: str
    libelle: str
    code_base: str | None
    applique: bool
    raison: str | None
    series: Mapping[str, tuple[ValeurDatee, ...]]


@cache
def read_baremes() -> Mapping[str, Bareme]:
    """Every subject of every file of dated values, by code."""
    baremes = [
        _bareme(code, entree)
        for sujet in SUJETS
        for code, entree in read_yaml(__name__, sujet).items()
    ]
    return MappingProxyType({bareme.code: bareme for bareme in baremes})


def cotisations_appliquees() -> tuple[str, ...]:
    """Codes of the contributions that the fund calls today, sorted."""
    return tuple(
        sorted(b.code for b in read_baremes().values() if b.applique and b.code_base is not None)
    )


@cache
def read_taux() -> pl.DataFrame:
    """Rates of the applied contributions, sorted by cotisation and debut.

    Columns: cotisation, code_base, debut and fin (first and last month, AAAA-MM, fin null when
    open), taux_ppm (Int64), source.
    """
    lignes = [
        (code, bareme.code_base, *periode)
        for code in cotisations_appliquees()
        for bareme in [read_baremes()[code]]
        for periode in _periodes(bareme.series[TAUX])
    ]
    return pl.DataFrame(lignes, SCHEMA_TAUX, orient="row")


def taux_at(cotisation: str, mois: Mois) -> int:
    """Rate in ppm of `cotisation` for the bases of `mois`; ValeurManquante when none is known."""
    return valeur_at(cotisation, TAUX, mois)


def valeur_at(code: str, serie: str, mois: Mois) -> int:
    """Value of a series of `code` at the start of `mois`; ValeurManquante when none is known."""
    bareme = read_baremes().get(code)
    valeurs = bareme.series.get(serie, ()) if bareme else ()
    en_vigueur = [v.valeur for v in valeurs if v.debut <= mois.first_day]
    if not en_vigueur or en_vigueur[-1] is None:
        raise ValeurManquante(f"aucune valeur connue pour {code} ({serie}) en {mois}")
    return en_vigueur[-1]


def date_exigibilite(mois: Mois) -> date:
    """Due date of what is called for `mois`, by the rule that the fund chose at that month."""
    regle = read_yaml(__name__, "exigibilite")[option_at("regle_exigibilite", mois)]
    exigible = mois.shift(regle["decalage_mois"])
    return exigible.first_day.replace(day=regle["jour"])


def _periodes(valeurs: tuple[ValeurDatee, ...]) -> Iterator[tuple[str, str | None, int, str]]:
    """(first month, last month, value, source) of each value of a series."""
    for valeur, suivante in pairwise((*valeurs, None)):
        if valeur is None or valeur.valeur is None or valeur.source is None:
            continue
        fin = str(Mois.from_date(suivante.debut).previous()) if suivante else None
        yield str(Mois.from_date(valeur.debut)), fin, valeur.valeur, valeur.source.titre


def _bareme(code: str, entree: dict[str, Any]) -> Bareme:
    series = {nom: tuple(map(_valeur, v)) for nom, v in entree.items() if isinstance(v, list)}
    return Bareme(
        code=code,
        libelle=entree["libelle"],
        code_base=entree.get("code_base"),
        applique=entree["applique"],
        raison=entree.get("raison"),
        series=MappingProxyType(series),
    )


def _valeur(entree: dict[str, Any]) -> ValeurDatee:
    source = entree.get("source")
    return ValeurDatee(
        debut=entree["debut"],
        valeur=entree["valeur"],
        source=Source(source["titre"], source.get("lien")) if source else None,
        note=entree.get("note"),
        incertain=entree.get("incertain"),
    )
