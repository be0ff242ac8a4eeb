"""The accounts of some whole companies at a date: every rule, in order, with the dated values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.comptabilite.regles.chronologie import Histoire, compute_histoire
from pipelines.comptabilite.regles.creances import compute_creances, compute_soldes
from pipelines.comptabilite.regles.credits import REMISE, compute_credits
from pipelines.comptabilite.regles.dettes import compute_dettes
from pipelines.comptabilite.regles.echeanciers import compute_echeances
from pipelines.comptabilite.regles.ecritures import compute_new_ecritures
from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.parametres import compute_parametres
from pipelines.comptabilite.regles.pieces import compute_pieces
from pipelines.comptabilite.regles.retours import compute_rejets
from pipelines.comptabilite.regles.suites import compute_suites
from specs.connaissances import Connaissances
from specs.contrats import computed_columns


@dataclass(frozen=True, slots=True)
class Comptes:
    """The accounts at `date_arrete`, contracts of the same names but `part`.

    `ecritures` are the new ones only; the other frames replace what is published.
    """

    ecritures: pl.DataFrame
    imputations: pl.DataFrame
    creances: pl.DataFrame
    soldes: pl.DataFrame
    suites_decisions: pl.DataFrame


def compute_comptes(
    faits: Faits, publiees: pl.DataFrame, date_arrete: date, savoir: Connaissances
) -> Comptes:
    """Accounts of these companies at `date_arrete`; `publiees` are their published entries."""
    dates = sorted(_dates(faits, date_arrete))
    parametres = compute_parametres(savoir, dates[0], dates[-1])
    rejets = compute_rejets(faits, date_arrete)
    dettes = compute_dettes(faits, rejets, parametres, date_arrete)
    credits_ = compute_credits(faits, rejets, parametres, date_arrete)
    echeances = compute_echeances(faits, date_arrete)
    histoire = compute_histoire(dettes, credits_, echeances, parametres, date_arrete)
    creances = compute_creances(faits, histoire, date_arrete)
    pieces = compute_pieces(faits, rejets, histoire, date_arrete)
    adherents = faits.centres.select("siren", "adherent").unique("siren")
    return Comptes(
        ecritures=compute_new_ecritures(pieces, publiees, adherents, date_arrete),
        imputations=_allocations(histoire),
        creances=creances,
        soldes=compute_soldes(faits, creances, histoire, date_arrete),
        suites_decisions=compute_suites(faits, histoire, echeances, date_arrete),
    )


def _dates(faits: Faits, date_arrete: date) -> Iterator[date]:
    """Every date whose rates or options may be asked for."""
    yield date_arrete
    dates = (faits.appels, faits.encaissements, faits.prelevements, faits.decisions, faits.dus)
    for frame in dates:
        for nom, type_ in frame.schema.items():
            if type_ == pl.Date:
                yield from (j for j in (frame[nom].min(), frame[nom].max()) if isinstance(j, date))


def _allocations(histoire: Histoire) -> pl.DataFrame:
    """Contract `imputations`, but `part`: payments of each call, in the order they were made."""
    rang = pl.int_range(pl.len(), dtype=pl.Int64).over("appel") + 1
    return (
        histoire.imputations.filter(pl.col("nature") != REMISE)
        .join(histoire.dettes.select("appel", "siren", "cdg"), on="appel", maintain_order="left")
        .with_columns(rang.alias("rang"))
        .select(computed_columns("imputations"))
        .sort("appel", "rang")
    )
