"""Winters of small companies, as the control of their files leaves them, drawn at random."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import polars as pl

from bench.intemperies import fill_columns
from pipelines.intemperies.regles.declarations import ENVOIS, Lus

SIREN, ENTREPRISES, SALARIES, CHANTIERS = 800_000_000, 3, 9, 6
HEURES = (100, 300, 700, 800)


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file of one declaration of one stop: hours lost of each employee, day by day."""

    numero: int
    entreprise: int
    declaration: str
    chantier: str
    debut: date
    heures: dict[str, tuple[int, ...]]
    recu: date
    operation: str = "N"
    remplace: str | None = None

    @property
    def depot(self) -> str:
        """The number of its deposit."""
        return f"D{self.numero:08}"


def draw_fichier(hasard: Random, numero: int, recu: date, connus: list[Fichier]) -> Fichier:
    """A file that comes on a day: of its own, of a reference already used, or after another."""
    debut = recu - timedelta(hasard.randint(8, 70))
    nouveau = Fichier(
        numero,
        hasard.randrange(ENTREPRISES),
        f"R{numero}",
        f"CH-{hasard.randrange(CHANTIERS)}",
        debut,
        _draw_hours(hasard),
        recu,
    )
    siens = [f for f in connus if f.entreprise == nouveau.entreprise]
    if not siens or hasard.random() < 0.5:
        return nouveau
    autre = hasard.choice(siens)
    if hasard.random() < 0.3:
        return replace(nouveau, declaration=autre.declaration)
    suite = replace(nouveau, declaration=autre.declaration, remplace=autre.depot)
    if hasard.random() < 0.4:
        return replace(suite, operation="A", heures={})
    return replace(suite, operation="R", chantier=autre.chantier, debut=autre.debut)


def _draw_hours(hasard: Random) -> dict[str, tuple[int, ...]]:
    presents = hasard.sample(range(SALARIES), hasard.randint(1, 2))
    return {
        f"P{salarie}": tuple(hasard.choice(HEURES) for _ in range(hasard.randint(1, 4)))
        for salarie in presents
    }


def write_lus(fichiers: list[Fichier]) -> Lus:
    """Their records."""
    lus = pl.DataFrame(
        [
            {
                "depot": f.depot, "siren": str(SIREN + f.entreprise), "file_id": f.depot,
                "operation": f.operation, "remplace": f.remplace, "decl_id": f.declaration,
                "recu_le": f"{f.recu}T10:00:00Z", "site_id": f.chantier, "debut": f.debut,
                "salarie": list(f.heures), "lost": [list(heures) for heures in f.heures.values()],
            }
            for f in fichiers
        ],
        schema_overrides={"remplace": pl.String, "salarie": pl.List(pl.String),
                          "lost": pl.List(pl.List(pl.Int64))},
    )  # fmt: skip
    pleins = lus.filter(pl.col("salarie").list.len() > 0)
    salaries = pleins.explode("salarie", "lost").with_columns(
        rang=pl.int_range(2, pl.len() + 2).over("depot")
    )
    jours = salaries.with_columns(jour=pl.int_ranges(pl.col("lost").list.len()))
    return Lus(
        lus.match_to_schema(ENVOIS, extra_columns="ignore"),
        _stops(pleins),
        fill_columns(
            "salaries_arret_lus", salaries, matricule="salarie", rate=pl.lit(160_000, pl.Int64),
            ij_before=pl.lit(0, pl.Int64), hours_2m=pl.lit(30_000, pl.Int64),
        ),
        _days(jours.explode("lost", "jour")),
    )  # fmt: skip


def list_contracts() -> pl.DataFrame:
    """A contract of every employee with every company."""
    sirens = pl.DataFrame({"siren": [str(SIREN + n) for n in range(ENTREPRISES)]})
    salaries = pl.DataFrame({"salarie": [f"P{n}" for n in range(SALARIES)]})
    return sirens.join(salaries, how="cross").with_columns(debut=pl.date(2020, 1, 1))


def _stops(lus: pl.DataFrame) -> pl.DataFrame:
    nombre = pl.col("lost").list.eval(pl.element().list.len()).list.max()
    return fill_columns(
        "arrets_lus", lus, rang=pl.lit(1, pl.Int64), stop_no=pl.lit("01"),
        siret=pl.concat_str("siren", pl.lit("00010")), site_dept=pl.lit("77"),
        work_cat=pl.lit("G"), cause=pl.lit("GE"), work_nature=pl.lit("VOIR"),
        stop_date="debut", stop_time=pl.lit("0730"),
        resume_date=pl.col("debut") + pl.duration(days=nombre), resume_time=pl.lit("0730"),
    )  # fmt: skip


def _days(jours: pl.DataFrame) -> pl.DataFrame:
    lus = fill_columns(
        "jours_lus", jours, ligne="rang", refuse=pl.lit(value=False), stop_no=pl.lit("01"),
        date=pl.col("debut") + pl.duration(days=pl.col("jour")),
        schedule=pl.lit(800, pl.Int64),
    )  # fmt: skip
    return lus.with_columns(code=pl.lit(None, pl.String))
