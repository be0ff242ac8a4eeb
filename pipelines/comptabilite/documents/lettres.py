"""The statements of account of the companies that the night touched."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from pipelines.comptabilite.documents.formes import COMPTES, compose_dossier, render_releve
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.publication.dossiers import read_dossiers_nuit
from pipelines.publication.nuit import Nuit
from specs.documents import read_modeles
from specs.periodes import MOIS_PAR_AN, Mois
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One statement a company touched, over the last twelve months."""
    for dossier in read_dossiers_nuit(maison, nuit, COMPTES, find_touched(maison)["siren"]):
        if not dossier.tables["ecritures"].is_empty():
            yield Lettre(dossier.entreprise.adherent, partial(_draw, dossier))


def find_touched(maison: Maison) -> pl.DataFrame:
    """Companies with a new call or a new entry of the ledger: siren, sorted."""
    nouvelles = []
    for table, cle in (("appels", "appel"), ("ecritures", "ecriture")):
        passees = read_table_publiee(maison, table).select(cle)
        nouvelles.append(maison.lac.read(table).join(passees, on=cle, how="anti").select("siren"))
    return pl.concat(nouvelles).unique().sort("siren").collect()


def _draw(dossier: Dossier) -> Iterator[Fichier]:
    debut = Mois.from_date(dossier.date_arrete).shift(1 - MOIS_PAR_AN).first_day
    return render_releve(compose_dossier(dossier, debut), read_modeles()["releve"].nuit)
