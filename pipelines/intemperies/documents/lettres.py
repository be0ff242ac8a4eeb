"""What a night owes of bad weather: vouchers, campaigns, certificates of who leaves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from functools import partial

import polars as pl

from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier, render_formes
from pipelines.editique.lettres import Lettre
from pipelines.intemperies.documents.campagne_pdf import compose_campagne_pdf
from pipelines.intemperies.documents.campagne_tableaux import MODELE, compose_campagne_tableaux
from pipelines.intemperies.documents.campagnes import compose_campagne
from pipelines.intemperies.documents.depart_pdf import compose_depart_pdf
from pipelines.intemperies.documents.departs import compose_depart, find_departures
from pipelines.intemperies.documents.justificatif_pdf import compose_justificatif_pdf
from pipelines.intemperies.documents.justificatifs import Noms, compose_justificatif
from pipelines.intemperies.documents.sources import (
    TABLES,
    find_touched,
    name_lignes,
    read_noms,
    read_salaires,
)
from pipelines.intemperies.documents.valeurs import Campagne
from pipelines.publication.dossiers import read_dossiers_nuit
from pipelines.publication.nuit import Nuit
from specs.connaissances import read_connaissances
from specs.documents import read_modeles
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

SIMPLE = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)
COURT = 12
CONTRATS, CUMULS = "contrats", "cumuls_intemperies"
EMPLOI = ["siren", "salarie"]


def compose_justificatifs(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """A voucher for each declaration of which something is new."""
    touchees = find_touched(maison)
    for dossier in read_dossiers_nuit(maison, nuit, TABLES, touchees["siren"]):
        siennes = touchees.filter(pl.col("siren") == dossier.entreprise.siren)["declaration"]
        arretees = set(dossier.tables["arrets_intemperies"]["declaration"])
        declarations = [declaration for declaration in siennes if declaration in arretees]
        if declarations:
            noms = name_lignes(dossier, read_noms(maison, dossier.tables["lignes_intemperies"]))
            yield Lettre(
                dossier.entreprise.adherent, partial(_draw_vouchers, dossier, declarations, noms)
            )


def _draw_vouchers(
    dossier: Dossier, declarations: Collection[str], noms: Noms
) -> Iterator[Fichier]:
    for declaration in declarations:
        justificatif = compose_justificatif(dossier, declaration, noms)
        nom = f"JUSTIFICATIF_INTEMPERIES_{name_file(declaration)}_{dossier.date_arrete}"
        yield f"{nom}.pdf", compose_justificatif_pdf(justificatif)


def name_file(declaration: str) -> str:
    """A declaration in a name of file: as the company calls it, or a short name of that.

    >>> name_file("ARR-26-021"), name_file("../x")
    ('ARR-26-021', 'd6b96a97d147')
    """
    if SIMPLE.fullmatch(declaration):
        return declaration
    return hashlib.sha256(declaration.encode()).hexdigest()[:COURT]


def compose_campagnes(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """The statement of each campaign that a declaration touched tonight is of."""
    touchees = find_touched(maison)
    if touchees.is_empty():
        return
    savoir = read_connaissances()
    parts = (
        maison.lac.read("indemnites_intemperies")
        .select("siren", "declaration", "campagne")
        .join(touchees.lazy(), on=["siren", "declaration"], how="semi")
        .unique()
        .collect()
    )
    par_siren = {
        siren: sorted(set(siennes["campagne"]))
        for (siren,), siennes in parts.partition_by("siren", as_dict=True).items()
    }
    for dossier in read_dossiers_nuit(maison, nuit, TABLES, par_siren):
        siren = dossier.entreprise.siren
        campagnes = par_siren[siren]
        salaires = read_salaires(maison, siren, campagnes, nuit.date_arrete)
        composees = [compose_campagne(dossier, c, salaires, savoir) for c in campagnes]
        yield Lettre(dossier.entreprise.adherent, partial(_draw_campaigns, composees))


def _draw_campaigns(campagnes: Collection[Campagne]) -> Iterator[Fichier]:
    for campagne in campagnes:
        yield from render_campagne(campagne)


def render_campagne(campagne: Campagne) -> Iterator[Fichier]:
    """`INTEMPERIES_2025-26_2026-07-01.pdf`...: the shapes that a night hands over."""
    nom = f"INTEMPERIES_{campagne.campagne}_{campagne.date_arrete}"
    yield from render_formes(
        nom,
        read_modeles()[MODELE].nuit,
        partial(compose_campagne_pdf, campagne),
        partial(compose_campagne_tableaux, campagne),
    )


def compose_departs(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """A certificate for each employee who was indemnified and of whom the departure is new.

    Or whose counters changed since it was given.
    """
    partis = _find_departed(maison)
    for dossier in read_dossiers_nuit(maison, nuit, TABLES, partis["siren"].unique()):
        siens = partis.filter(pl.col("siren") == dossier.entreprise.siren)
        noms = name_lignes(dossier, read_noms(maison, dossier.tables["lignes_intemperies"]))
        yield Lettre(dossier.entreprise.adherent, partial(_draw_departures, dossier, siens, noms))


def _find_departed(maison: Maison) -> pl.DataFrame:
    """siren, salarie, debut, fin of those to certify tonight."""
    cumuls = maison.lac.read(CUMULS).drop("part").collect()
    publies = read_table_publiee(maison, CUMULS).drop("part").collect()
    sirens = pl.col("siren").is_in(cumuls["siren"].unique().implode())
    partis = find_departures(maison.lac.read(CONTRATS).filter(sirens).collect())
    connus = find_departures(read_table_publiee(maison, CONTRATS).filter(sirens).collect())
    changes = cumuls.join(publies, on=cumuls.columns, how="anti", nulls_equal=True)
    indemnises = cumuls.filter(pl.col("perdues_centiemes") > 0)
    nouveaux = partis.join(connus, on=[*EMPLOI, "fin"], how="anti", nulls_equal=True)
    touches = partis.join(changes, on=EMPLOI, how="semi")
    return (
        pl.concat([nouveaux, touches]).unique().join(indemnises, on=EMPLOI, how="semi").sort(EMPLOI)
    )


def _draw_departures(dossier: Dossier, partis: pl.DataFrame, noms: Noms) -> Iterator[Fichier]:
    """A file bears no name: the employee is told by the start of his pseudonym."""
    par_salarie = {salarie: nom for (_, salarie), nom in noms.items()}
    for _, salarie, debut, fin in partis.iter_rows():
        nom = par_salarie.get(salarie, "Salarié")
        depart = compose_depart(dossier, salarie, nom, debut, fin)
        if depart.annees:
            fichier = f"DEPART_INTEMPERIES_{salarie[:COURT]}_{dossier.date_arrete}.pdf"
            yield fichier, compose_depart_pdf(depart)
