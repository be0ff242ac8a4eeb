"""Reading the wage returns (TDP) that the exchange files in force bring."""

from __future__ import annotations

import polars as pl

from pipelines.declarations.regles.releves import TDP
from pipelines.echanges.etapes import list_en_vigueur
from specs.contrats import columns_of
from warehouse.maison import Maison

OUI = "O"  # PAY
HEURES_INTERIM = "024"  # of S21.G00.82.002


def read_releves(maison: Maison) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The returns in force, then their bases: sorted by key, see `compute_releves`.

    The hours of temporary workers are a base of the return's own record.
    """
    lignes = list_en_vigueur(maison, TDP).select("depot", "rang", "recu_le")
    lus = maison.lac.read("releves_lus").join(lignes, on=["depot", "rang"])
    lus = lus.rename({"month": "mois_appel", "deposit_ref": "depot_dsn"}).with_columns(
        motif_dsn="reason", individus="n_employees", telepaiement=pl.col("pay") == OUI
    )
    portees = lignes.select("depot", releve="rang")
    relevees = (
        maison.lac.read("bases_relevees")
        .rename({"ligne": "releve", "rang": "ligne", "month": "mois_appel"})
        .rename({"att_month": "mois_rattachement", "category": "categorie"})
        .rename({"base_code": "code_base", "base": "quantite"})
        .join(portees, on=["depot", "releve"])
    )
    heures = lus.filter(pl.col("hours_temp") > 0).with_columns(
        ligne="rang",
        releve="rang",
        mois_rattachement="mois_appel",
        categorie=pl.lit(None, pl.String),
        code_base=pl.lit(HEURES_INTERIM),
        quantite="hours_temp",
    )
    bases = [frame.select(columns_of("bases_tdp")[1:]) for frame in (relevees, heures)]
    connues = ("part", "cdg", "statut", "motif")
    releves = lus.select([nom for nom in columns_of("releves_tdp") if nom not in connues])
    return releves.sort("depot", "rang"), pl.concat(bases).sort("depot", "ligne")
