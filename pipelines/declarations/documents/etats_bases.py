"""Bases of each employee of a company, 1 April - 31 March: pure rules on the retained bases."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.documents.valeurs import EtatBases
from pipelines.editique.tableaux import Cellule
from pipelines.editique.valeurs import Entreprise
from specs.caisse import read_caisse
from specs.contrats import codes_of
from specs.documents import read_modeles
from specs.periodes import parse_periode

PSEUDONYME_COURT = 10
IDENTITE = ("matricule", "nom_salarie", "prenoms")
(TDP,) = codes_of("bases", "source", "TDP")


def compose_etat_bases(
    bases: pl.DataFrame,
    identites: pl.DataFrame,
    depots: pl.DataFrame,
    entreprise: Entreprise,
    exercice: str,
    date_arrete: date,
    publication: int,
) -> EtatBases:
    """Statement of the bases of one company (`bases`, `depots`: contracts; one SIREN).

    `identites`: salarie (key), IDENTITE of its employees, as it declared them.

    PeriodeRefusee when `exercice` is not a campaign.
    """
    lignes = compute_etat_bases(bases, exercice, entreprise.cdg)
    qui = identites.select("salarie", *IDENTITE)
    tables = read_modeles()["bases"].tables
    noms = depots.select("depot", "nom")
    court = pl.col("salarie").str.slice(0, PSEUDONYME_COURT)
    detail = lignes.join(noms, on="depot", how="left", maintain_order="left").with_columns(
        pl.lit(exercice).alias("exercice"),
        pl.col("code_base")
        .replace_strict(read_caisse().libelles_bases, default="autre base")
        .alias("libelle"),
        pl.col("quantite").alias("montant"),
    )
    siennes = lignes.filter(pl.col("salarie").is_not_null())
    mois = _summed(siennes, ["salarie", "mois_rattachement"])
    salaries = _summed(siennes, ["salarie"])

    def rows(nom: str, frame: pl.DataFrame) -> list[tuple[Cellule, ...]]:
        nommes = frame.join(qui, on="salarie", how="left", maintain_order="left")
        return nommes.with_columns(court).select(tables[nom].noms).rows()

    return EtatBases(
        entreprise=entreprise,
        exercice=exercice,
        lignes=rows("lignes", detail),
        mois=rows("mois", mois),
        salaries=rows("salaries", salaries),
        date_arrete=date_arrete,
        publication=publication,
    )


def compute_etat_bases(bases: pl.DataFrame, exercice: str, cdg: str | None = None) -> pl.DataFrame:
    """Retained bases of the employees for the months of attachment of `exercice` (`2025-26`).

    Those of a wage return, which names no employee, come first: they are of the establishment.
    Columns of the contract `bases`; sorted by employee, month, code, deposit and line.
    """
    debut, fin = map(str, parse_periode(exercice))
    du_centre = pl.lit(value=True) if cdg is None else pl.col("cdg") == cdg
    return bases.filter(
        du_centre
        & (pl.col("statut") == "RETENUE")
        & (pl.col("salarie").is_not_null() | (pl.col("source") == TDP))
        & pl.col("code_base").is_in(read_caisse().bases_individuelles)
        & pl.col("mois_rattachement").is_between(pl.lit(debut), pl.lit(fin))
    ).sort("salarie", "mois_rattachement", "code_base", "depot", "ligne")


def _summed(lignes: pl.DataFrame, cle: list[str]) -> pl.DataFrame:
    """Bases by code (`base_20`...) of each key, with its contracts, months and DSN lines."""
    contrats = pl.col("contrat").drop_nulls().str.split(" ").explode().unique().sort()
    return (
        lignes.group_by(cle)
        .agg(
            contrats.str.join(" ").alias("contrat"),
            pl.col("mois_rattachement").n_unique().cast(pl.Int64).alias("mois"),
            *(
                pl.col("quantite").filter(pl.col("code_base") == code).sum().alias(f"base_{code}")
                for code in read_caisse().bases_individuelles
            ),
            pl.len().cast(pl.Int64).alias("lignes_dsn"),
        )
        .sort(cle)
    )
