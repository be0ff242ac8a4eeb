"""What a night owes companies of leave: certificates that it set, absences told otherwise.

Employees are named, as their company declared them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from pipelines.conges.documents.absences import MODELE as ABSENCES
from pipelines.conges.documents.absences import compose_absences_tableaux
from pipelines.conges.documents.certificats import (
    MODELE,
    QUI,
    Certificats,
    compose_certificats_tableaux,
    describe_certificats,
    describe_ecarts,
    find_new,
)
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier, render_formes
from pipelines.editique.lettres import Lettre
from pipelines.personnes import read_personnes
from pipelines.publication.dossiers import read_dossiers_nuit
from pipelines.publication.nuit import Nuit
from specs.documents import read_modeles
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

CERTIFICATS, ECARTS, SALARIES = "certificats", "ecarts_absences", "salaries"


def compose_certificats(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One letter a company of which a certificate was set tonight."""
    publies = read_table_publiee(maison, CERTIFICATS).select("certificat", "nature").collect()
    lus = maison.lac.read(CERTIFICATS).filter(nuit.served())
    nouveaux = find_new(lus.collect(), publies)
    if nouveaux.is_empty():
        return
    personnes = read_personnes(maison, nouveaux.select(QUI).unique())
    sirens = nouveaux["siren"].unique()
    par_siren = nouveaux.partition_by("siren", as_dict=True)
    for dossier in read_dossiers_nuit(maison, nuit, (CERTIFICATS,), sirens):
        siens = par_siren[dossier.entreprise.siren,]
        poses = Certificats(
            entreprise=dossier.entreprise,
            certificats=describe_certificats(siens, personnes),
            ecarts=tuple(describe_ecarts(dossier.tables[CERTIFICATS], siens)),
            date_arrete=dossier.date_arrete,
            publication=dossier.publication,
        )
        yield Lettre(dossier.entreprise.adherent, partial(_draw_certificates, poses))


def _draw_certificates(poses: Certificats) -> Iterator[Fichier]:
    """`CERTIFICATS_CONGES_2027-04-20.xlsx`; the certificate of an employee is drawn on demand."""
    nom = f"CERTIFICATS_CONGES_{poses.date_arrete}"
    formes = read_modeles()[MODELE].nuit
    yield from render_formes(nom, formes, None, partial(compose_certificats_tableaux, poses))


def compose_absences(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One letter a company of which a difference is not as last published: all that remain."""
    ecarts = maison.lac.read(ECARTS).drop("part").collect()
    publies = read_table_publiee(maison, ECARTS).drop("part").collect()
    nouveaux = ecarts.join(publies, on=ecarts.columns, how="anti", nulls_equal=True)
    if nouveaux.is_empty():
        return
    sirens = nouveaux["siren"].unique()
    siens = ecarts.filter(pl.col("siren").is_in(sirens.implode()))
    personnes = read_personnes(maison, siens.select(QUI).unique())
    for dossier in read_dossiers_nuit(maison, nuit, (ECARTS, SALARIES), sirens):
        matricules = dossier.tables[SALARIES].select(*QUI, "matricule")
        nommes = dossier.tables[ECARTS].join(matricules, on=QUI, how="left")
        yield Lettre(
            dossier.entreprise.adherent,
            partial(_draw_absences, dossier, nommes.join(personnes, on=QUI, how="left")),
        )


def _draw_absences(dossier: Dossier, nommes: pl.DataFrame) -> Iterator[Fichier]:
    """`ABSENCES_CONGES_2026-09-12.xlsx`."""
    jour = dossier.date_arrete
    tableaux = partial(
        compose_absences_tableaux, dossier.entreprise, nommes, jour, dossier.publication
    )
    formes = read_modeles()[ABSENCES].nuit
    yield from render_formes(f"ABSENCES_CONGES_{jour}", formes, None, tableaux)
