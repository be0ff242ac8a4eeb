"""The reports of the deposits of tonight: real ones whose state is new, tests that were asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from pipelines.controle.dsn import DSN
from pipelines.controle.natures import ILLISIBLE, NON_CONFORME, Bilan
from pipelines.cotisations.documents.effets import find_effets, index_effets
from pipelines.cotisations.documents.nouveautes import read_nouveautes
from pipelines.editique.dessins import Dessin
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.metier import Metier
from pipelines.nuit.reserves.depots import MIS_A_L_ECART
from pipelines.publication.nuit import LOT_CAISSE, Nuit
from pipelines.rapports.documents.composition import compose_rapport, locate
from pipelines.rapports.documents.rapport_pdf import compose_rapport_pdf
from pipelines.rapports.documents.rapport_xml import render_rapport_xml
from pipelines.rapports.documents.valeurs import Rapport
from pipelines.rapports.essais import simulate
from pipelines.reglements.fichiers import BANQUE
from specs.contrats import codes_of
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.remises import mode_of

RAPPORT: dict[str, Callable[[Rapport], bytes | Dessin]] = {
    "xml": render_rapport_xml,
    "pdf": compose_rapport_pdf,
}
# What has no answer of its own: what was never read may be anything.
SIENNES = (DSN, BANQUE, None)
# A deposit replaced later, or counting again, has had its report.
SANS_NOUVEAU_RAPPORT = {("INTEGRE", "REMPLACE"), ("REMPLACE", "INTEGRE")}
(EN_ATTENTE,) = codes_of("depots", "etat", "EN_ATTENTE")
# These may stay for another reason: their company is told of each.
PEUT_CHANGER_DE_RAISON = (EN_ATTENTE, MIS_A_L_ECART)
REFUS_DU_CONTROLE = (NON_CONFORME, ILLISIBLE)
NON_RETENUS = (*REFUS_DU_CONTROLE, EN_ATTENTE, MIS_A_L_ECART)


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """Reports of the deposits that readers did not see in their state."""
    return map(_letter, _rapports(maison, nuit))


def name_rapport(depot: str) -> str:
    """Name of the report that the night gives of a deposit."""
    return f"RAPPORT_{depot}"


def _letter(rapport: Rapport) -> Lettre:
    return compose_lettre(name_rapport(rapport.depot), rapport)


def compose_lettre(nom: str, rapport: Rapport) -> Lettre:
    """The letter that brings a report, under this name."""
    dits = {"depot": rapport.depot, "mode": mode_of(rapport.essai)}
    return Lettre(rapport.adherent, partial(_draw, nom, rapport), **dits)


def _draw(nom: str, rapport: Rapport) -> Iterator[Fichier]:
    for forme, render in RAPPORT.items():
        yield f"{nom}.{forme}", render(rapport)


def compose_essai(
    maison: Maison, depot: Depot, nuit: Nuit, metiers: Sequence[Metier]
) -> Iterator[Lettre]:
    """The report of a test deposit of DSN: what it would have given tonight."""
    if depot.nature in SIENNES and not _is_told(depot, depot.etat):
        yield _letter(_answer_test(maison, depot, nuit, metiers))


def _is_told(depot: Depot, etat: str) -> bool:
    """Whether its control has said the last word: a DSN that it refused has no other report."""
    return depot.nature == DSN and etat in REFUS_DU_CONTROLE


def _answer_test(maison: Maison, depot: Depot, nuit: Nuit, metiers: Sequence[Metier]) -> Rapport:
    anomalies = _of_deposit(maison, "anomalies_essai", depot).sort("rang")
    if depot.etat != "CONFORME":
        vide = nuit.anomalies.clear()
        refusees = _of_deposit(maison, "declarations_lues", depot).sort("rang_declaration")
        etat = depot.etat, depot.motif
        return _rapport(depot, *etat, nuit, _names(nuit), anomalies, vide, refusees)
    essai = simulate(maison, metiers, depot.depot, nuit.date_arrete)
    dits = essai.anomalies, essai.declarations
    rapport = _rapport(depot, essai.etat, essai.motif, nuit, _names(nuit), anomalies, *dits)
    return replace(rapport, effets=essai.effets)


def _rapports(maison: Maison, nuit: Nuit) -> Iterator[Rapport]:
    """Reports of the real deposits that readers did not see in this state, or for this reason."""
    nouveaux = _find_nouveaux(maison, nuit)
    depots = pl.LazyFrame({"depot": [nom for nom, _, _ in nouveaux]}, {"depot": pl.String})
    journal = {depot.depot: depot for depot in nuit.journal}
    integrees = maison.lac.read("declarations").join(depots, on="depot", how="semi").collect()
    leurs = pl.col("cdg").is_in(integrees["cdg"].unique().implode())
    nouveautes = read_nouveautes(maison, leurs)
    effets = index_effets(nouveautes.nouveaux, nouveautes.lignes)
    declarations = integrees.partition_by("depot", as_dict=True)
    refusees = _refused_declarations(maison, depots)
    du_fichier = _file_anomalies(maison, depots)
    de_la_caisse = nuit.anomalies.partition_by("depot", as_dict=True)
    noms = _names(nuit)
    sans_declaration, sans_anomalie = integrees.clear(), nuit.anomalies.clear()
    for nom, etat, motif in nouveaux:
        siennes = declarations.get((nom,), sans_declaration)
        rapport = _rapport(
            journal[nom],
            etat,
            motif,
            nuit,
            noms,
            du_fichier.get((nom,)),
            de_la_caisse.get((nom,), sans_anomalie),
            refusees.get((nom,), siennes),
        )
        yield replace(rapport, effets=find_effets(siennes, effets), publication=nuit.numero)


def _find_nouveaux(maison: Maison, nuit: Nuit) -> list[tuple[str, str, str | None]]:
    """Deposits to report on: number, state of tonight and its reason."""
    servis = nuit.depots.filter(nuit.served("adherent"))
    publies = read_table_publiee(maison, "depots").select("depot", "etat", "motif").collect()
    connus = {depot: (etat, motif) for depot, etat, motif in publies.iter_rows()}
    journal = {depot.depot: depot for depot in nuit.journal}
    nouveaux = []
    for nom, etat, motif in servis.select("depot", "etat", "motif").iter_rows():
        avant, cause = connus.get(nom, (None, None))
        if journal[nom].nature not in SIENNES or _is_told(journal[nom], etat):
            continue
        deja_dit = etat == avant and (motif == cause or etat not in PEUT_CHANGER_DE_RAISON)
        if not deja_dit and etat != "DOUBLON" and (avant, etat) not in SANS_NOUVEAU_RAPPORT:
            nouveaux.append((nom, etat, motif))
    return nouveaux


def _names(nuit: Nuit) -> dict[str, str]:
    """Names of the members by their number."""
    return dict(nuit.etablissements.select("numero_adherent", "raison_sociale").iter_rows())


def _of_deposit(maison: Maison, table: str, depot: Depot) -> pl.DataFrame:
    """Rows of one deposit alone."""
    return maison.lac.read(table).filter(pl.col("depot") == depot.depot).collect()


def _file_anomalies(maison: Maison, depots: pl.LazyFrame) -> dict[tuple[object, ...], pl.DataFrame]:
    """Anomalies of these real files themselves, by deposit; those of the fund are the night's."""
    toutes = maison.lac.read("anomalies").filter(pl.col("lot") != LOT_CAISSE)
    lues = toutes.join(depots, on="depot", how="semi").collect().sort("depot", "rang")
    return lues.partition_by("depot", as_dict=True)


def _refused_declarations(
    maison: Maison, depots: pl.LazyFrame
) -> dict[tuple[object, ...], pl.DataFrame]:
    """Declarations of those of these deposits that are not conforming, by deposit."""
    refusees = maison.lac.read("declarations_lues").filter(~pl.col("conforme"))
    lues = refusees.join(depots, on="depot", how="semi").collect()
    return lues.sort("depot", "rang_declaration").partition_by("depot", as_dict=True)


def _rapport(
    depot: Depot,
    etat: str,
    motif: str | None,
    nuit: Nuit,
    noms: Mapping[str, str],
    du_fichier: pl.DataFrame | None,
    de_la_caisse: pl.DataFrame,
    declarations: pl.DataFrame,
) -> Rapport:
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
        nature=DSN,
        accepte=etat not in NON_RETENUS,
    )
    return compose_rapport(
        locate(depot, noms),
        bilan,
        declarations=declarations,
        anomalies=(de_la_caisse if du_fichier is None else pl.concat([du_fichier, de_la_caisse])),
        verdict=etat if etat in NON_RETENUS else "CONFORME",
        motif=motif,
        date_arrete=nuit.date_arrete,
    )
