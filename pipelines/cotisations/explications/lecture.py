"""What an explanation reads: the published tables of one company, and the identifiers near one.

Predicates go down to the lake: only the shard, the company, the month that matter are read.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.cotisations.etapes import completed
from pipelines.cotisations.explications.lignes import Sources
from pipelines.cotisations.regles.assiettes import declared_months, sum_bases
from pipelines.explications.lecture import Lecteur
from pipelines.registre import ADHERENTS, Registre
from specs.connaissances import read_connaissances


def read_sources(lecteur: Lecteur, appel: dict[str, Any]) -> Sources:
    """Everything that the explanation of a call is composed of."""
    sienne = (pl.col("part") == appel["part"], pl.col("siren") == appel["siren"])
    du_mois = (pl.col("cdg") == appel["cdg"], pl.col("mois_appel") == appel["mois_appel"])
    bases = lecteur.read("bases", *sienne)
    releves = lecteur.read("releves_tdp", *sienne)
    declares = declared_months(lecteur.read("declarations", *sienne), bases, releves)
    lignes, rows, sommes, declares_lus, cumuls, adherents, parametres, adhesions = pl.collect_all(
        [
            completed(lecteur.read("lignes_appel", *sienne, *du_mois)),
            bases.filter(*du_mois),
            sum_bases(bases),
            declares,
            lecteur.read("cumuls_cotisations", *sienne),
            lecteur.read("adherents", sienne[1]).select(ADHERENTS.names()),
            lecteur.read("parametres_cdg"),
            lecteur.read("adhesions", sienne[1]),
        ]
    )
    depots = lecteur.read("depots", pl.col("depot").is_in(rows["depot"].unique().implode()))
    return Sources(
        lignes=lignes,
        bases=rows,
        sommes=sommes,
        declares=declares_lus,
        cumuls=cumuls,
        depots=depots.collect(),
        registre=Registre(pl.DataFrame(), adherents, parametres, adhesions),
        savoir=read_connaissances(),
    )
