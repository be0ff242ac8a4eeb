"""Which declarations the fund expects, what became of them, which reminders are due.

An establishment owes a declaration for each month that it is open, from the month its company is
followed. Only months whose limit date is past at `date_arrete` are listed.
Sources: dsn/btp sections 0, 4 and 7; features F05, F15, F34; options echeance_dsn, appel_estime.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.declarations.regles.statuts import (
    EN_ATTENTE,
    FRACTIONS_MANQUANTES,
    MENSUELLE,
    RETENUE,
    SUBSTITUTION,
    number_of_fractions,
)
from specs.baremes.suivi import NIVEAUX
from specs.contrats import codes_of

RECUE, PARTIELLE, ABSENTE, INUTILISABLE = codes_of(
    "declarations_attendues", "etat", "RECUE", "PARTIELLE", "ABSENTE", "INUTILISABLE"
)
CLE = ["siret", "mois"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What says which declarations are expected and what came.

    `etablissements`: the registry (siren, siret, cdg, numero_adherent, debut, fin); `suivis`:
    siren, suivi_depuis (month, null when the registry does not say); `declarations`: contract
    `declarations`; `refusees`: contract `declarations_lues`, those of the deposits that are not
    conforming; `tdp`: siret, mois_appel, depot of the wage returns that count.
    """

    etablissements: pl.DataFrame
    suivis: pl.DataFrame
    declarations: pl.DataFrame
    refusees: pl.DataFrame
    tdp: pl.DataFrame

    @property
    def frames(self) -> tuple[pl.DataFrame, ...]:
        """Every frame, for a fingerprint."""
        return self.etablissements, self.suivis, self.declarations, self.refusees, self.tdp


