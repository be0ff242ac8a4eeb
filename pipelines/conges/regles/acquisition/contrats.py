"""The contracts of the fund that the DSN tell, month by month, and when each began and ended.

Source: rules of leave, 2.1; L-55 (a month without a DSN gives nothing), L-68 (excluded contracts).
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.conges.regles.acquisition.acquis import HEURES_DU_MOIS
from pipelines.conges.regles.acquisition.calendrier import parse_mois
from pipelines.conges.regles.acquisition.connu import Connu
from specs.caisse import read_caisse
from specs.conges import read_codes
from specs.contrats import codes_of

MENSUELLE, _ = codes_of("contrats", "origine", "MENSUELLE", "FIN_DE_CONTRAT")
HEURE = "10"  # unit of 40.011
SUITES_AU_PLUS = 4  # changes of number of one contract that are followed
CONTRAT = ["salarie", "siren", "contrat"]
# Of a month of a contract: the days under contract, what the last declaration says of it.
LIGNES = pl.Schema(
    {
        "salarie": pl.String,
        "siren": pl.String,
        "cdg": pl.String,
        "contrat": pl.String,
        "mois": pl.Date,
        "du": pl.Date,
        "au": pl.Date,
        "debut": pl.Date,
        "fin": pl.Date,
        "certifie_fin": pl.Boolean,
        "source": pl.String,
        "categorie": pl.String,
        "horaire_centiemes": pl.Int64,
        "plein": pl.Boolean,
        "hors_tp": pl.Boolean,
        "anciennete_entreprise": pl.Int64,
        "anciennete_entreprise_unite": pl.String,
        "anciennete_branche": pl.Int64,
        "anciennete_branche_unite": pl.String,
    }
)
(DSN,) = codes_of("bases", "source", "DSN")


def follow_numbers(connu: Connu) -> Connu:
    """The same, what is told of a contract under a former number being told under the last one."""
    suites = (
        connu.contrats.filter(pl.col("ancien_contrat") != pl.col("contrat"))
        .sort("mois", "depot", "ligne")
        .select("salarie", "siren", nouveau="contrat", contrat="ancien_contrat")
        .unique(CONTRAT, keep="last", maintain_order=True)
    )
    if suites.is_empty():
        return connu
    renommes = {nom: getattr(connu, nom) for nom in ("contrats", "absences", "bases")}
    for _ in range(SUITES_AU_PLUS):
        renommes = {
            nom: frame.join(suites, on=CONTRAT, how="left", maintain_order="left")
            .with_columns(contrat=pl.coalesce("nouveau", "contrat"))
            .drop("nouveau")
            for nom, frame in renommes.items()
        }
    return replace(connu, **renommes)


def compute_lignes(contrats: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """LIGNES of the table `contrats`: months declared, of contracts whose leave is the fund's.

    `du` to `au` are the days of the month under contract, none when `au` is before; `fin` is the
    last one told of the contract, null while it is open, `certifie_fin` whether it closes a
    certificate.
    """
    declares = contrats.filter(
        pl.col("changement").is_null(),
        pl.col("salarie").is_not_null(),
        pl.col("caisse") == read_caisse().code_caisse,
    ).with_columns(pl.col("contrat").fill_null(""), mois=parse_mois(pl.col("mois")))
    mensuels = declares.filter(pl.col("origine") == MENSUELLE).sort("mois", "depot", "ligne")
    retenus = _without_excluded(mensuels, bases)
    # Two lines of a month and centre: an establishment left for another, a split declaration.
    uniques = retenus.unique([*CONTRAT, "cdg", "mois"], keep="last", maintain_order=True)
    return (
        uniques.drop("fin", "motif_fin")
        .join(_ends(declares), on=CONTRAT, how="left", maintain_order="left")
        .with_columns(
            debut=pl.coalesce("debut", pl.col("mois").min().over(CONTRAT)),
            certifie_fin=pl.col("certifie_fin").fill_null(value=False),
            source=pl.lit(DSN),
            horaire_centiemes=_schedule(),
            plein=pl.col("modalite").is_in(read_codes().modalites_plein).fill_null(value=True),
            hors_tp=~pl.col("convention").is_in(read_codes().conventions_tp).fill_null(value=True),
        )
        .with_columns(
            du=pl.max_horizontal("debut", "mois"),
            au=pl.min_horizontal("fin", pl.col("mois").dt.month_end()),
        )
        .select(LIGNES.names())
    )


def _ends(declares: pl.DataFrame) -> pl.DataFrame:
    """CONTRAT, fin, certifie_fin: the last end told of each contract, unless taken back."""
    codes = read_codes()
    return (
        declares.filter(pl.col("motif_fin").is_not_null())
        .sort("mois", "depot", "ligne")
        .unique(CONTRAT, keep="last", maintain_order=True)
        .filter(pl.col("motif_fin") != codes.annulation_fin, pl.col("fin").is_not_null())
        .select(
            *CONTRAT, "fin", certifie_fin=~pl.col("motif_fin").is_in(codes.fins_sans_certificat)
        )
    )


def _schedule() -> pl.Expr:
    """Monthly hours of the contract, in hundredths: told, or a share of the full schedule."""
    plein = read_codes().horaire_plein_centiemes
    dit = (pl.col("unite") == HEURE) & (pl.col("quotite_centiemes") > 0)
    part = pl.col("quotite_centiemes") * plein // pl.col("quotite_reference_centiemes")
    mesurable = (pl.col("quotite_centiemes") > 0) & (pl.col("quotite_reference_centiemes") > 0)
    return (
        pl.when(dit)
        .then("quotite_centiemes")
        .when(mesurable)
        .then(pl.min_horizontal(part, plein))
        .otherwise(HEURES_DU_MOIS)
    )


def _without_excluded(mensuels: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """Without contracts whose employer pays the leave, until a base is told of them (L-68)."""
    codes = read_codes()
    longs = (
        pl.col("nature").is_in(codes.natures_exclues)
        & (
            pl.col("fin_prevue").dt.offset_by("1d")
            >= pl.col("debut").dt.offset_by(f"{codes.duree_exclue_mois}mo")
        )
    ).fill_null(value=False)
    vise = pl.col("dispositif").is_in(codes.dispositifs_exclus).fill_null(value=False) | longs
    premieres = _first_bases(bases)
    return (
        mensuels.join(premieres, on=CONTRAT, how="left", maintain_order="left")
        .filter(~vise | (pl.col("premiere") <= pl.col("mois")).fill_null(value=False))
        .drop("premiere")
    )


def _first_bases(bases: pl.DataFrame) -> pl.DataFrame:
    """CONTRAT, premiere: first month with a base that is not nil."""
    return (
        bases.filter(pl.col("quantite") != 0, pl.col("salarie").is_not_null())
        .select(
            "salarie",
            "siren",
            pl.col("contrat").fill_null("").str.split(" "),
            mois=parse_mois(pl.coalesce("mois_rattachement", "mois_appel")),
        )
        .explode("contrat")
        .group_by(CONTRAT)
        .agg(pl.col("mois").min().alias("premiere"))
    )
