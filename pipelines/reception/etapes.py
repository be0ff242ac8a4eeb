"""The steps of the reception: take complete files in, hand files over, open the boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.lots import cut_lots
from pipelines.metier import NatureFichier
from pipelines.nuit.passage import Passage
from pipelines.reception.boites import read_boites
from pipelines.reception.candidats import DEPOT, RETOUR, Cle, Ecarte, Inventaire, SourceDepots
from pipelines.reception.observations import (
    Observation,
    compute_observations,
    read_observations,
    write_observations,
)
from pipelines.reception.prise_en_charge import PRISES, Contexte
from pipelines.reception.regles import compute_nom_lisible
from pipelines.reception.releve import FICHIERS_PAR_LOT, Bilan, claim_all, finish_all
from pipelines.reception.sources import open_source
from pipelines.recus import list_natures_fichier
from specs.typographie import format_compte
from warehouse.archive import ArchiveCorrompue
from warehouse.instants import format_instant
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.registre.lecture import list_utilisateurs
from warehouse.remises import Remise, read_remises_dues, record_remises_faites
from warehouse.verrous import Verrou

BOITES_CITEES = 20


class RemiseIncomplete(RuntimeError):  # noqa: N818 - named in French
    """Files are owed and could not be handed over: the message says how many, to whom, why."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What one call did: deposits answered, files not complete yet, files left with a reason."""

    depots: tuple[Depot, ...]
    attente: tuple[Ecarte, ...]
    ecartes: tuple[Ecarte, ...]

    def count(self) -> dict[str, int | None]:
        """How many were answered, how many wait, how many are set aside."""
        return {
            "recus": len(self.depots),
            "attente": len(self.attente),
            "ecartes": len(self.ecartes),
        }


@dataclass(frozen=True, slots=True)
class Remises:
    """Files handed over, and those that could not be, with the reason."""

    faites: tuple[Remise, ...]
    echecs: tuple[Ecarte, ...]

    def count(self) -> dict[str, int | None]:
        """How many were handed over."""
        return {"remis": len(self.faites)}


def recevoir(passage: Passage) -> Reception:
    """Claim the complete files, where the settings say that companies drop."""
    maison = passage.maison
    natures = list_natures_fichier(passage.metiers)
    return receive_depots(maison, open_source(maison.reglages), passage.maintenant, natures)


def has_files(maison: Maison) -> bool:
    """Whether a company has a file in its box, complete or not, or one is half taken in."""
    prises = any((maison.reglages.dossier / PRISES).glob("*.json"))
    return prises or bool(open_source(maison.reglages).list_depots().candidats)


def remettre_dus(passage: Passage) -> Remises:
    """Hand over the files owed to companies.

    RemiseIncomplete when some could not be: they stay owed, the step is tried again.
    """
    maison = passage.maison
    remises = remettre(maison, open_source(maison.reglages), passage.maintenant)
    check_remises(remises)
    return remises


def receive_depots(
    maison: Maison,
    source: SourceDepots,
    maintenant: datetime,
    natures: tuple[NatureFichier, ...] = (),
) -> Reception:
    """Claim every complete file of the companies, in the order (adherent, nom).

    Idempotent: what a killed call left is finished first. Two calls never overlap.

    Args:
        maison: the house.
        source: where companies drop.
        maintenant: instant of the call, with its time zone.
        natures: the kinds of file, that tell when one is whole and how it is answered.

    Raises:
        SourceIndisponibleError, OSError: the source, the archive or the journal cannot be used.
    """
    with maison.moteur.connect() as connexion:
        utilisateurs = {nom.casefold(): nom for nom in list_utilisateurs(connexion)}
    contexte = Contexte(maison, source, maintenant, natures, utilisateurs)
    bilan = Bilan()
    contexte.laissees.mkdir(parents=True, exist_ok=True)
    with maison.verrous.wait(Verrou.RECEPTION):
        (maison.reglages.dossier / Verrou.RECEPTION).touch()  # its age tells when it was
        finish_all(contexte, bilan)
        inventaire = source.list_depots()
        bilan.ecartes.extend(inventaire.ecartes)
        observations = _update_observations(contexte, inventaire)
        claim_all(contexte, inventaire, observations, bilan)
    return Reception(tuple(bilan.depots), _lisibles(bilan.attente), _lisibles(bilan.ecartes))


