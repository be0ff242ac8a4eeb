"""When the RCP files of a company are produced, and for how long it may fetch them.

A month of payments is told on its date: the day that the option `calendrier_rcp` gives, or that the
company chose. A month that it skips is told with the next one that has a date. Nothing is known of
what CPRP means: its dates are shown as they were written. Source: exchange.md 6.6 of the proposed
specification (X-08).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.baremes.echanges import date_rcp, expiry_rcp, horizon_rcp
from specs.contrats import codes_of, columns_of
from specs.periodes import Mois

RCP, CPRP = codes_of("calendriers", "nature", "RCP", "CPRP")
(CONVENTION_RCP,) = codes_of("conventions", "nature", "RCP")
PREVU, PRODUIT, RETIRE, EXPIRE = codes_of(
    "calendriers", "etat", "PREVU", "PRODUIT", "RETIRE", "EXPIRE"
)
ECHEANCES = pl.Schema(
    {
        "siren": pl.String,
        "mois": pl.String,
        "date": pl.Date,
        "fichier": pl.String,
        "date_fichier": pl.Date,
    }
)
PRODUCTIONS = pl.Schema(
    {"siren": pl.String, "mois": pl.String, "produit_le": pl.Date, "retire_le": pl.Date}
)
DUS = pl.Schema(
    {"siren": pl.String, "cdg": pl.String, "mois": pl.String, "mois_paiement": pl.String}
)
EXPIRES = pl.Schema({"siren": pl.String, "mois": pl.String, "expire_le": pl.Date})


def compute_echeances(
    conventions: pl.DataFrame, choisies: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Months of payments that companies are told (ECHEANCES); key and order: siren, mois.

    `conventions`: contract of this name, the months of RCP that they touch; `choisies`: contract
    `calendriers`, dates of the companies. `date` is null for a month skipped; `fichier` is the
    month whose file tells it, on `date_fichier`: null when no later month has a date. The months go
    to the horizon of the night; beyond it, those that the company chose.
    """
    siennes = conventions.filter(pl.col("nature") == CONVENTION_RCP)
    dites = choisies.filter(pl.col("nature") == RCP).select(
        "siren", "mois", "date", choisie=pl.lit(value=True)
    )
    horizon = str(horizon_rcp(date_arrete))
    mois = _list_mois(siennes, max([horizon, *dites["mois"]]))
    choisie = pl.col("choisie").fill_null(value=False)
    echeances = (
        siennes.select("siren", "debut", "fin")
        .join(mois, how="cross")
        .filter(
            pl.col("debut").dt.month_start() <= pl.col("premier"),
            pl.col("fin").is_null() | (pl.col("premier") <= pl.col("fin")),
        )
        .select("siren", "mois", "prevue")
        .unique()
        .join(dites, on=["siren", "mois"], how="left")
        .filter((pl.col("mois") <= horizon) | choisie)
        .sort("siren", "mois")
        .with_columns(pl.when(choisie).then("date").otherwise("prevue").alias("date"))
    )
    dates = pl.col("date").is_not_null()
    return echeances.select(
        "siren",
        "mois",
        "date",
        pl.when(dates).then("mois").backward_fill().over("siren").alias("fichier"),
        pl.col("date").backward_fill().over("siren").alias("date_fichier"),
    )


def compute_calendriers(
    echeances: pl.DataFrame,
    choisies: pl.DataFrame,
    productions: pl.DataFrame,
    date_arrete: date,
) -> pl.DataFrame:
    """Every date with its state on a night: contract `calendriers`, sorted by its key.

    `productions` (PRODUCTIONS, key: siren, mois): files produced, `mois` being the last month that
    they tell, `retire_le` null until the company has fetched them all.
    """
    connues = productions.filter(pl.col("produit_le") <= date_arrete)
    retire = pl.col("retire_le") <= date_arrete
    etats = _with_expiry(connues).select(
        "siren",
        pl.when(retire)
        .then(pl.lit(RETIRE))
        .when(pl.col("expire_le") <= date_arrete)
        .then(pl.lit(EXPIRE))
        .otherwise(pl.lit(PRODUIT))
        .alias("etat"),
        fichier="mois",
    )
    suivies = echeances.join(etats, on=["siren", "fichier"], how="left").with_columns(
        pl.lit(RCP).alias("nature"), pl.col("etat").fill_null(PREVU)
    )
    colonnes = columns_of("calendriers")
    autres = choisies.filter(pl.col("nature") != RCP)
    tous = pl.concat([suivies.select(colonnes), autres.select(colonnes)])
    return tous.sort("siren", "nature", "mois")


def compute_dus(
    echeances: pl.DataFrame,
    productions: pl.DataFrame,
    centres: pl.DataFrame,
    date_arrete: date,
) -> pl.DataFrame:
    """What a night is to produce (DUS), one file a centre and month; key and order: all columns.

    `mois` is the month of the file, `mois_paiement` one that it tells. `centres`: contract
    `centres_gestion`. What an earlier night should have produced is due as well.
    """
    dues = echeances.filter(pl.col("date_fichier") <= date_arrete).rename(
        {"mois": "mois_paiement", "fichier": "mois"}
    )
    restent = dues.join(productions, on=["siren", "mois"], how="anti")
    return restent.join(centres, on="siren").select(DUS.names()).sort(DUS.names())


def compute_expires(productions: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """Files that nobody fetched in time, to take away (EXPIRES); key and order: siren, mois."""
    oubliees = _with_expiry(productions.filter(pl.col("retire_le").is_null()))
    expirees = oubliees.filter(pl.col("expire_le") <= date_arrete)
    return expirees.select(EXPIRES.names()).sort("siren", "mois")


def _with_expiry(productions: pl.DataFrame) -> pl.DataFrame:
    """The files with `expire_le`, the first day on which they can't be fetched any more."""
    jours = productions["produit_le"].unique().sort()
    expirent = [expiry_rcp(jour) for jour in jours]
    expiries = pl.DataFrame([jours, pl.Series("expire_le", expirent, pl.Date)])
    return productions.join(expiries, on="produit_le", how="left")


def _list_mois(conventions: pl.DataFrame, dernier: str) -> pl.DataFrame:
    """Months from the first convention to `dernier`: mois, premier (its first day), prevue."""
    debut = conventions["debut"].min()
    fin = Mois.parse(dernier)
    tous = Mois.range(Mois.from_date(debut), fin) if isinstance(debut, date) else ()
    lignes = [(str(mois), mois.first_day, date_rcp(mois)) for mois in tous]
    schema = {"mois": pl.String, "premier": pl.Date, "prevue": pl.Date}
    return pl.DataFrame(lignes, schema, orient="row")
