"""Credits of the members: transfers, debits, negative calls, free credits, refunds, remissions.

Each says what it pays first (a call, the calls of a month), then the widest place in which it pays
the oldest debts: its management centre, its payment group, or the whole company.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.comptabilite.regles.dus import is_booked
from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.parametres import month_of
from pipelines.comptabilite.regles.retours import match_returned_transfers, with_known_debit
from pipelines.dus import COMPENSATION
from pipelines.reglements.regles.identifiants import decision_origin
from specs.contrats import codes_of

REGLEMENT, APPEL_NEGATIF = "REGLEMENT", "APPEL_NEGATIF"
AVOIR, REMISE, DU = codes_of("ecritures", "journal", "AVOIR", "REMISE", "DU")
DECIDES = dict(
    zip(codes_of("decisions", "nature", "AVOIR", "REMISE_MAJORATION"), (AVOIR, REMISE), strict=True)
)
SCHEMA = pl.Schema(
    {
        "origine": pl.String,
        "nature": pl.String,
        "siren": pl.String,
        "appel": pl.String,
        "reference_paiement": pl.String,
        "mois_origine": pl.String,
        "cdg": pl.String,
        "groupe": pl.String,
        "date_valeur": pl.Date,
        "date_ordre": pl.Date,
        "reste": pl.Int64,
    }
)


def compute_credits(
    faits: Faits, rejets: pl.DataFrame, parametres: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Credits at `date_arrete`, in the order in which they pay (key: origine, appel).

    Columns of SCHEMA, and: portee (cdg, groupe or siren; null for the remission of one call),
    domicile (the centre whose account has what is not allocated), date_evenement (the day on which
    it can pay, at most `date_arrete`). `date_ordre` is the day on which the company, or the fund
    for a debit, ordered it: what is ordered in time is never late.
    """
    sources = (
        _transfers(faits),
        _debits(faits, rejets),
        _negative_calls(faits, parametres),
        _decisions(faits, date_arrete),
        _set_off(faits),
    )
    un_seul_appel = (pl.col("nature") == REMISE) & pl.col("appel").is_not_null()
    portee = (
        pl.when(un_seul_appel).then(None)
        .when(pl.col("cdg").is_not_null()).then(pl.lit("cdg"))
        .when(pl.col("groupe").is_not_null()).then(pl.lit("groupe"))
        .otherwise(pl.lit("siren"))
    )  # fmt: skip
    credits_ = pl.concat([s.match_to_schema(SCHEMA, missing_columns="insert") for s in sources])
    return (
        with_domicile(credits_, faits)
        .with_columns(
            portee.alias("portee"),
            pl.min_horizontal("date_valeur", pl.lit(date_arrete)).alias("date_evenement"),
        )
        .sort("date_valeur", "nature", "origine", "appel")
    )


def _transfers(faits: Faits) -> pl.DataFrame:
    """Transfers that stay received, and the returns of transfers that nobody knows (negative)."""
    retours = match_returned_transfers(faits)
    annules = retours.drop_nulls().unpivot()["value"]
    return (
        with_known_debit(faits)
        .filter(~pl.col("connu") & ~pl.col("encaissement").is_in(annules.implode()))
        .select(
            pl.col("encaissement").alias("origine"), pl.lit(REGLEMENT).alias("nature"), "siren",
            "appel", "reference_paiement", "cdg", "groupe", "date_valeur",
            pl.col("date_valeur").alias("date_ordre"),
            pl.col("montant_centimes").alias("reste"),
        )
    )  # fmt: skip


def _debits(faits: Faits, rejets: pl.DataFrame) -> pl.DataFrame:
    """Debits issued and not refused: a credit for each call that they pay.

    One that takes the place of a debit refused for no fault of the company was ordered with it.
    """
    ordonne = pl.min_horizontal("date_emission", "deja_ordonne")
    return (
        faits.prelevements.join(rejets, on="prelevement", how="anti")
        .join(
            faits.prelevements_appels.select("prelevement", "appel", reste="montant_centimes"),
            on="prelevement",
        )
        .join(faits.appels.select("appel", centre="cdg"), on="appel")
        .join(_ordered_before(faits, rejets), on="appel", how="left")
        .select(
            pl.col("prelevement").alias("origine"), pl.lit(REGLEMENT).alias("nature"), "siren",
            "appel", pl.col("centre").alias("cdg"), pl.col("date_echeance").alias("date_valeur"),
            ordonne.alias("date_ordre"), "reste",
        )
    )  # fmt: skip


