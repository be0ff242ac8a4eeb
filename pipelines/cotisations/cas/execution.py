"""Runner of the cases of contributions: the rules of the night, on what the case says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.valeurs import Resultat
from pipelines.cotisations.cas.entrees import parse_entrees
from pipelines.cotisations.cas.explication import Calcul, explain
from pipelines.cotisations.etapes import compute_nouveaux
from pipelines.cotisations.regles.assiettes import LIGNE, declared_months, sum_bases
from pipelines.cotisations.regles.lignes import mark_waiting
from pipelines.declarations.regles.statuts import compute_bases, compute_statuts, take_open_months
from specs.contrats import computed_schema

PUBLIEES = ("declarations", "bases", "lignes_appel", "appels", "cumuls_cotisations")
EN_ATTENTE = "lignes_en_attente"


def _tables() -> dict[str, pl.Schema]:
    """Published columns, without the shard: a case is computed whole."""
    tables = {nom: computed_schema(nom) for nom in PUBLIEES}
    attente = {c: tables["lignes_appel"][c] for c in (*LIGNE, "base_centimes")}
    return tables | {EN_ATTENTE: pl.Schema(attente | {"manque": pl.String})}


TABLES: Mapping[str, pl.Schema] = MappingProxyType(_tables())


def run(champs: Champs, date_arrete: date) -> Resultat:
    """New calls of the case with their lines, its declarations, its bases, lines that wait."""
    entrees = parse_entrees(champs)
    registre, savoir = entrees.registre, entrees.savoir
    declarations = compute_statuts(entrees.declarations, registre.etablissements, savoir)
    colonnes = entrees.autres_bases.columns
    lues = compute_bases(entrees.bases, declarations, savoir)
    declarations, lues = take_open_months(declarations, lues, registre.etablissements)
    lues = lues.with_columns(part=pl.lit(0, pl.Int64))
    bases = pl.concat([lues.select(colonnes), entrees.autres_bases])
    sommes = sum_bases(bases.lazy()).collect()
    declares = declared_months(declarations.lazy(), bases.lazy()).collect()
    publiees = entrees.publiees
    nouveaux = compute_nouveaux(sommes, declares, publiees, registre, date_arrete, savoir)
    bases = mark_waiting(bases, nouveaux.calculees, registre, savoir)
    frames = {
        "declarations": declarations,
        "bases": bases,
        "lignes_appel": nouveaux.lignes,
        "appels": nouveaux.appels,
        "cumuls_cotisations": nouveaux.cumuls,
        EN_ATTENTE: nouveaux.en_attente,
    }
    tables = {
        nom: frames[nom].select(schema.names()).match_to_schema(schema)
        for nom, schema in TABLES.items()
    }
    calcul = Calcul(tables, entrees.publiees, registre, savoir)
    return Resultat(MappingProxyType(tables), tuple(explain(calcul)))
