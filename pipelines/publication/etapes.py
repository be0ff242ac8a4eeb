"""Publication: states, documents, then one transaction moves what readers see.

Nothing of the night is visible before that transaction. The files owed to companies are written in
it, and handed over afterwards, as often as needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pipelines.audit.etapes import Bilan
from pipelines.metier import find
from pipelines.nuit.passage import Passage
from pipelines.nuit.reserves.alertes import write_alertes
from pipelines.nuit.reserves.fautifs import PASSAGERES
from pipelines.nuit.versions import frame_fingerprint
from pipelines.publication.audit import audit_nuit
from pipelines.publication.composition import gather_remises
from pipelines.publication.emis import write_emis
from pipelines.publication.mise_en_reserve import answer_essai, hold_destinataires
from pipelines.publication.nouveautes import is_new, list_nouveautes
from pipelines.publication.nuit import LOT_CAISSE, Nuit, read_nuit
from pipelines.publication.registre import write_registre
from specs.contrats import contrats, read_contrat
from warehouse.cles import record_cles
from warehouse.instants import format_instant
from warehouse.journal import CleEtape, Depot, change_etats, find_etape, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.preuves.ancrages import record_ancrage, write_fichier
from warehouse.preuves.empreintes import compute_empreintes, record_empreintes
from warehouse.publications import Publication, publish
from warehouse.remises import Remise, owe

ETAPE_ESSAI = "essai"


@dataclass(frozen=True, slots=True)
class Resultat:
    """What the step did; `publication` is None when there was nothing new.

    `reserves`: alerts that are open, for deposits set aside and companies held.
    """

    publication: Publication | None
    essais: int
    remises: int
    reserves: int

    def count(self) -> dict[str, int | None]:
        """The number of the publication (None: nothing new), of tests answered, of open alerts."""
        numero = self.publication.numero if self.publication else None
        return {"publication": numero, "essais": self.essais, "reserves": self.reserves}


def auditer(passage: Passage) -> Bilan:
    """Put back the companies held, audit the others."""
    return audit_nuit(passage.maison, passage.date_arrete, passage.metiers)


def publier(passage: Passage) -> Resultat:
    """Publish what is new and owe the documents; AuditRefuse leaves what readers see untouched.

    A company whose documents can't be made is held, as by any other step.
    """
    maison, metiers = passage.maison, passage.metiers
    for garde in (lieu for metier in metiers for lieu in metier.gardes):
        find(garde)(maison, passage.date_arrete)
    pret = prepare_publication(passage)
    nuit, remises = pret.nuit, pret.remises
    instant = format_instant(passage.maintenant)
    essais = _pending_tests(maison, nuit)
    rapports = [r for depot in essais for r in answer_essai(maison, depot, nuit, metiers)]
    if pret.nouveau:
        maison.lac.write("anomalies", nuit.anomalies, {"lot": LOT_CAISSE})
        maison.lac.write("depots", nuit.depots, None)
        write_emis(maison, nuit, remises, instant)
    crashpoint("publication.apres_documents")
    with maison.moteur.connect() as connexion:
        empreintes = compute_empreintes(connexion, maison.lac) if pret.nouveau else []
    with maison.moteur.begin() as connexion:
        publication = _commit(connexion, maison, pret, instant) if pret.nouveau else None
        owe(connexion, rapports, instant)
        for depot in essais:
            record_etape(connexion, _test_key(depot), resultat={}, empreinte="", duree_ms=0)
        for scelle in pret.scelles:
            scelle(connexion)
        if publication is not None:
            record_empreintes(connexion, empreintes, publication.numero)
            record_cles(
                connexion, publication.numero, maison.cle_pseudonymes, maison.archive.trousseau
            )
            record_ancrage(connexion, publication.numero, maison.cle_preuves)
    crashpoint("publication.apres_transaction")
    with maison.moteur.connect() as connexion:
        write_fichier(connexion, maison.reglages.dossier)
    return Resultat(publication, len(essais), len(remises) + len(rapports), pret.reserves)


@dataclass(frozen=True, slots=True)
class Pret:
    """A publication that is ready: nothing but its transaction is missing."""

    nuit: Nuit
    nouveau: bool
    remises: Sequence[Remise]
    audit: Bilan
    reserves: int
    scelles: Sequence[Callable[[Connection], None]]


def prepare_publication(passage: Passage) -> Pret:
    """Put back the companies held, audit, compose what is left to be; again when it holds one more.

    What the shards composed of this very night is taken as it is.
    """
    maison, date_arrete, metiers = passage.maison, passage.date_arrete, passage.metiers
    audit: Bilan | None = None
    while True:
        audit = audit_nuit(maison, date_arrete, metiers, audit)
        scelles = [find(metier.scelle)(maison, date_arrete) for metier in metiers if metier.scelle]
        nuit = read_nuit(maison, date_arrete, metiers, passage.maintenant)
        write_registre(maison, nuit.tenues, nuit.vue)
        alertes = [
            find(metier.alertes)(maison, date_arrete) for metier in metiers if metier.alertes
        ]
        reserves = write_alertes(maison, nuit.tenues, alertes)
        nouveau = is_new(maison, nuit)
        try:
            remises = gather_remises(maison, nuit, metiers) if nouveau else []
        except PASSAGERES:
            raise
        except Exception as erreur:  # noqa: BLE001 - raised again when it is nobody's
            hold_destinataires(maison, nuit, metiers, erreur)
            continue
        return Pret(nuit, nouveau, remises, audit, reserves, scelles)


def _commit(connexion: Connection, maison: Maison, pret: Pret, instant: str) -> Publication:
    """Pin the versions, owe the files, move the deposits: all of it or nothing.

    What was audited is what is published: its versions are not read again.
    """
    nuit, audites = pret.nuit, pret.audit.versions
    versions = {
        nom: version
        for nom, contrat in contrats().items()
        if contrat.publie
        and (version := audites[nom] if nom in audites else maison.lac.version(nom)) is not None
    }
    publication = publish(
        connexion,
        date_arrete=nuit.date_arrete,
        versions=versions,
        empreinte=_fingerprint(maison, nuit),
        publie_le=instant,
        remises=pret.remises,
        apres=nuit.numero - 1,
    )
    journal = {depot.depot: depot.etat for depot in nuit.journal}
    etats = nuit.depots.select("depot", "etat", "motif").iter_rows()
    changes = [(d, etat, motif) for d, etat, motif in etats if journal.get(d, etat) != etat]
    change_etats(connexion, changes, instant=instant)
    return publication


def _fingerprint(maison: Maison, nuit: Nuit) -> str:
    """Of the deposits, and of the tables that may open a fund, in the order of their keys."""
    frames = (
        maison.lac.read(nom).collect().sort(read_contrat(nom).cle)
        for nom in list_nouveautes("ouverture")
    )
    return frame_fingerprint(nuit.depots, *frames)


def _pending_tests(maison: Maison, nuit: Nuit) -> list[Depot]:
    """Test deposits that were controlled and have not been answered."""
    essais = [d for d in nuit.journal if d.essai is True and d.etat != "DOUBLON"]
    with maison.moteur.connect() as connexion:
        return [depot for depot in essais if find_etape(connexion, _test_key(depot)) is None]


def _test_key(depot: Depot) -> CleEtape:
    return CleEtape(ETAPE_ESSAI, depot.depot, depot.sha256, "", "")
