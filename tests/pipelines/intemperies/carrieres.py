"""Careers of employees who lose days, drawn at random: companies, declarations, stops, hours."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import polars as pl

from tests.pipelines.intemperies.reference import Perdu

SIRENS = ("800000010", "900000015")
# Weeks across a civil year, across a campaign, and an ordinary one.
DEPARTS = (date(2025, 12, 22), date(2026, 3, 23), date(2026, 1, 12))
HEURES = (25, 40, 60, 100, 101, 300, 700, 701, 770, 1000, 1001, 1100)
SCHEMA = pl.Schema(
    {
        "salarie": pl.String,
        "siren": pl.String,
        "declaration": pl.String,
        "arret": pl.String,
        "debut": pl.String,
        "date": pl.Date,
        "perdues_centiemes": pl.Int64,
        "horaire_centiemes": pl.Int64,
        "ij_avant": pl.Int64,
    }
)


def draw_carriere(hasard: Random) -> list[Perdu]:
    """Lost days of one employee, each (declaration, stop, date) once, in no order."""
    depart, jours = hasard.choice(DEPARTS), []
    for numero in range(hasard.randint(1, 5)):
        siren = hasard.choice(SIRENS)
        ij_avant = hasard.choice((0, 0, 10, 52, 53, 54, 55))
        debut = depart + timedelta(hasard.randrange(18))
        for arret in range(hasard.randint(1, 2)):
            heure = hasard.choice(("0730", "1300"))
            for ecart in sorted(hasard.sample(range(10), hasard.randint(1, 6))):
                perdues = hasard.choice((0, *HEURES)) if hasard.random() < 0.2 else 700
                jours.append(
                    Perdu(
                        siren,
                        f"D{numero}",
                        f"{arret + 1:02}",
                        f"{debut + timedelta(arret)} {heure}",
                        debut + timedelta(arret + ecart),
                        Fraction(perdues, 100),
                        Fraction(hasard.choice((700, 770, 800)), 100),
                        ij_avant,
                    )
                )
    hasard.shuffle(jours)
    return jours


def frame_of(carrieres: dict[str, list[Perdu]]) -> pl.DataFrame:
    """The same, as the rules read them."""
    lignes = [
        (
            salarie, j.siren, j.declaration, j.arret, j.debut, j.date, int(j.perdues * 100),
            int(j.horaire * 100), j.ij_avant,
        )
        for salarie, jours in carrieres.items()
        for j in jours
    ]  # fmt: skip
    return pl.DataFrame(lignes, SCHEMA, orient="row")
