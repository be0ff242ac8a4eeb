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

from specs.banque.target import next_business_day
from specs.fichiers import read_yaml
from specs.options import Option, choix_at, read_options
from specs.periodes import Mois

SUJETS = (
    "cotisations",
    "cumuls",
    "plafond_securite_sociale",
    "suivi",
    "comptabilite",
    "reglements",
    "echanges",
    "intemperies",
    "conges",
    "paiement_conges",
)
TAUX = "taux_ppm"
SCHEMA_TAUX = pl.Schema(
    {
        "cotisation": pl.String,
        "debut": pl.String,
        "fin": pl.String,
        "taux_ppm": pl.Int64,
        "source": pl.String,
    }
)
SCHEMA_COTISATIONS = pl.Schema(
    {
        "cotisation": pl.String,
        "code_base": pl.String,
        "par_defaut": pl.Boolean,
        "assiette": pl.String,
        "obligatoire": pl.Boolean,
        "refaction": pl.Boolean,
        "cumul": pl.String,
        "partie": pl.String,
        "adhesion": pl.String,
        "taux_reduit": pl.String,
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
class Cotisation:
    """How a contribution is computed: the words are those of the head of `cotisations.yaml`."""

    codes_base: tuple[str, ...]
    base_par_defaut: str | None
    assiette: str
    obligatoire: bool
    refaction: bool
    cumul: str | None
    partie: str | None
    adhesion: str | None
    taux_reduit: str | None

    @property
    def bases(self) -> tuple[tuple[str, bool], ...]:
        """Codes of its bases, each with whether it is only taken in place of the others."""
        defaut = () if self.base_par_defaut is None else ((self.base_par_defaut, True),)
        return (*((code, False) for code in self.codes_base), *defaut)


@dataclass(frozen=True, slots=True)
class Cumul:
    """How the amount of a cumul is spent, and over which period (None: an option says)."""

    droit: str
    periode: str | None


@dataclass(frozen=True, slots=True)
class Bareme:
    """The dated series of one subject, by name (`taux_ppm`...), each sorted by date.

    `cotisation` and `cumul` are None for what is none. `applique` is False when the values are
    known but no rule uses them yet (`raison`).
    """

    code: str
    libelle: str
    applique: bool
    raison: str | None
    cotisation: Cotisation | None
    cumul: Cumul | None
    series: Mapping[str, tuple[ValeurDatee, ...]]

    def find(self, serie: str, mois: Mois) -> int | None:
        """Value of a series at the start of `mois`; None when none is known."""
        en_vigueur = self._known(serie, mois)
        return en_vigueur[-1].valeur if en_vigueur else None

    def cite(self, serie: str, mois: Mois) -> str:
        """Title of the source of that value; nothing when none is known."""
        en_vigueur = self._known(serie, mois)
        source = en_vigueur[-1].source if en_vigueur else None
        return source.titre if source else ""

    def _known(self, serie: str, mois: Mois) -> list[ValeurDatee]:
        return [v for v in self.series.get(serie, ()) if v.debut <= mois.first_day]


Baremes = Mapping[str, Bareme]


@cache
def read_baremes() -> Baremes:
    """Every subject of every file of dated values, by code."""
    return parse_baremes(read_entrees())


def read_entrees() -> dict[str, dict[str, Any]]:
    """Entries of the files of dated values, as written, by code; not to be altered."""
    return {code: entree for sujet in SUJETS for code, entree in read_yaml(__name__, sujet).items()}


def parse_baremes(entrees: Mapping[str, dict[str, Any]]) -> Baremes:
    """Subjects by code, of entries written as in the files of dated values."""
    return MappingProxyType({code: _bareme(code, entree) for code, entree in entrees.items()})


def appliquees(baremes: Baremes) -> Iterator[tuple[str, Bareme, Cotisation]]:
    """Contributions that the fund calls, sorted by code: (code, dated values, form)."""
    for code in sorted(baremes):
        bareme = baremes[code]
        if bareme.applique and bareme.cotisation is not None:
            yield code, bareme, bareme.cotisation


def cotisations_appliquees() -> tuple[str, ...]:
    """Codes of the contributions that the fund calls today, sorted."""
    return tuple(code for code, _, _ in appliquees(read_baremes()))


def read_cotisations(baremes: Baremes | None = None) -> pl.DataFrame:
    """The table of the contributions that are called, one row a base (SCHEMA_COTISATIONS).

    `par_defaut`: the base is only taken when the company declares none of the others.
    """
    lignes = [
        (code, base, defaut, c.assiette, c.obligatoire, c.refaction, c.cumul, c.partie, c.adhesion,
         c.taux_reduit)
        for code, _, c in appliquees(baremes or read_baremes())
        for base, defaut in c.bases
    ]  # fmt: skip
    return pl.DataFrame(lignes, SCHEMA_COTISATIONS, orient="row")


def read_taux(baremes: Baremes | None = None) -> pl.DataFrame:
    """Rates of the applied contributions, sorted by cotisation and debut.

    Columns: cotisation, debut and fin (first and last month, AAAA-MM, fin null when open),
    taux_ppm (Int64), source.
    """
    lignes = [
        (code, *periode)
        for code, bareme, _ in appliquees(baremes or read_baremes())
        for periode in _periodes(bareme.series.get(TAUX, ()))
    ]
    return pl.DataFrame(lignes, SCHEMA_TAUX, orient="row")


def taux_at(cotisation: str, mois: Mois) -> int:
    """Rate in ppm of `cotisation` for the bases of `mois`; ValeurManquante when none is known."""
    return valeur_at(cotisation, TAUX, mois)


def valeur_at(code: str, serie: str, mois: Mois) -> int:
    """Value of a series of `code` at the start of `mois`; ValeurManquante when none is known."""
    bareme = read_baremes().get(code)
    valeur = bareme.find(serie, mois) if bareme else None
    if valeur is None:
        raise ValeurManquante(f"aucune valeur connue pour {code} ({serie}) en {mois}")
    return valeur


def date_exigibilite(mois: Mois, options: Mapping[str, Option] | None = None) -> date:
    """Due date of what is called for `mois`, by the rule that the fund chose at that month."""
    choisies = options or read_options()
    regle = read_yaml(__name__, "exigibilite")[choix_at(choisies, "regle_exigibilite", mois)]
    exigible = mois.shift(regle["decalage_mois"]).first_day.replace(day=regle["jour"])
    reporte = choix_at(choisies, "report_exigibilite", mois) == "jour_ouvre_suivant"
    return next_business_day(exigible) if reporte else exigible


def preavis_prelevement(mois: Mois) -> int:
    """Days of notice before a direct debit, by the rule that the fund chose at that month."""
    regle = read_yaml(__name__, "preavis_prelevement")[
        choix_at(read_options(), "preavis_prelevement", mois)
    ]
    return int(regle["jours"])


def _periodes(valeurs: tuple[ValeurDatee, ...]) -> Iterator[tuple[str, str | None, int, str]]:
    """(first month, last month, value, source) of each value of a series."""
    for valeur, suivante in pairwise((*valeurs, None)):
        if valeur is None or valeur.valeur is None or valeur.source is None:
            continue
        fin = str(Mois.from_date(suivante.debut).previous()) if suivante else None
        yield str(Mois.from_date(valeur.debut)), fin, valeur.valeur, valeur.source.titre


def _bareme(code: str, entree: dict[str, Any]) -> Bareme:
    series = {nom: tuple(map(_valeur, v)) for nom, v in entree.items() if _is_serie(v)}
    return Bareme(
        code=code,
        libelle=entree["libelle"],
        applique=entree["applique"],
        raison=entree.get("raison"),
        cotisation=_cotisation(entree) if "codes_base" in entree else None,
        cumul=Cumul(entree["droit"], entree.get("periode")) if "droit" in entree else None,
        series=MappingProxyType(series),
    )


def _is_serie(champ: object) -> bool:
    return isinstance(champ, list) and all(isinstance(valeur, dict) for valeur in champ)


def _cotisation(entree: dict[str, Any]) -> Cotisation:
    return Cotisation(
        codes_base=tuple(entree["codes_base"]),
        base_par_defaut=entree.get("base_par_defaut"),
        assiette=entree["assiette"],
        obligatoire=entree["obligatoire"],
        refaction=entree["refaction"],
        cumul=entree.get("cumul"),
        partie=entree.get("partie"),
        adhesion=entree.get("adhesion"),
        taux_reduit=entree.get("taux_reduit"),
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
