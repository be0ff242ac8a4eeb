"""The bases of the employees of each company, once their campaign is closed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from pipelines.declarations.documents.formes import (
    BASES,
    compose_dossier,
    list_employes,
    render_bases,
)
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.personnes import read_personnes
from pipelines.publication.cloture import find_closed
from pipelines.publication.dossiers import read_dossiers_nuit
from pipelines.publication.nuit import Nuit
from specs.documents import read_modeles
from warehouse.maison import Maison


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One letter a company; none on the nights that close no campaign."""
    exercice = find_closed(nuit)
    if exercice is not None:
        employes = list_employes(maison.lac.read("bases").select("siren", "salarie").collect())
        personnes = read_personnes(maison, employes)
        for dossier in read_dossiers_nuit(maison, nuit, BASES):
            siennes = personnes.filter(siren=dossier.entreprise.siren)
            yield Lettre(dossier.entreprise.adherent, partial(_draw, dossier, exercice, siennes))


def _draw(dossier: Dossier, exercice: str, personnes: pl.DataFrame) -> Iterator[Fichier]:
    """A company without bases gets no file."""
    etat = compose_dossier(dossier, exercice, personnes)
    if etat.lignes:
        yield from render_bases(etat, read_modeles()["bases"].cloture)
