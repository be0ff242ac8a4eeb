"""Totals stated by the footer of a message (CST-11) and messages without a footer (F023)."""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.grammaire import Grammaire
from parsers.dsn.structure import DECLARATION, Reprise, Structure

LIGNES, DECLARATIONS = "S90.G00.90.001", "S90.G00.90.002"


def check_totaux(
    lignes: pl.DataFrame, structure: Structure, grammaire: Grammaire, reprise: Reprise, *, fin: bool
) -> list[pl.DataFrame]:
    """Count, and compare at the end of each message; `reprise` has the counts of former pieces."""
    rang_bloc, rang_rubrique = grammaire.blocs.index(DECLARATION), grammaire.rubriques.index(LIGNES)
    comptes = (
        _count_lines(lignes)
        .join(
            structure.occurrences.filter(pl.col("bloc") == rang_bloc)
            .group_by("envoi")
            .agg(pl.len().cast(pl.Int64).alias("declarations")),
            on="envoi",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.col("lignes") + reprise.lignes,
            pl.col("declarations").fill_null(0) + reprise.declarations,
        )
    )
    reprise.pied.append(structure.lignes.filter(pl.col("rubrique") >= rang_rubrique))
    if not fin:
        reprise.lignes, reprise.declarations = comptes.select("lignes", "declarations").row(0)
        return []
    pied = pl.concat(reprise.pied)
    # Whose header stands twice was cut there: that is told, not the footer that it lacks.
    entiers = comptes.filter(~pl.col("envoi").is_in(structure.coupes)).drop("lignes")
    return [
        _compare(pied, comptes, "lignes", rang_rubrique),
        _compare(pied, comptes, "declarations", rang_rubrique + 1),
        anomalies(entiers.join(pied, on="envoi", how="anti", maintain_order="left"), "F023"),
    ]


def _count_lines(lignes: pl.DataFrame) -> pl.DataFrame:
    """Lines that are not empty, and the last one, of each message; a lone one needs no grouping."""
    mesures = (
        (pl.col("texte").str.len_bytes() > 0).sum().cast(pl.Int64).alias("lignes"),
        pl.col("ligne").last(),
    )
    if len(lignes) and lignes["envoi"][-1] == 0:
        return lignes.select(pl.col("envoi", "fichier").last(), *mesures)
    return lignes.group_by("envoi", "fichier", maintain_order=True).agg(*mesures)


def _compare(pied: pl.DataFrame, comptes: pl.DataFrame, total: str, rang: int) -> pl.DataFrame:
    annonces = pied.filter(pl.col("rubrique") == rang).drop("rubrique")
    annonces = annonces.join(
        comptes.select("envoi", pl.col(total).cast(pl.String).alias("attendu")),
        on="envoi",
        maintain_order="left",
    )
    # An unreadable total is refused by its own control.
    faux = annonces.filter(
        pl.col("valeur").cast(pl.Int64, strict=False) != pl.col("attendu").cast(pl.Int64)
    )
    rubrique = LIGNES if total == "lignes" else DECLARATIONS
    return anomalies(faux, "CST-11", variante=total, rubrique=rubrique, bloc=rubrique[:10])
