"""What companies are answered as soon as their files are journalled, then the files let go.

Receipts are put in their folders, on disk, before any file leaves `depot/`; claims are closed last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.editique.lettres import Lettre, archive_lettres
from pipelines.reception.accuse import (
    Accuse,
    Verdict,
    build_accuse,
    compute_nom_accuse,
    format_accuse,
)
from pipelines.reception.candidats import Candidat, SourceDepots
from pipelines.reception.natures import ask_nature
from pipelines.reception.prise_en_charge import Contexte, Pris
from pipelines.reception.prises import Prise, close_prise, leave_prise
from pipelines.reception.regles import SUFFIXE_EMPREINTE
from pipelines.recus import Recu
from warehouse.archive import ArchiveCorrompue
from warehouse.journal import Depot, read_depot
from warehouse.points_arret import crashpoint
from warehouse.remises import Remise, owe, record_posees

REFUSE: Verdict = "ILLISIBLE"
DOUBLON: Verdict = "DOUBLON"
Fichiers = Sequence[tuple[str, bytes]]  # name and content


@dataclass(frozen=True, slots=True)
class Pose:
    """Files to put in a box at once; `depot`, `mode`: the deposit that they answer, what it is."""

    adherent: str
    fichiers: Fichiers
    depot: str | None = None
    mode: str | None = None

    @property
    def noms(self) -> set[tuple[str, str]]:
        """Where they go: box and name."""
        return {(self.adherent, nom) for nom, _ in self.fichiers}


def answer_prises(contexte: Contexte, pris: Sequence[Pris]) -> dict[Prise, Exception]:
    """Put the receipts of claims, then let the files go; why, of those that could not be answered.

    Doing it twice does no harm: a receipt has the same bytes, a file goes once.
    """
    originaux = _read_originaux(contexte, pris)
    rates: dict[Prise, Exception] = {}
    accuses = _compose_accuses(contexte, pris, originaux, rates)
    for vague in _cut_waves([p for p in pris if p[0] not in rates], accuses):
        poses = [
            Pose(prise.adherent, accuses[prise], depot.depot, _mode(prise))
            for prise, depot in vague
        ]
        echecs = put_retours(contexte, poses, vague[0][0].recu_le)
        rates |= {vague[rang][0]: echec for rang, echec in echecs.items()}
        for prise, depot in vague:
            if depot.original and prise not in rates:
                _repeat_reponses(contexte, depot, originaux[depot.original])
        crashpoint("reception.apres_accuse")
        for prise, _ in vague:
            if prise not in rates:
                _let_go(contexte, prise, rates)
    return rates


def put_retours(contexte: Contexte, poses: Sequence[Pose], instant: str) -> dict[int, Exception]:
    """Put files in their boxes, then journal them; twice does no harm.

    No two of them have the same place. Why, of those that could not be put whole, by their rank.
    """
    maison = contexte.maison
    contenus = {(p.adherent, nom): octets for p in poses for nom, octets in p.fichiers}
    rates = contexte.source.write_retours(contenus)
    echecs = {
        rang: rates[min(manques)]
        for rang, pose in enumerate(poses)
        if (manques := pose.noms & rates.keys())
    }
    with maison.archive.together() as gardes:
        posees = [
            Remise(p.adherent, nom, gardes.write(octets), len(octets), p.depot, mode=p.mode)
            for rang, p in enumerate(poses)
            if rang not in echecs
            for nom, octets in p.fichiers
        ]
    with maison.moteur.begin() as connexion:
        record_posees(connexion, posees, instant)
    return echecs


def _read_originaux(contexte: Contexte, pris: Sequence[Pris]) -> dict[str, Depot]:
    """The deposits that doubles repeat."""
    noms = sorted({depot.original for _, depot in pris if depot.original})
    with contexte.maison.moteur.connect() as connexion:
        return {nom: read_depot(connexion, nom) for nom in noms}


def _compose_accuses(
    contexte: Contexte,
    pris: Sequence[Pris],
    originaux: Mapping[str, Depot],
    rates: dict[Prise, Exception],
) -> dict[Prise, Fichiers]:
    """The receipts: as the kind of each file has it, or the one of any file."""
    composes: dict[Prise, Fichiers] = {}
    par_nature: dict[str, list[tuple[Prise, Accuse, Recu]]] = defaultdict(list)
    for prise, depot in pris:
        accuse = _accuse(depot, originaux.get(depot.original or ""), prise)
        composes[prise] = [(compute_nom_accuse(accuse.depot), format_accuse(accuse))]
        if prise.laissee or accuse.verdict == REFUSE:  # nothing of it can be read
            continue
        try:
            octets = contexte.maison.archive.open(accuse.sha256)
        except (OSError, ArchiveCorrompue) as erreur:
            rates[prise] = erreur
            continue
        nature = contexte.find_nature(accuse.adherent, accuse.nom, octets)
        if nature and nature.accuse:
            recu = Recu(0, octets, accuse.nom, accuse.adherent, accuse.recu_le)
            par_nature[nature.accuse].append((prise, accuse, recu))
    for lieu, demandes in par_nature.items():
        composes |= _ask_all(contexte, lieu, demandes)
    return composes


def _ask_all(
    contexte: Contexte, lieu: str, demandes: Sequence[tuple[Prise, Accuse, Recu]]
) -> dict[Prise, Fichiers]:
    """Receipts of files of one kind, together; one by one when it fails. Empty ones left out."""
    dits: list[Fichiers] = ask_nature(lieu, [], contexte.maison, [(a, r) for _, a, r in demandes])
    if len(dits) == len(demandes):
        return {prise: dit for (prise, *_), dit in zip(demandes, dits, strict=True) if dit}
    seuls = (_ask_all(contexte, lieu, [demande]) for demande in demandes if len(demandes) > 1)
    return {prise: dit for seul in seuls for prise, dit in seul.items()}


def _cut_waves(pris: Sequence[Pris], accuses: Mapping[Prise, Fichiers]) -> Iterator[list[Pris]]:
    """Runs of claims of one instant whose receipts have not the same name: the last one stays."""
    vague: list[Pris] = []
    noms: set[tuple[str, str]] = set()
    for prise, depot in pris:
        siens = Pose(prise.adherent, accuses[prise]).noms
        if vague and (siens & noms or prise.recu_le != vague[0][0].recu_le):
            yield vague
            vague, noms = [], set()
        vague.append((prise, depot))
        noms |= siens
    if vague:
        yield vague


def _repeat_reponses(contexte: Contexte, depot: Depot, original: Depot) -> None:
    """Owe what the original was answered, again, when the kind of the file says so.

    What the archive can't give again stays said once: a double waits for nothing.
    """
    maison = contexte.maison
    try:
        octets = maison.archive.open(depot.sha256)
        nature = contexte.find_nature(depot.adherent, depot.nom, octets)
        if nature is None or not nature.redit:
            return
        lettres: list[Lettre] = ask_nature(nature.redit, [], maison, depot, original)
        remises = archive_lettres(maison, lettres)
    except (OSError, ArchiveCorrompue):
        return
    with maison.moteur.begin() as connexion:
        owe(connexion, remises, depot.recu_le)


def _mode(prise: Prise) -> str | None:
    return None if prise.mode == "inconnu" else prise.mode


def _accuse(depot: Depot, original: Depot | None, prise: Prise) -> Accuse:
    refuse: Verdict = REFUSE if prise.refus else "RECU"
    verdict = refuse if original is None else DOUBLON
    return build_accuse(depot, prise.mode, verdict, original, prise.refus, prise.avertissement)


def _let_go(contexte: Contexte, prise: Prise, rates: dict[Prise, Exception]) -> None:
    """Remove a file that is answered, or remember that it stays; then close its claim."""
    if prise.laissee:
        leave_prise(contexte.prises, contexte.laissees, prise)
        return
    try:
        _remove_depot(contexte.source, prise)
    except OSError as erreur:
        rates[prise] = erreur
        return
    crashpoint("reception.apres_retrait")
    close_prise(contexte.prises, prise)


def _remove_depot(source: SourceDepots, prise: Prise) -> None:
    """Remove the file and its `.sha256`; a file replaced meanwhile stays, it is a new deposit."""
    source.remove(prise.candidat)
    if prise.annonce:
        nom = prise.nom_annonce or prise.nom + SUFFIXE_EMPREINTE
        source.remove(Candidat(prise.adherent, nom, 0, prise.annonce))
