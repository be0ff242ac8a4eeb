"""The bases that conforming DSN bring, with the contracts and the fund of each.

Sources: blocks S21.G00.30, 40, 41, 50, 51, 78, 82; decisions D-04, D-05, D-06.
"""

from __future__ import annotations

import polars as pl

from pipelines.individus import (
    DECLARATION,
    NUMEROS,
    Blocs,
    find_bloc,
    without_nir,
)
from specs.caisse import Caisse
from specs.contrats import codes_of

CNETP, AUTRE_CAISSE, MIXTE, SANS_CONTRAT = codes_of(
    "bases_lues", "attribution", "CNETP", "AUTRE_CAISSE", "MIXTE", "SANS_CONTRAT"
)
REPERES = ["fichier", "individu", "versement", "nomme", "date"]  # what attributes a base
CONTRAT = {"S21.G00.40.009": pl.String(), "S21.G00.40.022": pl.String()}
PAIE = {"S21.G00.51.010": pl.String()}

SCHEMA_BASES = pl.Schema(
    {
        "fichier": pl.UInt32,
        "rang_declaration": pl.Int64,
        "ligne": pl.Int64,
        "rang_individu": pl.Int64,
        "identifiant": pl.String,
        "contrat": pl.String,
        "caisse": pl.String,
        "code_base": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
        "quantite": pl.Int64,
        "attribution": pl.String,
    }
)


def compute_bases(blocs: Blocs, caisse: Caisse) -> pl.DataFrame:
    """Bases of individuals and of establishments in `blocs` (columns: `SCHEMA_BASES`).

    `identifiant` is the NIR, or the temporary number: the caller replaces it by a pseudonym.
    """
    return pl.concat([_bases_individuelles(blocs, caisse), _bases_etablissement(blocs, caisse)])


def _bases_etablissement(blocs: Blocs, caisse: Caisse) -> pl.DataFrame:
    """Block 82 counts where its 82.005 names the fund (D-06); quantity in hundredths."""
    if "S21.G00.82" not in blocs:
        return SCHEMA_BASES.to_frame()
    code = pl.col("S21.G00.82.002")
    return (
        blocs["S21.G00.82"]
        .filter(code.is_in(caisse.bases_etablissement))
        .select(
            *DECLARATION,
            "ligne",
            pl.lit(None, pl.Int64).alias("rang_individu"),
            pl.lit(None, pl.String).alias("identifiant"),
            pl.lit(None, pl.String).alias("contrat"),
            pl.col("S21.G00.82.005").str.head(2).alias("caisse"),
            code.alias("code_base"),
            pl.col("S21.G00.82.003").alias("debut"),
            pl.col("S21.G00.82.004").alias("fin"),
            pl.col("S21.G00.82.001").alias("quantite"),
        )
        .with_columns(
            pl.when(pl.col("caisse") == caisse.code_caisse)
            .then(pl.lit(CNETP))
            .otherwise(pl.lit(AUTRE_CAISSE))
            .alias("attribution")
        )
        .match_to_schema(SCHEMA_BASES)
    )


def _bases_individuelles(blocs: Blocs, caisse: Caisse) -> pl.DataFrame:
    if "S21.G00.78" not in blocs:
        return SCHEMA_BASES.to_frame()
    individus = find_bloc(blocs, "S21.G00.30", NUMEROS).select(
        "fichier", individu="occurrence", identifiant=pl.coalesce(*NUMEROS)
    )
    versements = find_bloc(blocs, "S21.G00.50", {}).select(
        "fichier", versement="occurrence", individu="parent"
    )
    bases = (
        blocs["S21.G00.78"]
        .filter(pl.col("S21.G00.78.001").is_in(caisse.bases_individuelles))
        .select(
            *DECLARATION,
            "rang_individu",
            "ligne",
            versement="parent",
            code_base="S21.G00.78.001",
            debut="S21.G00.78.002",
            fin="S21.G00.78.003",
            quantite="S21.G00.78.004",
            nomme="S21.G00.78.006",
        )
        .join(versements, on=["fichier", "versement"], maintain_order="left")
        .join(individus, on=["fichier", "individu"], how="left", maintain_order="left")
        .with_columns(date=_date_that_matters(blocs, caisse))
    )
    reperes = bases.select(REPERES).unique(maintain_order=True).with_row_index("repere")
    attributions = _attribute(_link_contracts(reperes, blocs, caisse), caisse)
    reperes = reperes.join(attributions, on="repere", how="left", maintain_order="left")
    return (
        bases.join(reperes, on=REPERES, how="left", maintain_order="left", nulls_equal=True)
        .with_columns(without_nir(pl.col("contrat")), pl.col("attribution").fill_null(SANS_CONTRAT))
        .select(SCHEMA_BASES.names())
        .match_to_schema(SCHEMA_BASES)
    )


