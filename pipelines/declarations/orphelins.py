"""Establishments that keep declarations waiting, with the line of the registry that frees them.

The DSN has no management centre, only a SIRET: a declaration whose SIRET is not in the registry
waits until it is (CP-03). One that another member dropped waits until that member is known to
deposit for the company (CP-04): the line names it as `deposant`. A wage return waits as a
declaration does (TD-004). What waits for a month that the
dates of a known establishment do not hold (CP-11) is told with these dates: they may be right.
"""

from __future__ import annotations

import polars as pl

from pipelines.declarations.regles.releves import INCONNU as RELEVE_INCONNU
from pipelines.declarations.regles.statuts import EN_ATTENTE, HORS_DATES, MENSUELLE, locate
from specs.contrats import codes_of, columns_of

INCONNU, AUTRE_ADHERENT = "CP-03", "CP-04"
LUES = ("depot", "siren", "siret", "adherent", "mois_appel", "nature")
(DEPOSANT,) = codes_of("options_adherents", "option", "deposant")


def compute_orphelins(
    declarations: pl.DataFrame,
    adherents: pl.DataFrame,
    centres: pl.DataFrame,
    etablissements: pl.DataFrame,
    deposants: pl.DataFrame,
) -> pl.DataFrame:
    """Lines of establishments to import, as far as they can be guessed; key and order: siret.

    Args:
        declarations: LUES, of `declarations_lues` and of `list_releves`; those that wait for their
            establishment count.
        adherents: contract `adherents`, as the registry is today.
        centres: contract `centres_gestion`.
        etablissements: contract `etablissements`.
        deposants: who else deposits for a company (see `Registre`).

    Returns:
        Columns of the contract `etablissements`, then `deposant`: the member that dropped the file,
        when it is not the company. An establishment that the registry knows has its own line;
        another begins on the first day declared, its member is null when its SIREN is unknown, its
        `cdg` when the company has not one centre only.
    """
    attendent = locate(declarations, etablissements, deposants).filter(
        pl.col("attente").is_in([INCONNU, AUTRE_ADHERENT]), pl.col("mois_appel").is_not_null()
    )
    colonnes = [*columns_of("etablissements"), DEPOSANT]
    nouveaux = _new(attendent, adherents, centres, etablissements).select(colonnes)
    connus = _known(attendent, etablissements).select(colonnes)
    return pl.concat([nouveaux, connus]).sort("siret")


def list_releves(releves: pl.DataFrame, adherents: pl.DataFrame) -> pl.DataFrame:
    """Wage returns that wait for their establishment, as declarations of their company: LUES.

    `releves`: contract `releves_tdp`; `adherents`: contract of this name.
    """
    membres = adherents.select("siren", adherent="numero_adherent")
    attendent = releves.filter(motif=RELEVE_INCONNU).join(membres, on="siren")
    return attendent.with_columns(nature=pl.lit(MENSUELLE)).select(LUES)


def compute_hors_dates(
    declarations: pl.DataFrame, bases: pl.DataFrame, etablissements: pl.DataFrame
) -> pl.DataFrame:
    """Known establishments that wait for their dates (CP-11): siret, debut, fin, mois.

    `declarations`, `bases`, `etablissements`: contracts of these names; `mois`: the months that are
    declared and that the dates do not hold, sorted and joined by `, `. Key and order: siret.
    """
    attend = (pl.col("statut") == EN_ATTENTE) & (pl.col("motif") == HORS_DATES)
    mois = pl.concat(
        [
            declarations.filter(attend).select("siret", mois="mois_appel"),
            bases.filter(attend).select("siret", mois="mois_rattachement"),
        ]
    )
    return (
        mois.unique()
        .group_by("siret")
        .agg(pl.col("mois").sort().str.join(", "))
        .join(etablissements.select("siret", "debut", "fin"), on="siret")
        .select("siret", "debut", "fin", "mois")
        .sort("siret")
    )


def _new(
    attendent: pl.DataFrame,
    adherents: pl.DataFrame,
    centres: pl.DataFrame,
    etablissements: pl.DataFrame,
) -> pl.DataFrame:
    """Establishments that the registry does not know."""
    seuls = (
        centres.group_by("siren")
        .agg(pl.col("cdg").first(), pl.len().alias("nombre"))
        .filter(nombre=1)
        .select("siren", "cdg")
    )
    jour = pl.col("mois_appel").min().str.to_date("%Y-%m")
    inconnus = (
        attendent.join(etablissements, on="siret", how="anti")
        .group_by("siren", "siret")
        .agg(jour.alias("debut"), pl.lit(None, pl.Date).alias("fin"), _depositor())
        .join(adherents.select("siren", "numero_adherent", "raison_sociale"), "siren", how="left")
        .join(seuls, on="siren", how="left")
    )
    return inconnus.with_columns(_other_than_company())


def _known(attendent: pl.DataFrame, etablissements: pl.DataFrame) -> pl.DataFrame:
    """Establishments of the registry whose declarations came from another member."""
    d_un_autre = attendent.filter(pl.col("attente") == AUTRE_ADHERENT)
    return d_un_autre.group_by("siret").agg(_depositor()).join(etablissements, on="siret")


def _depositor() -> pl.Expr:
    """The member that dropped the last of these declarations."""
    return pl.col("adherent").sort_by("depot").last().alias(DEPOSANT)


def _other_than_company() -> pl.Expr:
    lui_meme = (pl.col(DEPOSANT) == pl.col("numero_adherent")).fill_null(value=False)
    return pl.when(~lui_meme).then(DEPOSANT).alias(DEPOSANT)
