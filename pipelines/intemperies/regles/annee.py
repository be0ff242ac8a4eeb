"""The lost days of an employee, in one pass over all his employers.

The counters go with the ISO week and with the continuous stop, whatever the calendar year; only
the daily indemnities start again on 1 January. Source: Code du travail, D5424-12 to D5424-14,
D5424-27; choices I-01, I-02, I-04, I-08, I-25, I-35.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from pipelines.intemperies.regles.valeurs import Bornes
from specs.montants import round_half_away

SEPT_JOURS = 7
CODES = {1: "IN-020", 2: "IN-021", 4: "IN-022"}
JOUR, SEMAINE, ANNEE = CODES
ORDRE = ["salarie", "date", "debut", "siren", "declaration", "arret"]
CALCULEES = pl.Schema(
    {
        "carence_centiemes": pl.Int64,
        "indemnisees_centiemes": pl.Int64,
        "premieres_centiemes": pl.Int64,
        "masque": pl.Int64,
    }
)
COMPTES = pl.Schema(
    {
        "salarie": pl.String,
        "annee": pl.Int64,
        "siren": pl.String,
        "indemnites_journalieres_centiemes": pl.Int64,
        "indemnites_entreprise_centiemes": pl.Int64,
    }
)
Nombre = int | Fraction


@dataclass(frozen=True, slots=True)
class Annees:
    """`jours`: what came in, in ORDRE, and CALCULEES; `comptes`: COMPTES, daily indemnities."""

    jours: pl.DataFrame
    comptes: pl.DataFrame


def _zeros() -> dict[Any, Any]:
    return defaultdict(int)


@dataclass(slots=True)
class Compteurs:
    """Counters of one employee (hundredths of an hour), moved line after line.

    Weeks are told by their number, stops by theirs below zero.
    """

    bornes: Mapping[int, Bornes]
    carence: dict[int, int] = field(default_factory=_zeros)
    premieres: dict[int, int] = field(default_factory=_zeros)
    de_la_declaration: dict[int, int] = field(default_factory=_zeros)
    du_jour: dict[int, int] = field(default_factory=_zeros)
    de_la_semaine: dict[int, int] = field(default_factory=_zeros)
    comptes: dict[int, Nombre] = field(default_factory=_zeros)
    propres: dict[tuple[int, str], Nombre] = field(default_factory=_zeros)
    somme: dict[int, Nombre] = field(default_factory=_zeros)
    comptees: set[int] = field(default_factory=set)
    declarations: set[int] = field(default_factory=set)

    def take(
        self,
        annee: int,
        jour: int,
        semaine: int,
        siren: str,
        declaration: int,
        arret: int,
        perdues: int,
        horaire: int,
        ij_avant: int,
        etale: bool,
    ) -> tuple[int, int, int, int]:
        """Waiting, indemnified, first hours and mask of CODES of the next line."""
        if perdues <= 0:
            return 0, 0, 0, 0
        bornes = self.bornes[annee]
        self._open(declaration, annee, siren, ij_avant)
        cles = (semaine, -arret) if etale else (semaine,)
        carence = _bear(self.carence, cles, perdues, bornes.carence)
        indemnisees, masque = self._bound(bornes, annee, jour, semaine, perdues - carence)
        if indemnisees:
            part = Fraction(indemnisees, horaire) if bornes.au_prorata else 0
            self._count(annee, jour, siren, part or int(jour not in self.comptees))
        self.du_jour[jour] += indemnisees
        self.de_la_semaine[semaine] += indemnisees
        if bornes.par_declaration:
            porte, cles = self.de_la_declaration, (declaration,)
        else:
            porte = self.premieres
        premieres = _bear(porte, cles, indemnisees, bornes.premieres)
        return carence, indemnisees, premieres, masque

    def _open(self, declaration: int, annee: int, siren: str, ij_avant: int) -> None:
        """At its first lost day, a declaration may tell indemnities that the fund does not know."""
        propres = self.propres[annee, siren]
        if declaration in self.declarations:
            return
        self.declarations.add(declaration)
        ailleurs = max(self.somme[annee] - propres, ij_avant)
        self.comptes[annee] = max(self.comptes[annee], propres + ailleurs)

    def _bound(
        self, bornes: Bornes, annee: int, jour: int, semaine: int, heures: int
    ) -> tuple[int, int]:
        """Hours within the caps of the day, of the week and of the year, and the mask."""
        masque = 0
        for code, reste in (
            (JOUR, bornes.jour - self.du_jour[jour]),
            (SEMAINE, bornes.semaine - self.de_la_semaine[semaine]),
        ):
            if heures > reste:
                heures, masque = reste, masque | code
        epuisees = self.comptes[annee] >= bornes.indemnites and jour not in self.comptees
        return (0, masque | ANNEE) if heures > 0 and epuisees else (heures, masque)

    def _count(self, annee: int, jour: int, siren: str, nombre: Nombre) -> None:
        self.comptees.add(jour)
        self.comptes[annee] += nombre
        self.somme[annee] += nombre
        self.propres[annee, siren] += nombre

    def list_comptes(self) -> Iterator[tuple[int, str, int, int]]:
        """Year, company, indemnities of all employers and its own, in hundredths."""
        for (annee, siren), propres in self.propres.items():
            yield annee, siren, _centiemes(self.comptes[annee]), _centiemes(propres)


def _bear(porte: dict[int, int], cles: tuple[int, ...], heures: int, borne: int) -> int:
    """What of `heures` is still to be borne up to `borne`: once for all of `cles` (I-01)."""
    deja = max([porte[cle] for cle in cles])
    pris = min(heures, max(0, borne - deja))
    for cle in cles:
        porte[cle] = deja + pris
    return pris


def _centiemes(nombre: Nombre) -> int:
    if isinstance(nombre, int):
        return nombre * 100
    exact = nombre * 100
    return round_half_away(exact.numerator, exact.denominator)


def compute_annees(jours: pl.DataFrame, bornes: Mapping[int, Bornes]) -> Annees:
    """The hours of every line of some employees, whole: all their employers, all their years.

    `jours`, one row a (siren, declaration, arret, salarie, date) that no control refuses: debut
    (day and hour of the stop, as a text that sorts), perdues_centiemes (net of replacement),
    horaire_centiemes, ij_avant. `bornes`: of each calendar year among them.
    """
    tries = jours.sort(ORDRE)
    rangs = tries.select(
        "salarie",
        pl.col("date").dt.year().cast(pl.Int64),
        pl.col("date").to_physical().alias("jour"),
        (pl.col("date").dt.iso_year() * 100 + pl.col("date").dt.week()).alias("semaine"),
        "siren",
        pl.struct("siren", "declaration").rank("dense").alias("declaration"),
        pl.struct("siren", "declaration", "arret").rank("dense").alias("arret"),
        "perdues_centiemes",
        "horaire_centiemes",
        "ij_avant",
        _spread(bornes).alias("etale"),
    )
    calculees: list[tuple[int, int, int, int]] = []
    comptes: list[tuple[str, int, str, int, int]] = []
    for salarie, lignes in groupby(rangs.iter_rows(), key=itemgetter(0)):
        compteurs = Compteurs(bornes)
        calculees.extend(compteurs.take(*ligne[1:]) for ligne in lignes)
        comptes.extend((salarie, *compte) for compte in compteurs.list_comptes())
    resultats = pl.DataFrame(calculees, CALCULEES, orient="row")
    ordonnes = pl.DataFrame(
        comptes, [("salarie", pl.String), ("annee", pl.Int64), *list(COMPTES.items())[2:]],
        orient="row",
    ).sort("salarie", "annee", "siren")  # fmt: skip
    return Annees(pl.concat([tries, resultats], how="horizontal"), ordonnes)


def _spread(bornes: Mapping[int, Bornes]) -> pl.Expr:
    """Whether the stop bears its waiting hour as a whole: always, or past seven days (I-04)."""
    arret = ["salarie", "siren", "declaration", "arret"]
    perdu = pl.when(pl.col("perdues_centiemes") > 0).then("date")
    duree = (perdu.max().over(arret) - perdu.min().over(arret)).dt.total_days() + 1
    par_semaine = [annee for annee, b in bornes.items() if b.par_semaine]
    return ~pl.col("date").dt.year().is_in(par_semaine) | (duree > SEPT_JOURS).fill_null(
        value=False
    )
