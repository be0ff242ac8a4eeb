"""One scan: every file seen is claimed, waits, or is left with a reason; none stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.lots import cut_lots
from pipelines.reception.boites import read_boites
from pipelines.reception.candidats import (
    Candidat,
    Cle,
    Contenu,
    DepotModifieError,
    Ecarte,
    Inventaire,
    LectureRefuseeError,
)
from pipelines.reception.natures import ask_nature
from pipelines.reception.observations import Observation
from pipelines.reception.prise_en_charge import (
    Annonce,
    Contexte,
    Pris,
    build_prise,
    find_pris,
    open_prises,
)
from pipelines.reception.prises import Prise, close_prise, read_prises
from pipelines.reception.regles import (
    EMPREINTE_SEULE,
    EN_COURS,
    Delais,
    compute_annonces,
    find_incomplet,
    is_empreinte,
    is_en_cours,
    is_systeme,
    parse_empreinte,
)
from pipelines.reception.reponses import Pose, answer_prises, put_retours
from pipelines.reception.signalements import (
    Signalement,
    find_signalement,
    read_signales,
    write_signales,
)
from warehouse.archive import ArchiveCorrompue, Lot
from warehouse.instants import format_instant
from warehouse.journal import Depot

EMPREINTE_OCTETS_MAX = 4096
FICHIERS_PAR_LOT = 500

INCONNU = "adhérent inconnu du registre : le fichier est gardé où il est"
MODIFIE = "modifié pendant la lecture : repris au prochain passage"
LECTURE_REFUSEE = "le serveur refuse la lecture : repris au prochain passage"
SANS_REPONSE = (
    "reçu et journalisé, mais l'accusé ou le retrait est refusé : repris au prochain passage"
)
ALTEREE = "ce contenu est archivé mais son archive est altérée : gardé où il est"
LAISSE = "refusé et laissé en place : à retirer par l'entreprise"


class _PasCompletError(Exception):
    """The file may still be arriving; the message says why."""


@dataclass(frozen=True, slots=True)
class _Vu:
    """A file to claim if it is complete, its `.sha256` file, and since when it is as it is."""

    candidat: Candidat
    annonce: Candidat | None
    depuis: datetime


@dataclass(frozen=True, slots=True)
class Bilan:
    """The lists of a `Reception` being filled."""

    depots: list[Depot] = field(default_factory=list)
    attente: list[Ecarte] = field(default_factory=list)
    ecartes: list[Ecarte] = field(default_factory=list)


def claim_all(
    contexte: Contexte,
    inventaire: Inventaire,
    observations: Mapping[Cle, Observation],
    bilan: Bilan,
) -> None:
    """Claim what can be; whatever goes wrong with a file is listed and the next one is taken."""
    annonces = compute_annonces(inventaire.candidats)
    accompagnent = set(annonces.values())
    retenus = _read_retenus(contexte, inventaire)
    with contexte.maison.moteur.begin() as connexion:
        connus = set(read_boites(connexion))
    a_dire: list[Signalement] = []
    a_prendre: list[_Vu] = []
    for candidat in inventaire.candidats:
        cle = candidat.cle
        if candidat in accompagnent:
            continue
        vu_le = observations[cle][1]
        motif = retenus.get(cle) or (None if candidat.adherent in connus else INCONNU)
        if motif is not None:
            bilan.ecartes.append(Ecarte(*cle, motif))
        elif is_systeme(candidat.nom) or is_en_cours(candidat.nom) or is_empreinte(candidat.nom):
            a_dire += _left(contexte, candidat, vu_le, bilan)
        else:
            a_prendre.append(_Vu(candidat, annonces.get(cle), vu_le))
    limite = contexte.maison.reglages.lot_octets
    for lot in cut_lots(a_prendre, lambda vu: vu.candidat.octets, limite, FICHIERS_PAR_LOT):
        _claim_lot(contexte, lot, bilan)
    _tell(contexte, a_dire, bilan)


def _left(
    contexte: Contexte, candidat: Candidat, vu_le: datetime, bilan: Bilan
) -> Iterator[Signalement]:
    """Keep waiting for a file that is not to be claimed, or tell its company of it."""
    abandon = timedelta(seconds=contexte.maison.reglages.delai_abandon_s)
    motif = find_signalement(candidat, contexte.maintenant - vu_le, abandon)
    if not is_systeme(candidat.nom) and motif != EMPREINTE_SEULE:
        raison = EN_COURS if is_en_cours(candidat.nom) else EMPREINTE_SEULE
        bilan.attente.append(Ecarte(*candidat.cle, raison))
    if motif is not None:
        yield Signalement(candidat, motif)


def _tell(contexte: Contexte, a_dire: Sequence[Signalement], bilan: Bilan) -> None:
    """Tell each once; one whose folder cannot be written is told at another scan."""
    chemin = contexte.maison.reglages.dossier / "signalements.json"
    deja = read_signales(chemin)
    dits = {signalement.cle for signalement in a_dire} & deja
    nouveaux = list({s.cle: s for s in a_dire if s.cle not in dits}.values())
    if nouveaux:
        avis = [Pose(s.candidat.adherent, [(s.nom_avis, s.avis())]) for s in nouveaux]
        echecs = put_retours(contexte, avis, format_instant(contexte.maintenant))
        faits = [s for rang, s in enumerate(nouveaux) if rang not in echecs]
        bilan.ecartes.extend(Ecarte(*s.candidat.cle, s.motif) for s in faits)
        dits |= {s.cle for s in faits}
    if dits != deja:
        write_signales(chemin, dits)


def _read_retenus(contexte: Contexte, inventaire: Inventaire) -> dict[Cle, str]:
    """Why files already journalled are still there: not answered yet, or left to their owner."""
    retenus = {(prise.adherent, prise.nom): SANS_REPONSE for prise in read_prises(contexte.prises)}
    presents = set(inventaire.candidats)
    for prise in read_prises(contexte.laissees):
        if prise.candidat in presents:
            retenus[prise.adherent, prise.nom] = LAISSE
        else:
            close_prise(contexte.laissees, prise)
    return retenus


def _claim_lot(contexte: Contexte, lot: Sequence[_Vu], bilan: Bilan) -> None:
    """Claim and answer those that are complete."""
    with contexte.maison.archive.together() as gardes:
        prises = [prise for vu in lot if (prise := _read_prise(contexte, gardes, vu, bilan))]
    if prises:
        answer_all(contexte, open_prises(contexte, prises), bilan)


def _read_prise(contexte: Contexte, gardes: Lot, vu: _Vu, bilan: Bilan) -> Prise | None:
    """The claim of a file, its content given to the archive; None when it is not to be taken."""
    cle = vu.candidat.cle
    try:
        annonce = _read_annonce(contexte, vu.annonce)
        contenu = _read_complet(contexte, vu.candidat, annonce, vu.depuis)
        prise = build_prise(contexte, vu.candidat, contenu, annonce)
        if contenu.donnees is not None:
            gardes.write(contenu.donnees)
    except _PasCompletError as attente:
        bilan.attente.append(Ecarte(*cle, str(attente)))
    except DepotModifieError:
        bilan.attente.append(Ecarte(*cle, MODIFIE))
    except LectureRefuseeError:
        bilan.ecartes.append(Ecarte(*cle, LECTURE_REFUSEE))
    except ArchiveCorrompue:
        bilan.ecartes.append(Ecarte(*cle, ALTEREE))
    else:
        return prise
    finally:
        contexte.copie.unlink(missing_ok=True)
    return None


def _read_complet(
    contexte: Contexte, candidat: Candidat, annonce: Annonce | None, vu_le: datetime
) -> Contenu:
    """Read a file and make sure that it is complete."""
    reglages = contexte.maison.reglages
    delais = Delais(
        timedelta(seconds=reglages.delai_stabilite_s), timedelta(seconds=reglages.delai_abandon_s)
    )
    immobile = contexte.maintenant - vu_le
    contenu = contexte.source.read_contenu(candidat, reglages.taille_max_octets, contexte.copie)
    empreinte, entier = annonce.empreinte if annonce else None, _is_entier(contexte, contenu)
    _check(find_incomplet(contenu, immobile, delais, empreinte, entier=entier))
    return contenu


def _is_entier(contexte: Contexte, contenu: Contenu) -> bool:
    """Whether its kind says that nothing can follow."""
    octets = contenu.donnees or b""
    return any(
        ask_nature(nature.entier, False, octets) for nature in contexte.natures if nature.entier
    )


def _check(motif: str | None) -> None:
    if motif is not None:
        raise _PasCompletError(motif)


def _read_annonce(contexte: Contexte, fichier: Candidat | None) -> Annonce | None:
    """The `.sha256` file with the digest it gives; None without one or while it is written."""
    if fichier is None:
        return None
    contenu = contexte.source.read_contenu(fichier, EMPREINTE_OCTETS_MAX, contexte.copie)
    empreinte = parse_empreinte((contenu.donnees or b"")[:])
    return None if empreinte is None else Annonce(fichier, empreinte)


def finish_all(contexte: Contexte, bilan: Bilan) -> None:
    """Answer the claims that an earlier scan left open; forget those that nothing was made of."""
    prises = read_prises(contexte.prises)
    pris = find_pris(contexte.maison, prises)
    inscrites = {prise for prise, _ in pris}
    for prise in prises:
        if prise not in inscrites:
            close_prise(contexte.prises, prise)
    answer_all(contexte, pris, bilan)


def answer_all(contexte: Contexte, pris: Sequence[Pris], bilan: Bilan) -> None:
    """Send the receipts of claims; one that cannot be sent stays open for the next scan."""
    rates = answer_prises(contexte, pris)
    for prise, depot in pris:
        if prise in rates:
            bilan.ecartes.append(Ecarte(prise.adherent, prise.nom, SANS_REPONSE))
        else:
            bilan.depots.append(depot)