def _ordered_before(faits: Faits, rejets: pl.DataFrame) -> pl.DataFrame:
    """Calls of which every refused debit is the fund's to hand over again: appel, deja_ordonne."""
    return (
        faits.prelevements_appels.select("prelevement", "appel")
        .join(rejets, on="prelevement")
        .join(faits.prelevements.select("prelevement", "date_emission"), on="prelevement")
        .group_by("appel")
        .agg(pl.col("date_emission").min().alias("deja_ordonne"), pl.col("a_remettre").all())
        .filter("a_remettre")
        .select("appel", "deja_ordonne")
    )


def _negative_calls(faits: Faits, parametres: pl.DataFrame) -> pl.DataFrame:
    """Calls that give back; by option they count from the due date of the calls of their month."""
    exigible = pl.col("date_exigibilite").min().over("cdg", "mois_appel").alias("exigible")
    au_mois = pl.col("imputation_avoir") == "mois_d_origine"
    return (
        faits.appels.with_columns(exigible, month_of("date_arrete"))
        .filter(pl.col("montant_centimes") < 0)
        .join(parametres, on="mois", how="left")
        .select(
            pl.col("appel").alias("origine"), pl.lit(APPEL_NEGATIF).alias("nature"), "siren", "cdg",
            pl.when(au_mois).then(pl.format("{} {}", "cdg", "mois_appel")).alias("mois_origine"),
            pl.col("date_arrete").alias("date_valeur"),
            pl.when(au_mois).then("exigible").otherwise("date_arrete").alias("date_ordre"),
            (-pl.col("montant_centimes")).alias("reste"),
        )
    )  # fmt: skip


def _decisions(faits: Faits, date_arrete: date) -> pl.DataFrame:
    """Free credits and remissions in effect; only late increases are remitted."""
    return faits.decisions.filter(
        pl.col("nature").is_in(list(DECIDES)) & (pl.col("date_effet") <= date_arrete)
    ).select(
        decision_origin("numero").alias("origine"),
        pl.col("nature").replace_strict(DECIDES), "siren", "appel", "cdg",
        pl.col("date_effet").alias("date_valeur"), pl.col("date_effet").alias("date_ordre"),
        pl.col("montant_centimes").alias("reste"),
    )  # fmt: skip


def _set_off(faits: Faits) -> pl.DataFrame:
    """What the fund owes a company and sets off: it pays the oldest debts of all its centres."""
    return faits.dus.filter(
        is_booked(pl.col("nature")),
        pl.col("mode") == COMPENSATION,
        pl.col("montant_centimes") != 0,
    ).select(
        pl.col("du").alias("origine"), pl.lit(DU).alias("nature"), "siren",
        pl.col("date_arrete").alias("date_valeur"), pl.col("date_arrete").alias("date_ordre"),
        pl.col("montant_centimes").alias("reste"),
    )  # fmt: skip


def with_domicile(credits_: pl.DataFrame, faits: Faits) -> pl.DataFrame:
    """Adds `domicile`: the centre named, that of the call named, or the first one of the place."""
    par_appel = faits.appels.select("appel", domicile_appel="cdg")
    premier = pl.col("cdg").min()
    par_groupe = (
        faits.appels.drop_nulls("groupe")
        .group_by("groupe", "siren")
        .agg(premier.alias("domicile_groupe"))
    )
    par_siren = faits.centres.group_by("siren").agg(premier.alias("domicile_siren"))
    centre = pl.when(pl.col("cdg").is_not_null()).then(pl.coalesce("domicile_appel", "cdg"))
    domicile = pl.coalesce("domicile_appel", "cdg", "domicile_groupe", "domicile_siren", "siren")
    return (
        credits_.join(par_appel, on="appel", how="left")
        .join(par_groupe, on=["groupe", "siren"], how="left")
        .join(par_siren, on="siren", how="left")
        .with_columns(domicile.alias("domicile"), centre.alias("cdg"))
        .drop("domicile_appel", "domicile_groupe", "domicile_siren")
    )
