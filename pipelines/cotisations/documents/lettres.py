"""What companies receive of the contributions: calls of tonight, summaries of the periods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from pipelines.cotisations.documents.appel_pdf import compose_appel_pdf
from pipelines.cotisations.documents.appel_tableaux import compose_appel
from pipelines.cotisations.documents.appels import compose_appels
from pipelines.cotisations.documents.formes import APPELS, compose_dossier, render_recapitulatif
from pipelines.cotisations.documents.nouveautes import Nouveautes, read_nouveautes
from pipelines.cotisations.documents.recapitulatifs import list_periodes
from pipelines.cotisations.documents.sources import read_sources
from pipelines.cotisations.documents.valeurs import Appel
from pipelines.editique.dessins import Dessin, compose_xlsx
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.editique.tableaux_csv import render_csv
from pipelines.publication.cloture import find_closed
from pipelines.publication.dossiers import read_dossiers_nuit
from pipelines.publication.nuit import Nuit
from specs.documents import read_modeles
from specs.periodes import Mois
from warehouse.maison import Maison

APPEL: dict[str, Callable[[Appel], bytes | Dessin]] = {
    "pdf": compose_appel_pdf,
    "csv": lambda appel: render_csv(compose_appel(appel)),
    "xlsx": lambda appel: compose_xlsx(compose_appel(appel)),
}


def compose_lettres_appels(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """The new calls of tonight, in each of their shapes."""
    nouveautes = read_nouveautes(maison, nuit.served())
    sources = read_sources(maison, nuit, nouveautes)
    for appel in compose_appels(nouveautes.nouveaux, sources, nuit.numero):
        yield Lettre(appel.adherent, partial(_draw_appel, appel), cdg=appel.cdg)


def _draw_appel(appel: Appel) -> Iterator[Fichier]:
    for forme, render in APPEL.items():
        yield f"APPEL_{appel.appel}.{forme}", render(appel)


def compose_lettres_recapitulatifs(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """Summaries of the periods that the new calls bear on; of a campaign, once it is closed."""
    periodes = _periods(read_nouveautes(maison, nuit.served()))
    formes = read_modeles()["recapitulatif"]
    for dossier in read_dossiers_nuit(maison, nuit, APPELS, list(periodes)):
        yield _letter(dossier, periodes[dossier.entreprise.siren], formes.nuit)
    exercice = find_closed(nuit)
    if exercice:
        for dossier in read_dossiers_nuit(maison, nuit, APPELS):
            yield _letter(dossier, (exercice,), formes.cloture)


def _letter(dossier: Dossier, periodes: tuple[str, ...], formes: tuple[str, ...]) -> Lettre:
    return Lettre(dossier.entreprise.adherent, partial(_draw, dossier, periodes, formes))


def _draw(
    dossier: Dossier, periodes: tuple[str, ...], formes: tuple[str, ...]
) -> Iterator[Fichier]:
    """A period in which nothing was called has no summary."""
    for periode in periodes:
        recapitulatif = compose_dossier(dossier, periode)
        if recapitulatif.lignes:
            yield from render_recapitulatif(recapitulatif, formes)


def _periods(nouveautes: Nouveautes) -> dict[str, tuple[str, ...]]:
    """For each company, years and campaigns that its new calls bear on."""
    siennes = nouveautes.lignes.join(nouveautes.nouveaux, on="appel", how="semi")
    mois = siennes.group_by("siren").agg(pl.col("mois_rattachement").unique().sort())
    return {
        siren: tuple(sorted({p for m in liste for p in list_periodes(Mois.parse(m))}))
        for siren, liste in mois.iter_rows()
    }