def remettre(maison: Maison, source: SourceDepots, maintenant: datetime) -> Remises:
    """Put the files owed to companies in their `retour/`; a file put twice has the same bytes.

    Args:
        maison: the house.
        source: where companies read.
        maintenant: instant of the call, with its time zone.
    """
    faites: list[Remise] = []
    echecs: list[Ecarte] = []
    with maison.moteur.begin() as connexion:
        dues = read_remises_dues(connexion)
    limite = maison.reglages.lot_octets
    for lot in cut_lots(dues, lambda due: due.octets or 0, limite, FICHIERS_PAR_LOT):
        posees = list(_put(maison, source, lot, echecs))
        with maison.moteur.begin() as connexion:
            record_remises_faites(connexion, posees, format_instant(maintenant))
        faites += posees
    return Remises(tuple(faites), tuple(echecs))


def check_remises(remises: Remises) -> None:
    """RemiseIncomplete when a file that was owed could not be handed over."""
    if remises.echecs:
        boites = sorted({echec.adherent for echec in remises.echecs})
        motifs = sorted({echec.motif for echec in remises.echecs})
        raise RemiseIncomplete(
            f"non remis : {format_compte(len(remises.echecs), 'fichier')}, remis :"
            f" {len(remises.faites)} ;"
            f" {', '.join(motifs)} ; boîtes : {', '.join(boites[:BOITES_CITEES])}"
        )


def _put(
    maison: Maison, source: SourceDepots, dues: Sequence[Remise], echecs: list[Ecarte]
) -> Iterator[Remise]:
    """The files that could be put in their companies' folders; the others are added to `echecs`."""
    rates: dict[Cle, Exception] = {}
    contenus: dict[Cle, bytes] = {}
    for remise in dues:
        try:
            contenus[remise.cle] = maison.archive.read(remise.sha256)
        except (OSError, ValueError, ArchiveCorrompue) as erreur:
            rates[remise.cle] = erreur
    rates |= source.write_retours(contenus)
    for remise in dues:
        if rate := rates.get(remise.cle):
            motif = f"non remis ({type(rate).__name__})"
            echecs.append(Ecarte(remise.adherent, remise.nom, motif))
            continue
        crashpoint("remise.apres_fichier")
        yield remise


def create_boites(maison: Maison) -> None:
    """Create the local `depot/` and `retour/` of every company of the registry, and of the bank.

    Those of an OpenSSH server are root's: its script makes them (`pipelines.reception.openssh`).
    """
    if maison.reglages.boites:
        return
    with maison.moteur.begin() as connexion:
        boites = read_boites(connexion)
    for boite in boites:
        for nom in (DEPOT, RETOUR):
            dossier = maison.reglages.dossier_boites / boite / nom
            dossier.mkdir(mode=0o750, parents=True, exist_ok=True)


def _lisibles(vus: Sequence[Ecarte]) -> tuple[Ecarte, ...]:
    """Names as they can be shown: these lists are printed and logged."""
    return tuple(
        Ecarte(compute_nom_lisible(vu.adherent), compute_nom_lisible(vu.nom), vu.motif)
        for vu in vus
    )


def _update_observations(contexte: Contexte, inventaire: Inventaire) -> dict[Cle, Observation]:
    chemin = contexte.maison.reglages.dossier / "observations.json"
    avant = read_observations(chemin)
    apres = compute_observations(avant, inventaire.candidats, contexte.maintenant)
    if apres != avant:
        write_observations(chemin, apres)
    return apres
