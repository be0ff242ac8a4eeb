"""What the new calls say, as values for the documents: effect of a deposit, call of a company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from pipelines.publication.documents.valeurs import Appel, DepotOrigine, EffetAppel, LigneAppel
from specs.baremes import read_baremes, read_cotisations

MOIS_CDG = ["cdg", "mois_appel"]
CHAMPS_COMMUNS = (
    "appel",
    "adherent",
    "siren",
    "cdg",
    "mois_appel",
    "rang",
    "nature",
    "date_arrete",
    "date_exigibilite",
    "montant_centimes",
)


def compute_effets(
    declarations: pl.DataFrame, appels: pl.DataFrame, lignes: pl.DataFrame, *, essai: bool
) -> tuple[EffetAppel, ...]:
    """New calls of the management centres and months that these declarations name.

    A test names no call: it has none.
    """
    vises = declarations.filter(pl.col("statut") == "RETENUE").select(MOIS_CDG).unique()
    concernes = appels.join(vises, on=MOIS_CDG, how="semi").sort("appel")
    return tuple(
        EffetAppel(
            cdg=appel["cdg"],
            mois_appel=appel["mois_appel"],
            appel=None if essai else appel["appel"],
            nature=appel["nature"],
            date_exigibilite=appel["date_exigibilite"],
            lignes=tuple(_lignes(lignes.filter(pl.col("appel") == appel["appel"]))),
        )
        for appel in concernes.iter_rows(named=True)
    )


def compose_appels(
    appels: pl.DataFrame,
    lignes: pl.DataFrame,
    bases: pl.DataFrame,
    depots: pl.DataFrame,
    etablissements: pl.DataFrame,
    publication: int,
) -> Iterator[Appel]:
    """Values of the documents of these calls.

    `lignes`: every line of every call, former ones included; `bases`: retained bases; `depots`:
    depot, nom, recu_le.
    """
    codes = read_cotisations().filter(~pl.col("par_defaut")).select("cotisation", "code_base")
    sources = bases.filter(pl.col("statut") == "RETENUE").join(codes, on="code_base")
    par_appel = lignes.partition_by("appel", as_dict=True)
    par_mois = sources.partition_by(MOIS_CDG, as_dict=True)
    deja = _already_called(appels, lignes)
    lieux = etablissements.partition_by("cdg", as_dict=True)
    for appel in appels.sort("appel").iter_rows(named=True):
        siennes = par_mois.get((appel["cdg"], appel["mois_appel"]), sources.clear())
        yield Appel(
            **{champ: appel[champ] for champ in CHAMPS_COMMUNS},
            **_company(lieux.get((appel["cdg"],))),
            lignes=tuple(_lignes(_counted(par_appel[appel["appel"],], siennes))),
            salaries=siennes["salarie"].drop_nulls().n_unique(),
            depots=tuple(_origins(depots, siennes)),
            deja_appele_centimes=deja.get(appel["appel"], 0),
            publication=publication,
        )


def _company(etablissements: pl.DataFrame | None) -> dict[str, Any]:
    """Name and establishments of a management centre (unknown when the registry forgot it)."""
    if etablissements is None:
        return {"raison_sociale": "", "etablissements": ()}
    return {
        "raison_sociale": etablissements["raison_sociale"][0],
        "etablissements": tuple(etablissements["siret"].sort()),
    }


def _counted(lignes: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Lines with the employees and the DSN lines behind each."""
    cle = ["mois_rattachement", "cotisation"]
    comptes = sources.group_by(cle).agg(
        pl.col("salarie").drop_nulls().n_unique().cast(pl.Int64).alias("salaries"),
        pl.len().cast(pl.Int64).alias("lignes_dsn"),
    )
    return lignes.join(comptes, on=cle, how="left", maintain_order="left")


def _already_called(appels: pl.DataFrame, lignes: pl.DataFrame) -> dict[str, int]:
    """For each call, the sum of the calls of its month with a lower rank."""
    avant = appels.select("appel", *MOIS_CDG, "rang").join(
        lignes.select(*MOIS_CDG, "montant_centimes", rang_avant="rang"), on=MOIS_CDG
    )
    sommes = (
        avant.filter(pl.col("rang_avant") < pl.col("rang"))
        .group_by("appel")
        .agg(pl.col("montant_centimes").sum())
    )
    return dict(sommes.iter_rows())


def _origins(depots: pl.DataFrame, sources: pl.DataFrame) -> Iterator[DepotOrigine]:
    vus = sources["depot"].unique()
    for depot, nom, recu_le in (
        depots.filter(pl.col("depot").is_in(vus.implode()))
        .sort("depot")
        .select("depot", "nom", "recu_le")
        .iter_rows()
    ):
        yield DepotOrigine(depot, nom, recu_le)


def _lignes(lignes: pl.DataFrame) -> Iterator[LigneAppel]:
    baremes = read_baremes()
    for ligne in lignes.sort("mois_rattachement", "cotisation").iter_rows(named=True):
        yield LigneAppel(
            mois_rattachement=ligne["mois_rattachement"],
            cotisation=ligne["cotisation"],
            libelle=baremes[ligne["cotisation"]].libelle,
            base_centimes=ligne["base_centimes"],
            taux_ppm=ligne["taux_ppm"],
            montant_centimes=ligne["montant_centimes"],
            salaries=ligne.get("salaries"),
            lignes_dsn=ligne.get("lignes_dsn"),
        )
