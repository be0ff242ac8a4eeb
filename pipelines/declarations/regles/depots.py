"""What is said of each deposit once the night has decided: its state, the fund's own anomalies."""

from __future__ import annotations

import polars as pl

from pipelines.declarations.regles.releves import TDP
from pipelines.declarations.regles.statuts import (
    CLE_DEPOT,
    DSN,
    ECARTEE,
    EN_ATTENTE,
    ETABLISSEMENT_MOIS,
    HORS_DATES,
    REMPLACEE,
    RETENUE,
    number_of_fractions,
)
from specs.contrats import codes_of
from specs.messages import read_message, render_message

ATTEND, REMPLACE, INTEGRE = codes_of("depots", "etat", "EN_ATTENTE", "REMPLACE", "INTEGRE")
ANNULE_ET_REMPLACE = "ANNULE_ET_REMPLACE"
# Where a base of an individual (true) or of an establishment is told: block, or record of a return.
BLOCS = {
    "DSN true": "S21.G00.78",
    "DSN false": "S21.G00.82",
    "TDP true": "46",
    "TDP false": "45",
}
MOTIF_REMPLACE = "remplacé par une déclaration plus récente"


def compute_etats(declarations: pl.DataFrame) -> pl.DataFrame:
    """State of each deposit from the status of its declarations: depot, etat, motif (sorted).

    One that waits makes the deposit wait; all replaced, it is REMPLACE; else it is INTEGRE.
    """
    statut = pl.col("statut")
    attente = statut == EN_ATTENTE
    titres = {
        code: read_message(code).titre
        for code in declarations.filter(attente)["motif"].unique().sort()
    }
    return (
        declarations.sort("depot", "rang_declaration")
        .group_by("depot", maintain_order=True)
        .agg(
            attente.any().alias("attend"),
            (statut == REMPLACEE).all().alias("remplace"),
            pl.col("motif").filter(attente).first().alias("cause"),
        )
        .select(
            "depot",
            pl.when("attend")
            .then(pl.lit(ATTEND))
            .when("remplace")
            .then(pl.lit(REMPLACE))
            .otherwise(pl.lit(INTEGRE))
            .alias("etat"),
            pl.when("attend")
            .then(pl.col("cause").replace_strict(titres, default=None, return_dtype=pl.String))
            .when("remplace")
            .then(pl.lit(MOTIF_REMPLACE))
            .alias("motif"),
        )
    )


def compute_anomalies_caisse(
    declarations: pl.DataFrame, bases: pl.DataFrame, etablissements: pl.DataFrame
) -> pl.DataFrame:
    """Anomalies that the fund itself finds, in the columns of the contract but `lot` and `rang`.

    A declaration that waits (CP-03, 04, 07, 11), or whose fractions were cut again or are not all
    there (CP-06, 08), a base left out or waiting for a rate or a month of its establishment (CP-01,
    02, 05, 09, 11). Sorted by deposit and line. `declarations` holds every declaration of the
    establishments and months concerned; `etablissements`: siret, debut, fin.
    """
    attente = declarations.filter(pl.col("statut") == EN_ATTENTE)
    attente = attente.with_columns(
        code="motif",
        valeur="siret",
        attendu=pl.when(pl.col("motif") == HORS_DATES).then(_dates(attente, etablissements)),
    )
    des_declarations = pl.concat([attente, *_fractions(declarations)], how="diagonal").select(
        "depot",
        "rang_declaration",
        "code",
        bloc=pl.lit("S20.G00.05"),
        rubrique=pl.lit(None, pl.String),
        ligne=pl.lit(None, pl.Int64),
        valeur="valeur",
        attendu="attendu",
    )
    # What no file brings, an estimation or an invoice, is no anomaly of a deposit; the month of a
    # wage return is told of its line.
    hors_dates = (pl.col("motif") == HORS_DATES).fill_null(value=False)
    tdp = pl.col("source") == TDP
    des_fichiers = bases.filter((pl.col("source") == DSN) | (tdp & ~hors_dates))
    individuelle = pl.col("code_base").str.len_chars() == 2  # noqa: PLR2004 - "20", and "024"
    dites = attente.filter(hors_dates).select(CLE_DEPOT)  # once, not base after base
    des_bases = des_fichiers.filter(left_out()).join(dites, on=CLE_DEPOT, how="anti")
    des_bases = des_bases.select(
        "depot",
        "rang_declaration",
        code="motif",
        bloc=pl.format("{} {}", "source", individuelle).replace_strict(BLOCS),
        rubrique=pl.lit(None, pl.String),
        ligne="ligne",
        valeur=pl.when(hors_dates)
        .then("siret")
        .otherwise(pl.coalesce("manque", pl.format("base {}", "code_base"))),
        attendu=pl.when(hors_dates)
        .then(_dates(des_bases, etablissements))
        .otherwise("mois_rattachement"),
    )
    ordre = ["depot", "ligne", "code", "rang_declaration"]
    return _worded(pl.concat([des_declarations, des_bases]).sort(ordre))


