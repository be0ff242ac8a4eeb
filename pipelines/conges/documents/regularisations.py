"""The payments of leave that the files RCP of a month tell, each in its management centre."""

from __future__ import annotations

import polars as pl

from parsers.echanges.zones import RANG
from pipelines.conges.documents.dec_rcp import compute_rcp
from pipelines.personnes import read_personnes
from warehouse.maison import Maison
from warehouse.registre import read_centres_gestion


def read_regularisations(maison: Maison, mois: pl.DataFrame, registre: int | None) -> pl.DataFrame:
    """Records `50` of the statements that the night holds, paid to employees in these months.

    `mois`: siren, mois; `registre`: the version that the night reads. Returns the fields of the
    record, with siren, cdg and mois, by day of payment then statement.
    """
    paye_en = pl.col("date_paiement").dt.strftime("%Y-%m").alias("mois")
    decomptes = (
        maison.lac.read("decomptes")
        .with_columns(paye_en)
        .join(mois.lazy(), on=["siren", "mois"], how="semi")
        .collect()
    )
    lignes = maison.lac.read("lignes_decompte").join(
        decomptes.select("decompte").lazy(), on="decompte", how="semi"
    )
    qui = decomptes.select("siren", "salarie").unique()
    lues = compute_rcp(decomptes, lignes.collect(), read_personnes(maison, qui))["50"]
    places = decomptes.join(_read_centres(maison, decomptes, registre), on="decompte").select(
        "siren", "cdg", "mois", origin_id="decompte"
    )
    return lues.join(places, on="origin_id").sort(RANG).drop(RANG)


def _read_centres(maison: Maison, decomptes: pl.DataFrame, registre: int | None) -> pl.DataFrame:
    """Centre of each statement: decompte (key), cdg.

    That of the certificate of its leave year, else of another of the employee, else the first one
    of the company.
    """
    certificats = maison.lac.read("certificats").filter(pl.col("cdg").is_not_null())
    siens = certificats.join(
        decomptes.select("siren", "salarie").unique().lazy(), on=["siren", "salarie"], how="semi"
    ).select("siren", "salarie", "cdg", "fin", certifie="exercice")
    with maison.moteur.connect() as connexion:
        centres = read_centres_gestion(connexion, registre)
    premiers = centres.group_by("siren").agg(premier=pl.col("cdg").min())
    situes = (
        decomptes.select("decompte", "siren", "salarie", "exercice")
        .join(siens.collect(), on=["siren", "salarie"], how="left")
        .join(premiers, on="siren", how="left")
    )
    du_sien = (pl.col("certifie") == pl.col("exercice")).fill_null(value=False)
    return (
        situes.sort("decompte", du_sien, "certifie", "fin", "cdg", nulls_last=False)
        .unique("decompte", keep="last", maintain_order=True)
        .select("decompte", pl.coalesce("cdg", "premier").alias("cdg"))
    )
