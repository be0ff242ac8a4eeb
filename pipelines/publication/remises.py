"""The files owed to companies: reports of deposits, calls; rendered, archived, named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl

from pipelines.controle.lecture import Bilan
from pipelines.cotisations.documents.appel_pdf import render_appel_pdf
from pipelines.cotisations.documents.appel_tableaux import compose_appel
from pipelines.cotisations.documents.appels import compose_appels
from pipelines.cotisations.documents.effets import compute_effets
from pipelines.cotisations.documents.sources import read_sources
from pipelines.cotisations.documents.valeurs import Appel
from pipelines.editique.tableaux_csv import render_csv
from pipelines.editique.tableaux_xlsx import render_xlsx
from pipelines.nuit.reserves.depots import MIS_A_L_ECART
from pipelines.publication.nuit import Nuit
from pipelines.publication.remises_comptes import write_comptes
from pipelines.publication.remises_suivi import write_suivi
from pipelines.rapports.composition import Origine, compose_rapport
from pipelines.rapports.documents.rapport_pdf import render_rapport_pdf
from pipelines.rapports.documents.rapport_xml import render_rapport_xml
from pipelines.rapports.documents.valeurs import Rapport
from pipelines.rapports.essais import simulate
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.publications import Remise, read_table_publiee

RAPPORT: dict[str, Callable[[Rapport], bytes]] = {
    "xml": render_rapport_xml,
    "pdf": render_rapport_pdf,
}
APPEL: dict[str, Callable[[Appel], bytes]] = {
    "pdf": render_appel_pdf,
    "csv": lambda appel: render_csv(compose_appel(appel)),
    "xlsx": lambda appel: render_xlsx(compose_appel(appel)),
}
# A deposit replaced later, or counting again, has had its report.
SANS_NOUVEAU_RAPPORT = {("INTEGRE", "REMPLACE"), ("REMPLACE", "INTEGRE")}
EN_ATTENTE = "EN_ATTENTE"
# These may stay for another reason: their company is told of each.
PEUT_CHANGER_DE_RAISON = (EN_ATTENTE, MIS_A_L_ECART)
NON_RETENUS = ("NON_CONFORME", "ILLISIBLE", EN_ATTENTE, MIS_A_L_ECART)


def write_remises(maison: Maison, nuit: Nuit) -> list[Remise]:
    """Reports, new calls, statements, letters: all that tonight owes, in the archive."""
    nouveaux = nuit.nouveaux.filter(nuit.served())
    appels = compose_appels(nouveaux, read_sources(maison, nuit), nuit.numero)
    with ThreadPoolExecutor() as fils:  # typst and lxml free the interpreter while they compose
        documents = fils.map(lambda a: _archive_appel(maison, a), appels)
        remises = [remise for groupe in documents for remise in groupe]
    rapports = write_rapports(maison, nuit, nuit.depots.filter(nuit.served("adherent")))
    return rapports + remises + write_comptes(maison, nuit) + write_suivi(maison, nuit)


def write_rapports(maison: Maison, nuit: Nuit, depots: pl.DataFrame) -> list[Remise]:
    """Reports of those of `depots` (contract) that readers did not see in their state."""
    with ThreadPoolExecutor() as fils:
        rapports = fils.map(lambda r: archive_rapport(maison, r), _rapports(maison, nuit, depots))
        return [remise for groupe in rapports for remise in groupe]


def archive_rapport(maison: Maison, rapport: Rapport) -> list[Remise]:
    """One report in each of its shapes."""
    return [
        Remise(
            rapport.adherent,
            f"RAPPORT_{rapport.depot}.{forme}",
            maison.archive.write(render(rapport)),
        )
        for forme, render in RAPPORT.items()
    ]


def _archive_appel(maison: Maison, appel: Appel) -> list[Remise]:
    return [
        Remise(appel.adherent, f"APPEL_{appel.appel}.{forme}", maison.archive.write(render(appel)))
        for forme, render in APPEL.items()
    ]


def compose_essai(maison: Maison, depot: Depot, nuit: Nuit) -> Rapport:
    """Report of a test deposit: what it would have given tonight."""
    anomalies = _of_deposit(maison, "anomalies_essai", depot).sort("rang")
    if depot.etat != "CONFORME":
        vide = nuit.anomalies.clear()
        lues = _of_deposit(maison, "declarations_lues", depot).sort("rang_declaration")
        return _rapport(depot, depot.etat, depot.motif, nuit, anomalies, vide, lues)
    essai = simulate(maison, depot.depot, nuit.date_arrete)
    rapport = _rapport(
        depot, essai.etat, essai.motif, nuit, anomalies, essai.anomalies, essai.declarations
    )
    return replace(rapport, effets=essai.effets)


def _rapports(maison: Maison, nuit: Nuit, depots: pl.DataFrame) -> Iterator[Rapport]:
    """Reports of the real deposits that readers did not see in this state, or for this reason."""
    publies = read_table_publiee(maison, "depots").select("depot", "etat", "motif").collect()
    connus = {depot: (etat, motif) for depot, etat, motif in publies.iter_rows()}
    journal = {depot.depot: depot for depot in nuit.journal}
    declarations = nuit.declarations.partition_by("depot", as_dict=True)
    refusees = _refused_declarations(maison)
    du_fichier = _file_anomalies(maison)
    de_la_caisse = nuit.anomalies.partition_by("depot", as_dict=True)
    for nom, etat, motif in depots.select("depot", "etat", "motif").iter_rows():
        avant, cause = connus.get(nom, (None, None))
        deja_dit = etat == avant and (motif == cause or etat not in PEUT_CHANGER_DE_RAISON)
        if deja_dit or etat == "DOUBLON" or (avant, etat) in SANS_NOUVEAU_RAPPORT:
            continue
        siennes = declarations.get((nom,), nuit.declarations.clear())
        rapport = _rapport(
            journal[nom],
            etat,
            motif,
            nuit,
            du_fichier.get((nom,)),
            de_la_caisse.get((nom,), nuit.anomalies.clear()),
            refusees.get((nom,), siennes),
        )
        effets = compute_effets(siennes, nuit.nouveaux, nuit.lignes, essai=False)
        yield replace(rapport, effets=effets, publication=nuit.numero)


def _of_deposit(maison: Maison, table: str, depot: Depot) -> pl.DataFrame:
    """Rows of one deposit alone."""
    return maison.lac.read(table).filter(pl.col("depot") == depot.depot).collect()


def _file_anomalies(maison: Maison) -> dict[tuple[object, ...], pl.DataFrame]:
    """Anomalies of the real files themselves, by deposit."""
    lues = maison.lac.read("anomalies").collect().sort("depot", "rang")
    return lues.partition_by("depot", as_dict=True)


def _refused_declarations(maison: Maison) -> dict[tuple[object, ...], pl.DataFrame]:
    """Declarations of the deposits that are not conforming, by deposit."""
    lues = maison.lac.read("declarations_lues").filter(~pl.col("conforme")).collect()
    return lues.sort("depot", "rang_declaration").partition_by("depot", as_dict=True)


def _rapport(
    depot: Depot,
    etat: str,
    motif: str | None,
    nuit: Nuit,
    du_fichier: pl.DataFrame | None,
    de_la_caisse: pl.DataFrame,
    declarations: pl.DataFrame | None = None,
) -> Rapport:
    noms = dict(nuit.etablissements.select("numero_adherent", "raison_sociale").iter_rows())
    origine = Origine(
        depot=depot.depot,
        nom=depot.nom,
        adherent=depot.adherent,
        raison_sociale=noms.get(depot.adherent, ""),
        sha256=depot.sha256,
        octets=depot.octets,
        recu_le=depot.recu_le,
    )
    signalees = int((de_la_caisse["severite"] == "signal").sum())
    bilan = Bilan(
        fichier=depot.numero,
        version=depot.version,
        essai=depot.essai,
        verdict=etat,
        lignes=depot.lignes or 0,
        declarations=depot.declarations or 0,
        anomalies_bloquantes=(depot.anomalies_bloquantes or 0) + len(de_la_caisse) - signalees,
        anomalies_signalees=(depot.anomalies_signalees or 0) + signalees,
    )
    vide = de_la_caisse.clear()
    return compose_rapport(
        origine,
        bilan,
        declarations=nuit.declarations.clear() if declarations is None else declarations,
        anomalies=pl.concat([vide if du_fichier is None else du_fichier, de_la_caisse]),
        verdict=etat if etat in NON_RETENUS else "CONFORME",
        motif=motif,
        date_arrete=nuit.date_arrete,
    )
