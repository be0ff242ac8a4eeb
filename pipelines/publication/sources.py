"""What the documents of a night are told from, beside the night itself: lake and registry."""

from __future__ import annotations

import polars as pl

from pipelines.publication.appels import Sources
from pipelines.publication.nuit import Nuit
from warehouse.maison import Maison
from warehouse.registre.lecture import (
    read_comptes_bancaires,
    read_groupes_paiement,
    read_mandats,
)

REJETE, ACTIF = "REJETE", "ACTIF"


def read_sources(maison: Maison, nuit: Nuit) -> Sources:
    """Everything that the calls of tonight are told from; IBAN masked."""
    with maison.moteur.connect() as connexion:
        groupes = read_groupes_paiement(connexion)
        mandats = read_mandats(connexion)
        comptes = read_comptes_bancaires(connexion).select("compte", "iban_masque")
    emis = maison.lac.read("prelevements").filter(pl.col("etat") != REJETE).collect()
    actifs = maison.lac.read("etats_mandat").filter(pl.col("etat") == ACTIF).collect()
    payes = maison.lac.read("prelevements_appels").select("prelevement", "appel").collect()
    return Sources(
        appels=nuit.appels,
        lignes=nuit.lignes,
        bases=nuit.bases,
        depots=nuit.depots,
        etablissements=nuit.etablissements,
        cumuls=maison.lac.read("cumuls_cotisations").collect(),
        groupes=groupes,
        prelevements=payes.join(emis, on="prelevement").join(comptes, on="compte"),
        mandats=mandats.join(actifs, on="rum", how="semi").select("cdg", "groupe"),
    )
