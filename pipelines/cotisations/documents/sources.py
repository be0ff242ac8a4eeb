"""What the documents of a night are told from, beside the night itself: lake and registry."""

from __future__ import annotations

import polars as pl

from pipelines.cotisations.documents.appels import Sources
from pipelines.cotisations.documents.nouveautes import Nouveautes, read_told
from pipelines.publication.nuit import Nuit
from pipelines.reglements.lecture import read_prevus
from specs.contrats import codes_of
from warehouse.maison import Maison
from warehouse.registre.lecture import (
    read_comptes_bancaires,
    read_groupes_paiement,
    read_mandats,
)

(ACTIF,) = codes_of("etats_mandat", "etat", "ACTIF")


def read_sources(maison: Maison, nuit: Nuit, nouveautes: Nouveautes) -> Sources:
    """Everything that the calls of tonight are told from; IBAN masked."""
    version = nuit.vue.registre
    with maison.moteur.connect() as connexion:
        groupes = read_groupes_paiement(connexion, version)
        mandats = read_mandats(connexion, version)
        comptes = read_comptes_bancaires(connexion, version).select("compte", "iban_masque")
    actifs = maison.lac.read("etats_mandat").filter(pl.col("etat") == ACTIF).collect()
    creances = maison.lac.read("creances").select("appel", "reste_centimes").collect()
    prevus = read_prevus(maison, nouveautes.nouveaux["part"].unique(), nuit.date_arrete)
    return Sources(
        appels=nouveautes.appels,
        lignes=nouveautes.lignes,
        bases=read_told(maison, "bases", nouveautes.nouveaux),
        depots=nuit.depots,
        etablissements=nuit.etablissements,
        cumuls=maison.lac.read("cumuls_cotisations").collect(),
        groupes=groupes,
        prelevements=prevus.join(comptes, on="compte", maintain_order="left"),
        creances=creances,
        mandats=mandats.filter("prelevement_automatique")
        .join(actifs, on="rum", how="semi")
        .select("cdg", "groupe"),
    )
