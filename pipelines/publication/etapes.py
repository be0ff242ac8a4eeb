"""Publication: states, documents, then one transaction moves what readers see.

Nothing of the night is visible before that transaction. The files owed to companies are written in
it, and handed over afterwards, as often as needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from sqlalchemy import Connection

from pipelines.declarations.etapes import ETAPE, ETAPE_PUBLIEE, Entrees, read_entrees
from pipelines.declarations.regles_depots import LOT_CAISSE
from pipelines.nuit.reserves.alertes import write_alertes
from pipelines.nuit.reserves.fautifs import PASSAGERES
from pipelines.nuit.versions import frame_fingerprint
from pipelines.publication.audit import Totaux, audit_nuit
from pipelines.publication.mise_en_reserve import (
    answer_essai,
    compose_remises,
    hold_destinataires,
)
from pipelines.publication.nuit import Nuit, read_nuit
from pipelines.publication.registre import write_registre
from pipelines.reception.regles import format_instant
from pipelines.reglements.alertes import read_alertes_reglements
from specs.contrats import contrats, read_contrat
from warehouse.journal import CleEtape, Depot, change_etat, find_etape, is_derniere, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.publications import Publication, Remise, owe, publish, read_table_publiee
from warehouse.registre import TABLES

ETAPE_ESSAI = "essai"
# Tables that are told to have changed by the number of their rows: most only get new ones, and what
# waits for a decision leaves with it. What is due or expected is told anew with the next of them.
CROISSANTES = (
    "encaissements",
    "encaissements_non_affectes",
    "prelevements",
    "ecritures",
    "relances",
    "changements_situation",
)
# Small tables whose rows change too: a certificate revoked, a mandate suspended, the registry.
CHANGEANTES = ("attestations", "etats_mandat", "decisions", *TABLES)


@dataclass(frozen=True, slots=True)
class Resultat:
    """What the step did; `publication` is None when there was nothing new.

    `reserves`: alerts that are open, for deposits set aside and companies held.
    """

    publication: Publication | None
    essais: int
    remises: int
    totaux: Totaux
    reserves: int


def publish_nuit(maison: Maison, date_arrete: date, maintenant: datetime) -> Resultat:
    """Publish what is new and owe the documents; AuditRefuse leaves what readers see untouched.

    A company whose documents can't be made is held, as by any other step.
    """
    pret = prepare_publication(maison, date_arrete)
    nuit, remises = pret.nuit, pret.remises
    essais = _pending_tests(maison, nuit)
    rapports = [r for depot in essais for r in answer_essai(maison, depot, nuit)]
    if pret.nouveau:
        maison.lac.write("anomalies", nuit.anomalies, {"lot": LOT_CAISSE})
        maison.lac.write("depots", nuit.depots, None)
    crashpoint("publication.apres_documents")
    with maison.moteur.begin() as connexion:
        publication = (
            _commit(connexion, maison, nuit, format_instant(maintenant), remises)
            if pret.nouveau
            else None
        )
        owe(connexion, rapports)
        for depot in essais:
            record_etape(connexion, _test_key(depot), resultat={}, empreinte="", duree_ms=0)
        _record_parts(connexion, pret.entrees)
    crashpoint("publication.apres_transaction")
    return Resultat(
        publication, len(essais), len(remises) + len(rapports), pret.totaux, pret.reserves
    )


@dataclass(frozen=True, slots=True)
class Pret:
    """A publication that is ready: nothing but its transaction is missing."""

    nuit: Nuit
    nouveau: bool
    remises: Sequence[Remise]
    totaux: Totaux
    reserves: int
    entrees: Mapping[int, Entrees]


def prepare_publication(maison: Maison, date_arrete: date) -> Pret:
    """Put back the companies held, audit, compose the documents; again when it holds one more."""
    while True:
        totaux = audit_nuit(maison, date_arrete)
        entrees = read_entrees(maison, date_arrete)
        nuit = read_nuit(maison, date_arrete)
        write_registre(maison, nuit.tenues)
        des_reglements = read_alertes_reglements(maison, date_arrete)
        reserves = write_alertes(maison, nuit.tenues, des_reglements)
        nouveau = is_new(maison, nuit)
        try:
            remises = compose_remises(maison, nuit) if nouveau else []
        except PASSAGERES:
            raise
        except Exception as erreur:  # noqa: BLE001 - raised again when it is nobody's
            hold_destinataires(maison, nuit, erreur)
            continue
        return Pret(nuit, nouveau, remises, totaux, reserves, entrees)


def is_new(maison: Maison, nuit: Nuit) -> bool:
    """Whether readers would see more than doubles and older debts: a call, a deposit, an entry.

    A fund publishes first when something was dropped: a registry alone opens nothing.
    """
    if _has_changed(maison, "alertes"):
        return True
    publies = read_table_publiee(maison, "depots").collect().sort("depot")
    pas_double = pl.col("etat") != "DOUBLON"
    depots = nuit.depots.filter(pas_double)
    if nuit.nouveaux.height or not depots.equals(publies.filter(pas_double)):
        return True
    if nuit.precedente is None:
        return False
    return any(_has_grown(maison, table) for table in CROISSANTES) or any(
        _has_changed(maison, table) for table in CHANGEANTES
    )


def _has_grown(maison: Maison, table: str) -> bool:
    """Whether a table whose published rows stay has new ones."""
    lues, publiees = (
        frame.select(pl.len()).collect()
        for frame in (maison.lac.read(table), read_table_publiee(maison, table))
    )
    return not lues.equals(publiees)


def _has_changed(maison: Maison, table: str) -> bool:
    """Whether the rows of a table are not the published ones, in whatever shard they are."""
    lues, publiees = (
        frame.drop("part", strict=False).collect().sort(read_contrat(table).cle)
        for frame in (maison.lac.read(table), read_table_publiee(maison, table))
    )
    return not lues.equals(publiees)


def _commit(
    connexion: Connection, maison: Maison, nuit: Nuit, instant: str, remises: Sequence[Remise]
) -> Publication:
    """Pin the versions, owe the files, move the deposits: all of it or nothing."""
    versions = {
        nom: version
        for nom, contrat in contrats().items()
        if contrat.publie and (version := maison.lac.version(nom)) is not None
    }
    publication = publish(
        connexion,
        date_arrete=nuit.date_arrete,
        versions=versions,
        empreinte=frame_fingerprint(nuit.depots, nuit.appels.sort("appel")),
        publie_le=instant,
        remises=remises,
        apres=nuit.numero - 1,
    )
    journal = {depot.depot: depot.etat for depot in nuit.journal}
    for depot, etat, motif in nuit.depots.select("depot", "etat", "motif").iter_rows():
        if journal.get(depot, etat) != etat:
            change_etat(connexion, depot, etat, motif, instant=instant)
    return publication


def _record_parts(connexion: Connection, entrees: Mapping[int, Entrees]) -> None:
    """Shards whose present inputs were integrated: the next night has nothing to do on them."""
    for part in entrees.values():
        if is_derniere(connexion, part.key(ETAPE)):
            cle = part.key(ETAPE_PUBLIEE)
            record_etape(connexion, cle, resultat={}, empreinte="", duree_ms=0)


def _pending_tests(maison: Maison, nuit: Nuit) -> list[Depot]:
    """Test deposits that were controlled and have not been answered."""
    essais = [d for d in nuit.journal if d.essai is True and d.etat != "DOUBLON"]
    with maison.moteur.connect() as connexion:
        return [depot for depot in essais if find_etape(connexion, _test_key(depot)) is None]


def _test_key(depot: Depot) -> CleEtape:
    return CleEtape(ETAPE_ESSAI, depot.depot, depot.sha256, "", "")