def _dates(frame: pl.DataFrame, etablissements: pl.DataFrame) -> pl.Series:
    """« du 01/04/2020 au 15/03/2026 » for the establishment of each row."""
    dates = etablissements.select("siret", "debut", "fin")
    debut, fin = (pl.col(nom).dt.strftime("%d/%m/%Y") for nom in ("debut", "fin"))
    dites = pl.when(fin.is_null()).then(pl.format("depuis le {}", debut))
    return (
        frame.select("siret")
        .join(dates, on="siret", how="left", maintain_order="left")
        .select(dites.otherwise(pl.format("du {} au {}", debut, fin)).alias("dates"))
        .to_series()
    )


def left_out() -> pl.Expr:
    """Whether no call bears a base: left out, waiting for a dated value or for an open month."""
    attend = pl.col("motif").is_in(["CP-05", HORS_DATES]).fill_null(value=False)
    return (pl.col("statut") == ECARTEE) | attend


def _fractions(declarations: pl.DataFrame) -> list[pl.DataFrame]:
    """Declarations that count, told that the fractions of their month changed or are missing."""
    retenues = declarations.filter(pl.col("statut") == RETENUE)
    anciennes = declarations.filter(pl.col("motif") == "CP-06")
    avant = anciennes.group_by(ETABLISSEMENT_MOIS).agg(
        pl.col("fraction").unique().sort().str.join(", ").alias("attendu")
    )
    changees = retenues.join(avant, on=ETABLISSEMENT_MOIS, maintain_order="left")
    recues = pl.col("fraction").n_unique().over(ETABLISSEMENT_MOIS).cast(pl.Int64)
    total = number_of_fractions()
    comptees = retenues.with_columns(valeur=recues.cast(pl.String), attendu=total)
    return [
        changees.with_columns(code=pl.lit("CP-06"), valeur="fraction"),
        comptees.filter(recues < total.cast(pl.Int64)).with_columns(code=pl.lit("CP-08")),
    ]


def _worded(trouvees: pl.DataFrame) -> pl.DataFrame:
    lignes = list(trouvees.iter_rows(named=True))
    messages = [
        render_message(
            ligne["code"],
            bloc=ligne["bloc"],
            valeur=ligne["valeur"],
            attendu=ligne["attendu"],
            ligne=ligne["ligne"],
        )
        for ligne in lignes
    ]
    lus = [read_message(ligne["code"]) for ligne in lignes]
    return trouvees.with_columns(
        pl.Series("severite", [m.severite for m in lus], pl.String),
        pl.Series("message", messages, pl.String),
        pl.Series("remede", [m.remede for m in lus], pl.String),
        pl.lit(None, pl.Int64).alias("occurrence"),
        pl.lit(None, pl.Int64).alias("rang_individu"),
        pl.lit(1, pl.Int64).alias("nombre"),
    )
