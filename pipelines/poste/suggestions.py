"""What the desk suggests: lines to import for unknown establishments, whose a movement may be."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from pipelines.declarations.etapes import read_reelles, read_registre
from pipelines.declarations.orphelins import LUES, compute_orphelins, list_releves
from pipelines.declarations.regles.suggestions import compute_suggestions
from pipelines.metier import Metier
from pipelines.reglements.regles.candidats import compute_candidats
from warehouse.acces.demandes import Contenu
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_adherents, read_centres_gestion


def read_orphelins(maison: Maison) -> pl.DataFrame:
    """Lines of establishments to import (see `compute_orphelins`), by the registry of today."""
    connu = read_registre(maison)
    with maison.moteur.connect() as connexion:
        adherents, centres = read_adherents(connexion), read_centres_gestion(connexion)
    releves = list_releves(maison.lac.read("releves_tdp").collect(), adherents)
    declarations = pl.concat([read_reelles(maison).select(LUES).collect(), releves])
    return compute_orphelins(
        declarations, adherents, centres, connu.etablissements, connu.deposants
    )


def suggest_orphelins(maison: Maison, _metiers: Sequence[Metier], _contenu: Contenu) -> str:
    """JSON: `lignes` to import, `centres` that each may be of, the likeliest first."""
    lignes = read_orphelins(maison)
    with maison.moteur.connect() as connexion:
        centres = read_centres_gestion(connexion)
    suggerees = compute_suggestions(lignes, centres, read_registre(maison).etablissements)
    dites = {
        "lignes": lignes.with_columns(pl.col(pl.Date).cast(pl.String)).to_dicts(),
        "centres": suggerees.to_dicts(),
    }
    return json.dumps(dites, ensure_ascii=False)


def suggest_candidats(maison: Maison, _metiers: Sequence[Metier], contenu: Contenu) -> str:
    """JSON: the companies that each waiting movement of the publication may come from."""
    numero = contenu["publication"]
    mouvements, creances, adherents = (
        read_table_publiee(maison, table, numero).collect()
        for table in ("encaissements_non_affectes", "creances", "adherents")
    )
    candidats = compute_candidats(mouvements, adherents, creances)
    return json.dumps(candidats.to_dicts(), ensure_ascii=False)
