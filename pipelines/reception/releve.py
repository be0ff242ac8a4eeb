"""One scan: every file seen is claimed, waits, or is left with a reason; none stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.reception.boites import read_boites
from pipelines.reception.candidats import (
    Candidat,
    Contenu,
    DepotModifieError,
    Ecarte,
    Inventaire,
    LectureRefuseeError,
)
from pipelines.reception.natures import ask_nature
from pipelines.reception.observations import Cle, Observation
from pipelines.reception.prise_en_charge import (
    Annonce,
    Contexte,
    answer_prise,
    claim_depot,
    put_retour,
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
from pipelines.reception.signalements import (
    Signalement,
    find_signalement,
    read_signales,
    write_signales,
)
from warehouse.archive import ArchiveCorrompue
from warehouse.instants import format_instant
from warehouse.journal import Depot

EMPREINTE_OCTETS_MAX = 4096

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
    for candidat in inventaire.candidats:
        cle = (candidat.adherent, candidat.nom)
        if candidat in accompagnent:
            continue
        vu_le = observations[cle][1]
        motif = retenus.get(cle) or (None if candidat.adherent in connus else INCONNU)
        if motif is not None:
            bilan.ecartes.append(Ecarte(*cle, motif))
        elif is_systeme(candidat.nom) or is_en_cours(candidat.nom) or is_empreinte(candidat.nom):
            a_dire += _left(contexte, candidat, vu_le, bilan)
        else:
            _claim(contexte, candidat, annonces.get(cle), vu_le, bilan)
    _tell(contexte, a_dire, bilan)


def _left(
    contexte: Contexte, candidat: Candidat, vu_le: datetime, bilan: Bilan
) -> Iterator[Signalement]:
    """Keep waiting for a file that is not to be claimed, or tell its company of it."""
    abandon = timedelta(seconds=contexte.maison.reglages.delai_abandon_s)
    motif = find_signalement(candidat, contexte.maintenant - vu_le, abandon)
    if not is_systeme(candidat.nom) and motif != EMPREINTE_SEULE:
        raison = EN_COURS if is_en_cours(candidat.nom) else EMPREINTE_SEULE
        bilan.attente.append(Ecarte(candidat.adherent, candidat.nom, raison))
    if motif is not None:
        yield Signalement(candidat, motif)


def _tell(contexte: Contexte, a_dire: Sequence[Signalement], bilan: Bilan) -> None:
    """Tell each once; one whose folder cannot be written is told at another scan."""
    chemin = contexte.maison.reglages.dossier / "signalements.json"
    deja = read_signales(chemin)
    dits = {signalement.cle for signalement in a_dire} & deja
    for signalement in a_dire:
        if signalement.cle in dits:
            continue
        adherent, nom = signalement.candidat.adherent, signalement.candidat.nom
        try:
            avis = [(signalement.nom_avis, signalement.avis())]
            put_retour(contexte, adherent, avis, format_instant(contexte.maintenant))
        except OSError:
            continue
        bilan.ecartes.append(Ecarte(adherent, nom, signalement.motif))
        dits.add(signalement.cle)
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


def _claim(
    contexte: Contexte,
    candidat: Candidat,
    fichier_annonce: Candidat | None,
    vu_le: datetime,
    bilan: Bilan,
) -> None:
    """Claim and answer one file if it is complete."""
    cle = (candidat.adherent, candidat.nom)
    try:
        annonce = _read_annonce(contexte, fichier_annonce)
        contenu = _read_complet(contexte, candidat, annonce, vu_le)
        prise = claim_depot(contexte, candidat, contenu, annonce)
    except _PasCompletError as attente:
        bilan.attente.append(Ecarte(*cle, str(attente)))
    except DepotModifieError:
        bilan.attente.append(Ecarte(*cle, MODIFIE))
    except LectureRefuseeError:
        bilan.ecartes.append(Ecarte(*cle, LECTURE_REFUSEE))
    except ArchiveCorrompue:
        bilan.ecartes.append(Ecarte(*cle, ALTEREE))
    else:
        answer(contexte, prise, bilan)
    finally:
        contexte.copie.unlink(missing_ok=True)


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


def answer(contexte: Contexte, prise: Prise, bilan: Bilan) -> None:
    """Send the receipt of a claim; when it cannot be, the claim stays open for the next scan."""
    try:
        depot = answer_prise(contexte, prise)
    except OSError:
        bilan.ecartes.append(Ecarte(prise.adherent, prise.nom, SANS_REPONSE))
        return
    if depot is not None:
        bilan.depots.append(depot)
