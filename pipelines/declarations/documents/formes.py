"""Every shape of the bases of employees: the name of its files, and their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.declarations.documents.bases_tableaux import compose_bases_tableaux
from pipelines.declarations.documents.etats_bases import compose_etat_bases
from pipelines.declarations.documents.valeurs import EtatBases
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier, centre_prefix, render_formes

BASES = ("bases", "salaries")
QUI = ["siren", "salarie"]


def render_bases(etat: EtatBases, formes: Sequence[str]) -> Iterator[Fichier]:
    """`BASES_2025-26_2026-05-03.xlsx`; it has no PDF."""
    nom = (
        f"BASES_{centre_prefix(etat.entreprise.cdg)}{etat.exercice}_{etat.date_arrete.isoformat()}"
    )
    yield from render_formes(nom, formes, None, lambda: compose_bases_tableaux(etat))


def list_employes(bases: pl.DataFrame) -> pl.DataFrame:
    """siren, salarie (key): whom these bases are of."""
    return bases.select(QUI).drop_nulls().unique().sort(QUI)


def compose_dossier(dossier: Dossier, exercice: str, personnes: pl.DataFrame) -> EtatBases:
    """Bases of the employees over a campaign; needs the tables of BASES.

    `personnes`: of `read_personnes`.
    """
    matricules = dossier.tables["salaries"].select(*QUI, "matricule")
    identites = list_employes(dossier.tables["bases"]).join(matricules, on=QUI, how="left").join(
        personnes.select(*QUI, nom_salarie="surname", prenoms="first_name"), on=QUI, how="left"
    )  # fmt: skip
    return compose_etat_bases(
        dossier.tables["bases"],
        identites,
        dossier.depots,
        dossier.entreprise,
        exercice,
        dossier.date_arrete,
        dossier.publication,
    )
