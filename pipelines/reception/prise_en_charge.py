"""One file, from `depot/` to the journal and its receipt, without loss or double whatever stops it.

The order is the safety: archive, open claim, journal (committed), receipt, removal, closed claim.
A run killed anywhere leaves an open claim that the next one finishes, or nothing to finish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from pipelines.editique.lettres import Lettre, archive_lettres
from pipelines.metier import NatureFichier
from pipelines.reception.accuse import Accuse, Verdict, compute_nom_accuse, format_accuse
from pipelines.reception.candidats import Candidat, Contenu, SourceDepots
from pipelines.reception.natures import ask_nature
from pipelines.reception.prises import Prise, close_prise, leave_prise, new_jeton, write_prise
from pipelines.reception.regles import (
    EMPREINTE_DIFFERENTE,
    SUFFIXE_EMPREINTE,
    Mode,
    compute_nom_lisible,
    find_refus,
    parse_mode,
)
from pipelines.recus import Recu
from specs.octets import Octets
from warehouse.archive import ArchiveCorrompue
from warehouse.instants import format_instant
from warehouse.journal import (
    CleEtape,
    Depot,
    change_etat,
    find_etape,
    read_depot,
    record_depot,
    record_etape,
)
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.remises import Remise, owe, record_posees

PRISES = "prises"  # folder of the open claims
ILLISIBLE: Verdict = "ILLISIBLE"
DOUBLON: Verdict = "DOUBLON"


@dataclass(frozen=True, slots=True)
class Contexte:
    """What every claim of one reception shares.

    `natures`: the kinds of file that are known; `utilisateurs`: users, by the name of their account
    whatever its case.
    """

    maison: Maison
    source: SourceDepots
    maintenant: datetime
    natures: tuple[NatureFichier, ...] = ()
    utilisateurs: Mapping[str, str] = field(default_factory=dict)

    def find_nature(self, adherent: str, nom: str, octets: Octets) -> NatureFichier | None:
        """The kind of a file, None when none is known."""
        recu = Recu(0, octets, nom, adherent)
        sures = (n for n in self.natures if not n.reconnait or ask_nature(n.reconnait, False, recu))
        return next(sures, None)

    @property
    def prises(self) -> Path:
        """Folder of the open claims."""
        return self.maison.reglages.dossier / PRISES

    @property
    def copie(self) -> Path:
        """Where a large file is while it is claimed; one reception at a time takes one file."""
        return self.maison.reglages.dossier / "reception.en-cours"

    @property
    def laissees(self) -> Path:
        """Folder of the claims answered whose file was left in `depot/`."""
        return self.prises / "laissees"


@dataclass(frozen=True, slots=True)
class Annonce:
    """The `.sha256` file that accompanies a deposit, and the digest it gives (hex)."""

    fichier: Candidat
    empreinte: str


def claim_depot(
    contexte: Contexte, candidat: Candidat, contenu: Contenu, annonce: Annonce | None
) -> Prise:
    """Archive and journal a complete file; it still has to be answered (`answer_prise`).

    Args:
        contexte: the house, the source and the instant.
        candidat: the file.
        contenu: what was read of it.
        annonce: the digest the company gave with it, None without one.
    """
    if contenu.donnees is not None:
        contexte.maison.archive.write(contenu.donnees)
    crashpoint("reception.apres_archive")
    prise = _new_prise(contexte, candidat, contenu, annonce)
    write_prise(contexte.prises, prise)
    _record_prise(contexte.maison, prise)
    crashpoint("reception.apres_journal")
    return prise


def answer_prise(contexte: Contexte, prise: Prise) -> Depot | None:
    """Write the receipt, then let the file go; None when the claim never reached the journal.

    Doing it twice does no harm: the receipt has the same bytes, the file goes once.

    Raises:
        OSError: the company's folder cannot be written; the claim stays open.
    """
    with contexte.maison.moteur.begin() as connexion:
        depot = _find_depot(connexion, prise)
        original = read_depot(connexion, depot.original) if depot and depot.original else None
    if depot is None:
        close_prise(contexte.prises, prise)
        return None
    fichiers = list(_compose_accuse(contexte, _accuse(depot, original, prise)))
    mode = None if prise.mode == "inconnu" else prise.mode
    put_retour(contexte, prise.adherent, fichiers, prise.recu_le, depot=depot.depot, mode=mode)
    if original is not None:
        _repeat_reponses(contexte, depot, original)
    crashpoint("reception.apres_accuse")
    if prise.laissee:
        leave_prise(contexte.prises, contexte.laissees, prise)
    else:
        _remove_depot(contexte.source, prise)
        close_prise(contexte.prises, prise)
    return depot


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


def put_retour(
    contexte: Contexte,
    adherent: str,
    fichiers: Sequence[tuple[str, bytes]],
    instant: str,
    *,
    depot: str | None = None,
    mode: str | None = None,
) -> None:
    """Put files in the folder of a company at once, then journal them; twice does no harm.

    `depot`, `mode`: the deposit that they answer, and what it is.
    """
    maison = contexte.maison
    for nom, octets in fichiers:
        contexte.source.write_retour(adherent, nom, octets)
    posees = [
        Remise(adherent, nom, maison.archive.write(octets), len(octets), depot, mode=mode)
        for nom, octets in fichiers
    ]
    with maison.moteur.begin() as connexion:
        record_posees(connexion, posees, instant)


def _compose_accuse(contexte: Contexte, accuse: Accuse) -> Iterable[tuple[str, bytes]]:
    """The receipt: as the kind of the file has it, or the one of any file."""
    maison = contexte.maison
    if accuse.verdict != ILLISIBLE:
        octets = maison.archive.open(accuse.sha256)
        nature = contexte.find_nature(accuse.adherent, accuse.nom, octets)
        if nature is not None and nature.accuse:
            recu = Recu(0, octets, accuse.nom, accuse.adherent, accuse.recu_le)
            dits: list[list[tuple[str, bytes]]] = ask_nature(
                nature.accuse, [], maison, [(accuse, recu)]
            )
            if dits:
                return dits[0]
    return [(compute_nom_accuse(accuse.depot), format_accuse(accuse))]


def _mode(contexte: Contexte, candidat: Candidat, contenu: Contenu) -> Mode:
    """Whether the file calls itself a test or real, in the words of its kind."""
    octets = contenu.donnees or b""
    nature = contexte.find_nature(candidat.adherent, candidat.nom, octets)
    if nature is None or not nature.mode:
        return parse_mode(octets)
    mode: Mode = ask_nature(nature.mode, "inconnu", octets)
    return mode


def _new_prise(
    contexte: Contexte, candidat: Candidat, contenu: Contenu, annonce: Annonce | None
) -> Prise:
    differente = annonce is not None and annonce.empreinte != contenu.sha256
    limite = contexte.maison.reglages.taille_max_octets
    return Prise(
        adherent=candidat.adherent,
        nom=candidat.nom,
        octets=contenu.octets,
        marque=candidat.marque,
        sha256=contenu.sha256,
        recu_le=format_instant(contexte.maintenant),
        mode=_mode(contexte, candidat, contenu),
        avertissement=EMPREINTE_DIFFERENTE if differente else "",
        refus=find_refus(contenu.octets, limite) or "",
        laissee=contenu.donnees is None,
        annonce=annonce.fichier.marque if annonce else "",
        jeton=new_jeton(),
        nom_annonce=_unusual_name(candidat, annonce),
        utilisateur=contexte.utilisateurs.get((candidat.proprietaire or "").casefold(), ""),
    )


def _unusual_name(candidat: Candidat, annonce: Annonce | None) -> str:
    """Name of the digest when it is not the name of the file and `.sha256` (capitals)."""
    usuel = candidat.nom + SUFFIXE_EMPREINTE
    return "" if annonce is None or annonce.fichier.nom == usuel else annonce.fichier.nom


def _record_prise(maison: Maison, prise: Prise) -> None:
    """The deposit, its refusal if any and the key of the claim, in one transaction."""
    with maison.moteur.begin() as connexion:
        depot = record_depot(
            connexion,
            adherent=prise.adherent,
            nom=compute_nom_lisible(prise.nom),
            sha256=prise.sha256,
            octets=prise.octets,
            recu_le=prise.recu_le,
            utilisateur=prise.utilisateur or None,
        )
        if prise.refus and depot.etat != DOUBLON:
            change_etat(connexion, depot.depot, ILLISIBLE, prise.refus, instant=prise.recu_le)
        record_etape(
            connexion,
            _cle(prise),
            resultat={"depot": depot.depot},
            empreinte=prise.empreinte,
            duree_ms=0,
        )


def _cle(prise: Prise) -> CleEtape:
    # Neither the specs nor the code decide whether bytes were received: an upgrade changes nothing.
    return CleEtape(
        etape="reception",
        portee=prise.adherent,
        empreinte_entrees=prise.empreinte,
        version_specs="",
        version_code="",
    )


def _find_depot(connexion: Connection, prise: Prise) -> Depot | None:
    etape = find_etape(connexion, _cle(prise))
    return None if etape is None else read_depot(connexion, etape.resultat["depot"])


def _accuse(depot: Depot, original: Depot | None, prise: Prise) -> Accuse:
    refuse: Verdict = ILLISIBLE if prise.refus else "RECU"
    return Accuse(
        depot=depot.depot,
        adherent=depot.adherent,
        nom=depot.nom,
        octets=depot.octets,
        sha256=depot.sha256,
        recu_le=depot.recu_le,
        mode=prise.mode,
        verdict=refuse if original is None else DOUBLON,
        motif=prise.refus,
        avertissement=prise.avertissement,
        original=None if original is None else (original.depot, original.recu_le),
    )


def _remove_depot(source: SourceDepots, prise: Prise) -> None:
    """Remove the file and its `.sha256`; a file replaced meanwhile stays, it is a new deposit."""
    source.remove(prise.candidat)
    if prise.annonce:
        nom = prise.nom_annonce or prise.nom + SUFFIXE_EMPREINTE
        source.remove(Candidat(prise.adherent, nom, 0, prise.annonce))