def _date_that_matters(blocs: Blocs, caisse: Caisse) -> pl.Expr:
    """The end of the period of a base of an individual who changed fund, else null.

    Bases of one payment then share their contracts, however many there are of both.
    """
    changes = _changes(blocs, caisse)
    if changes is None:
        return pl.lit(None, pl.Date)
    contrats = blocs["S21.G00.40"].select("fichier", bloc_contrat="occurrence", individu="parent")
    changeants = contrats.join(changes, on=["fichier", "bloc_contrat"], how="semi")
    cle = pl.struct("fichier", "individu")
    return pl.when(cle.is_in(changeants.select(cle).to_series().implode())).then("fin")


def _link_contracts(bases: pl.DataFrame, blocs: Blocs, caisse: Caisse) -> pl.DataFrame:
    """Contracts of bases alike (D-04): repere, contrat, trouve, caisse.

    `bases`: see `REPERES`. The contract is that of 78.006; without it, those named by 51.010 in the
    same payment.
    """
    contrats = find_bloc(blocs, "S21.G00.40", CONTRAT).select(
        "fichier",
        individu="parent",
        bloc_contrat="occurrence",
        contrat="S21.G00.40.009",
        caisse=pl.col("S21.G00.40.022").str.head(2),
    )
    cles = ["repere", "fichier", "individu", "date", "contrat"]
    nommees = bases.filter(pl.col("nomme").is_not_null()).rename({"nomme": "contrat"}).select(cles)
    remunerations = find_bloc(blocs, "S21.G00.51", PAIE).select(
        "fichier", versement="parent", contrat="S21.G00.51.010"
    )
    deduites = (
        bases.filter(pl.col("nomme").is_null())
        .join(remunerations.unique(), on=["fichier", "versement"])
        .select(cles)
    )
    liens = pl.concat([nommees, deduites]).join(
        contrats, on=["fichier", "individu", "contrat"], how="left"
    )
    liens = _with_former_fund(liens, blocs, caisse)
    return liens.with_columns(trouve=pl.col("bloc_contrat").is_not_null())


def _changes(blocs: Blocs, caisse: Caisse) -> pl.DataFrame | None:
    """Changes of fund inside the network: fichier, bloc_contrat, ancien, effet."""
    if "S21.G00.41" not in blocs or "S21.G00.40" not in blocs:
        return None
    ancien = pl.col("S21.G00.41.023").str.head(2)
    premier, dernier = map(pl.lit, caisse.codes_reseau)
    return (
        blocs["S21.G00.41"]
        .filter(ancien.is_between(premier, dernier))
        .select("fichier", bloc_contrat="parent", ancien=ancien, effet="S21.G00.41.001")
    )


def _with_former_fund(liens: pl.DataFrame, blocs: Blocs, caisse: Caisse) -> pl.DataFrame:
    """Former fund code 41.023 for a base whose period ends before the change (D-05).

    '99' says that the former code was a mistake: the present one then holds for the past too.
    """
    changements = _changes(blocs, caisse)
    if changements is None:
        return liens
    anciens = (
        liens.join(changements, on=["fichier", "bloc_contrat"])
        .filter(pl.col("effet") > pl.col("date"))
        .sort("repere", "bloc_contrat", "effet", "ancien")
        .unique(["repere", "bloc_contrat"], keep="first", maintain_order=True)
        .select("repere", "bloc_contrat", "ancien")
    )
    return liens.join(anciens, on=["repere", "bloc_contrat"], how="left").with_columns(
        caisse=pl.coalesce("ancien", "caisse")
    )


def _attribute(liens: pl.DataFrame, caisse: Caisse) -> pl.DataFrame:
    """For bases alike: contrat and caisse (distinct, sorted, joined by a space), attribution."""
    notre = (pl.col("caisse") == caisse.code_caisse).fill_null(value=False)
    trouve = pl.col("trouve")
    return (
        liens.group_by("repere")
        .agg(
            pl.col("contrat").unique().sort().str.join(" "),
            pl.col("caisse").drop_nulls().unique().sort().str.join(" "),
            trouve.any().alias("trouve"),
            (notre & trouve).any().alias("notres"),
            (~notre & trouve).any().alias("autres"),
        )
        .with_columns(
            attribution=pl.when(~pl.col("trouve"))
            .then(pl.lit(SANS_CONTRAT))
            .when(pl.col("notres") & pl.col("autres"))
            .then(pl.lit(MIXTE))
            .when(pl.col("notres"))
            .then(pl.lit(CNETP))
            .otherwise(pl.lit(AUTRE_CAISSE))
        )
        .select("repere", "contrat", "caisse", "attribution")
    )
