"""What became of the exchange files tonight, as the lake tells it of their lines."""

from __future__ import annotations

import polars as pl

from pipelines.echanges.etapes import read_acceptes
from pipelines.echanges.regles.lignes import ANNULATION, compute_suites
from pipelines.nuit.parts import Part
from pipelines.publication.nuit import Etats
from specs.contrats import codes_of, columns_of, read_contrat, schema_polars
from warehouse.maison import Maison
from warehouse.nuits import Vue

INTEGRE, REMPLACE, ANNULE = codes_of("depots", "etat", "INTEGRE", "REMPLACE", "ANNULE")
MOTIFS = {REMPLACE: "remplacé par le dépôt {}", ANNULE: "annulé par le dépôt {}"}


def read_etats(maison: Maison, _vue: Vue) -> Etats:
    """States of the files whose lines were ranged, and of those that replaced or cancelled them."""
    suites = compute_suites(read_acceptes(maison, Part(0, 1)))
    rangees = maison.lac.read("lignes_en_vigueur").select("depot", "remplace_par").collect()
    vus = pl.concat([rangees["depot"], rangees["remplace_par"].drop_nulls()]).unique().implode()
    etat = (
        pl.when(pl.col("suite") == ANNULATION)
        .then(pl.lit(ANNULE))
        .when(pl.col("suite").is_not_null())
        .then(pl.lit(REMPLACE))
        .otherwise(pl.lit(INTEGRE))
    )
    dits = [
        (depot, etat, MOTIFS[etat].format(par) if par else None)
        for depot, etat, par in suites.filter(pl.col("depot").is_in(vus))
        .select("depot", etat.alias("etat"), "remplace_par")
        .iter_rows()
    ]
    texte = pl.String()
    etats = pl.DataFrame(dits, {"depot": texte, "etat": texte, "motif": texte}, orient="row")
    return Etats(etats, _no_anomaly())


def _no_anomaly() -> pl.DataFrame:
    colonnes = [nom for nom in columns_of("anomalies") if nom not in ("rang", "lot")]
    types = schema_polars(read_contrat("anomalies"))
    return pl.DataFrame(schema={nom: types[nom] for nom in colonnes})