def compute_attendues(
    sources: Sources, calendrier: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Contract `declarations_attendues` without `part` and `estimee`, sorted by its key.

    `calendrier`: SCHEMA_CALENDRIER of specs.baremes.suivi; it covers every month up to that of
    `date_arrete`.
    """
    retenues = sources.declarations.filter(
        (pl.col("statut") == RETENUE) & pl.col("mois_appel").is_not_null()
    ).rename({"mois_appel": "mois"})
    attendues = _with_limit(_expected(sources, retenues, calendrier), retenues, date_arrete)
    recues, tdp = _received(sources, retenues), sources.tdp.rename({"mois_appel": "mois"})
    for frame in (recues, tdp.rename({"depot": "depot_tdp"}), _unusable(sources)):
        attendues = attendues.join(frame, on=CLE, how="left", maintain_order="left")
    return attendues.with_columns(
        _state().alias("etat"),
        pl.coalesce("depot", "depot_tdp", "depot_inutilisable").alias("depot"),
    ).select(*CLE, "siren", "adherent", "cdg", "date_limite", "etat", "depot", _level(date_arrete))


def _expected(sources: Sources, retenues: pl.DataFrame, calendrier: pl.DataFrame) -> pl.DataFrame:
    """Each establishment with the months that it is open and followed."""
    premiers = retenues.group_by("siren").agg(pl.col("mois").min().alias("premier"))
    suivis = (
        sources.etablissements.join(sources.suivis, on="siren", how="left")
        .join(premiers, on="siren", how="left")
        .with_columns(depuis=pl.coalesce("suivi_depuis", "premier"))
        .filter(pl.col("depuis").is_not_null())
    )
    mois = pl.col("mois")
    ouvert = (mois >= pl.col("debut").dt.strftime("%Y-%m")) & (
        pl.col("fin").is_null() | (mois <= pl.col("fin").dt.strftime("%Y-%m"))
    )
    return (
        suivis.lazy()
        .join(calendrier.lazy(), how="cross")
        .filter(ouvert & (mois >= pl.col("depuis")))
        .rename({"numero_adherent": "adherent"})
        .drop("debut", "fin", "suivi_depuis", "premier", "depuis")
        .sort(CLE)
        .collect()
    )


def _with_limit(attendues: pl.DataFrame, retenues: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """The months whose limit date is past; a company's size is that of its last declared month."""
    effectifs = (
        retenues.group_by("siren", "mois")
        .agg(pl.col("individus").sum().alias("effectif"))
        .with_columns(jour=_first_day())
        .sort("jour")
        .drop("mois")
    )
    grande = pl.col("effectif") >= pl.col("effectif_grandes")
    limite = pl.when(grande).then(pl.coalesce("date_limite_grandes", "date_limite"))
    return (
        attendues.with_columns(jour=_first_day())
        .sort("jour")
        .join_asof(
            effectifs,
            on="jour",
            by="siren",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .with_columns(limite.otherwise("date_limite").alias("date_limite"))
        .filter(pl.col("date_limite") < date_arrete)
        .sort(CLE)
    )


def _first_day() -> pl.Expr:
    return pl.format("{}-01", "mois").str.to_date("%Y-%m-%d")


def _received(sources: Sources, retenues: pl.DataFrame) -> pl.DataFrame:
    """Months with a declaration: siret, mois, `complete` (every fraction came), depot.

    Where the fund waits for all the fractions, those that wait are a month that is not complete.
    """
    recues = pl.col("fraction").n_unique()
    annoncees = number_of_fractions().cast(pl.Int64).max()
    completes = (
        retenues.group_by(*CLE, "champ")
        .agg((recues >= annoncees.fill_null(1)).alias("complete"), pl.col("depot").max())
        .group_by(CLE)
        .agg(pl.col("complete").all(), pl.col("depot").max())
    )
    attente = (
        sources.declarations.filter(pl.col("motif") == FRACTIONS_MANQUANTES)
        .group_by("siret", pl.col("mois_appel").alias("mois"))
        .agg(pl.lit(value=False).alias("complete"), pl.col("depot").max())
    )
    return pl.concat([completes, attente.join(completes, on=CLE, how="anti")])


def _unusable(sources: Sources) -> pl.DataFrame:
    """Months that a deposit of the company bears without being usable: the last such deposit.

    Refused by the control, or a substitution that waits for an operator (D-03).
    """
    mensuelles = pl.col("nature").is_in([MENSUELLE, SUBSTITUTION])
    proprietaires = sources.etablissements.select("siret", adherent="numero_adherent")
    refusees = sources.refusees.filter(mensuelles).join(proprietaires, on=["siret", "adherent"])
    attente = (pl.col("statut") == EN_ATTENTE) & (pl.col("nature") == SUBSTITUTION)
    colonnes = ["siret", pl.col("mois_appel").alias("mois"), "depot"]
    return (
        pl.concat(
            [refusees.select(colonnes), sources.declarations.filter(attente).select(colonnes)]
        )
        .drop_nulls()
        .group_by(CLE)
        .agg(pl.col("depot").max().alias("depot_inutilisable"))
    )


def _state() -> pl.Expr:
    return (
        pl.when(pl.col("complete"))
        .then(pl.lit(RECUE))
        .when(pl.col("complete").is_not_null())
        .then(pl.lit(PARTIELLE))
        .when(pl.col("depot_tdp").is_not_null())
        .then(pl.lit(RECUE))
        .when(pl.col("depot_inutilisable").is_not_null())
        .then(pl.lit(INUTILISABLE))
        .otherwise(pl.lit(ABSENTE))
    )


def _level(date_arrete: date) -> pl.Expr:
    """Level of reminder reached: the number of those whose day is past."""
    atteints = pl.sum_horizontal(
        (pl.col("date_limite") + pl.duration(days=f"relance_{niveau}_jours") < date_arrete).cast(
            pl.Int64
        )
        for niveau in NIVEAUX
    )
    return pl.when(pl.col("etat") == RECUE).then(0).otherwise(atteints).alias("relances")
