"""What became of the exchange files tonight, as the lake tells it of their lines."""

from __future__ import annotations

import polars as pl

from pipelines.echanges.etapes import read_acceptes
from pipelines.echanges.regles.lignes import ANNULATION, compute_suites
from pipelines.nuit.parts import Part, slice_of
from pipelines.publication.nuit import Etats
from specs.contrats import TRANCHE, codes_of, columns_of, read_contrat, schema_polars
from warehouse.envois import read_etats_envois
from warehouse.lac import is_one_of
from warehouse.maison import Maison
from warehouse.nuits import Vue

INTEGRE, REMPLACE, ANNULE = codes_of("depots", "etat", "INTEGRE", "REMPLACE", "ANNULE")
MOTIFS = {REMPLACE: "remplacé par le dépôt {}", ANNULE: "annulé par le dépôt {}"}


def read_etats(maison: Maison, _vue: Vue) -> Etats:
    """States that files do not have yet: of those whose lines were ranged, or took others' place.

    The lines are looked for of these alone, in the slices where they can be.
    """
    suites = compute_suites(read_acceptes(maison, Part(0, 1))).select(
        "depot", "remplace_par", _decide().alias("etat")
    )
    motifs = [
        pl.when(pl.col("etat") == etat).then(pl.format(motif, "remplace_par"))
        for etat, motif in MOTIFS.items()
    ]
    decides = suites.with_columns(motif=pl.coalesce(motifs))
    with maison.moteur.connect() as connexion:
        actuels = read_etats_envois(connexion)
    autres = decides.join(actuels, on=actuels.columns, how="anti", nulls_equal=True)
    vus = _find_ranges(maison, suites, autres)
    return Etats(autres.filter(is_one_of("depot", vus)).select(actuels.columns), _no_anomaly())


def _decide() -> pl.Expr:
    return (
        pl.when(pl.col("suite") == ANNULATION)
        .then(pl.lit(ANNULE))
        .when(pl.col("suite").is_not_null())
        .then(pl.lit(REMPLACE))
        .otherwise(pl.lit(INTEGRE))
    )


def _find_ranges(maison: Maison, suites: pl.DataFrame, autres: pl.DataFrame) -> frozenset[str]:
    """Files that have lines, or that took the place of one that has, `autres` among them."""
    siens = suites.filter(
        is_one_of("depot", autres["depot"]) | is_one_of("remplace_par", autres["depot"])
    )
    if siens.is_empty():
        return frozenset()
    tranches = siens.select(slice_of("depot"))["depot"].unique()
    rangees = maison.lac.read("lignes_en_vigueur").filter(is_one_of(TRANCHE, tranches))
    lues = rangees.select("depot", "remplace_par").unique().collect()
    return frozenset(lues["depot"]) | frozenset(lues["remplace_par"].drop_nulls())


def _no_anomaly() -> pl.DataFrame:
    colonnes = [nom for nom in columns_of("anomalies") if nom not in ("rang", "lot")]
    types = schema_polars(read_contrat("anomalies"))
    return pl.DataFrame(schema={nom: types[nom] for nom in colonnes})
