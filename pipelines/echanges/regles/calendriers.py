"""When the RCP files of a company are produced, and for how long it may fetch them.

A month of payments is told once, on its date: the day that the option `calendrier_rcp` gives, or
that the company chose. A month that it skips is told with the next one that has a date. Nothing is
known of what CPRP means: its dates are shown as they were written. Source: exchange.md 6.6 of the
proposed specification (X-08).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.baremes.echanges import date_rcp, expiry_rcp, horizon_rcp
from specs.contrats import codes_of, columns_of, read_contrat, schema_polars
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
        "convention": pl.String,
        "date": pl.Date,
        "fichier": pl.String,
        "date_fichier": pl.Date,
    }
)
PRODUCTIONS = pl.Schema(schema_polars(read_contrat("productions_rcp")))
DUS = pl.Schema(dict.fromkeys(("siren", "mois", "fichier", "convention"), pl.String))
RETRAITS = pl.Schema({"siren": pl.String, "publication": pl.Int64, "retire_le": pl.Date})


def compute_echeances(
    conventions: pl.DataFrame, choisies: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Months of payments that companies are told (ECHEANCES); key and order: siren, mois.

    `conventions`: contract of this name, the months of RCP that they touch, the last one when
    several do; `choisies`: contract `calendriers`, dates of the companies. `date` is null for a
    month skipped; `fichier` is the month whose file tells it, on `date_fichier`: null when no later
    month has a date. The months go to the horizon of the night; beyond it, those that the company
    chose.
    """
    siennes = conventions.filter(pl.col("nature") == CONVENTION_RCP)
    dites = choisies.filter(pl.col("nature") == RCP).select(
        "siren", "mois", "date", choisie=pl.lit(value=True)
    )
    horizon = str(horizon_rcp(date_arrete))
    mois = _list_mois(siennes, max([horizon, *dites["mois"]]))
    choisie = pl.col("choisie").fill_null(value=False)
    echeances = (
        siennes.select("siren", "debut", "fin", "convention")
        .join(mois, how="cross")
        .filter(
            pl.col("debut").dt.month_start() <= pl.col("premier"),
            pl.col("fin").is_null() | (pl.col("premier") <= pl.col("fin")),
        )
        .sort("siren", "mois", "debut", "convention")
        .unique(["siren", "mois"], keep="last", maintain_order=True)
        .join(dites, on=["siren", "mois"], how="left")
        .filter((pl.col("mois") <= horizon) | choisie)
        .sort("siren", "mois")
        .with_columns(pl.when(choisie).then("date").otherwise("prevue").alias("date"))
    )
    dates = pl.col("date").is_not_null()
    return echeances.select(
        "siren",
        "mois",
        "convention",
        "date",
        pl.when(dates).then("mois").backward_fill().over("siren").alias("fichier"),
        pl.col("date").backward_fill().over("siren").alias("date_fichier"),
    )


def compute_dus(
    echeances: pl.DataFrame, productions: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Months that a night is to tell (DUS); key: siren, mois; order: siren, fichier, mois.

    `fichier` is the month of the file, whose `convention` is its own. What an earlier night should
    have told is due as well.
    """
    dues = echeances.filter(pl.col("date_fichier") <= date_arrete)
    restent = dues.join(productions, on=["siren", "mois"], how="anti")
    return restent.sort("siren", "fichier", "mois").select(
        "siren", "mois", "fichier", pl.col("convention").last().over("siren", "fichier")
    )


def compute_productions(
    connues: pl.DataFrame,
    retraits: pl.DataFrame,
    dus: pl.DataFrame,
    date_arrete: date,
    publication: int,
) -> pl.DataFrame:
    """Every month told once this night is (contract `productions_rcp`), sorted by its key.

    `connues`: the months told before; `retraits` (RETRAITS): the publications of which a company is
    known to have fetched every file, and the last day on which it did.
    """
    pris = retraits.rename({"retire_le": "pris_le"})
    suivies = connues.join(pris, on=["siren", "publication"], how="left").with_columns(
        pl.coalesce("retire_le", "pris_le").alias("retire_le")
    )
    nouvelles = dus.with_columns(
        produit_le=pl.lit(date_arrete),
        publication=pl.lit(publication, pl.Int64),
        retire_le=pl.lit(None, pl.Date),
    )
    toutes = [frame.select(PRODUCTIONS.names()) for frame in (suivies, nouvelles)]
    return pl.concat(toutes).sort("siren", "mois")


def find_suivies(productions: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """Publications whose files may still be fetched: siren, publication (key), produit_le."""
    posees = _with_etat(productions, date_arrete).filter(pl.col("etat") == PRODUIT)
    colonnes = ["siren", "publication", "produit_le"]
    return posees.select(colonnes).unique().sort(colonnes)


def compute_calendriers(
    echeances: pl.DataFrame,
    choisies: pl.DataFrame,
    productions: pl.DataFrame,
    date_arrete: date,
) -> pl.DataFrame:
    """Every date with its state on a night: contract `calendriers`, sorted by its key."""
    etats = _with_etat(productions, date_arrete).select("siren", "mois", "etat")
    suivies = echeances.join(etats, on=["siren", "mois"], how="left").with_columns(
        pl.lit(RCP).alias("nature"), pl.col("etat").fill_null(PREVU)
    )
    colonnes = columns_of("calendriers")
    autres = choisies.filter(pl.col("nature") != RCP)
    tous = pl.concat([suivies.select(colonnes), autres.select(colonnes)])
    return tous.sort("siren", "nature", "mois")


def _with_etat(productions: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """The months told, with the `etat` of their files."""
    return _with_expiry(productions).with_columns(
        pl.when(pl.col("retire_le").is_not_null())
        .then(pl.lit(RETIRE))
        .when(pl.col("expire_le") <= date_arrete)
        .then(pl.lit(EXPIRE))
        .otherwise(pl.lit(PRODUIT))
        .alias("etat")
    )


def _with_expiry(productions: pl.DataFrame) -> pl.DataFrame:
    """The months told, with `expire_le`: from that day on, their files can't be fetched."""
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
