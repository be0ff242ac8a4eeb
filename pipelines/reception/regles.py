"""Pure rules of the reception: which names are safe, when a file is complete, what it announces.

The completeness protocol (no clock here: instants come as arguments). A file is claimed when its
name is not one of an upload in progress and one of these holds:

- a sibling `<nom>.sha256` gives the digest of the content;
- its last line is the footer of a DSN whose total is the number of lines read: nothing can follow;
- its last element is the root of a message of the bank, closed: nothing can follow;
- it ends with the footer of a DSN and has not been touched for `delai_stabilite_s`;
- it has not been touched for `delai_abandon_s`: it is claimed as it is, the controls will speak.

What systems leave in folders, and a digest without its file, are never claimed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pipelines.reception.candidats import Candidat, Contenu
from specs.octets import Octets, count_lines

Mode = Literal["essai", "reel", "inconnu"]

SUFFIXE_EMPREINTE = ".sha256"
SUFFIXES_EN_COURS = (
    ".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".uploading",
    "~",
)  # fmt: skip
NOMS_SYSTEME = frozenset(
    {"desktop.ini", "thumbs.db", "ehthumbs.db", ".ds_store", ".directory", ".localized"}
)
PREFIXES_SYSTEME = ("._", "~$", ".~lock.", ".nfs", ".fuse_hidden")
NOM_OCTETS_MAX = 255
EN_TETE_OCTETS = 4096
PIED_OCTETS = 512

# The footer (S90.G00.90) closes a message: number of rubrics, then number of declarations.
PIED_DSN = re.compile(rb"(?:^|\n)S90\.G00\.90\.002,'[^'\r\n]*'\s*\Z")
TOTAL_DSN = re.compile(
    rb"(?:^|\n)S90\.G00\.90\.001,'(\d{1,15})'\r?\nS90\.G00\.90\.002,'\d{1,15}'\r?\n\Z"
)
RACINE_XML = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?Document\s*>\s*\Z")
CODE_ESSAI_REEL = re.compile(rb"^S10\.G00\.00\.005,'(\d\d)'", re.MULTILINE)
MODES: dict[bytes, Mode] = {b"01": "essai", b"02": "reel"}
EMPREINTE = re.compile(rb"\A\\?([0-9a-fA-F]{64})(?=\s|\Z)")
COMPTE_PREFIXE = "adh"
ADHERENT = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")

EN_COURS = "transfert en cours : le nom est celui d'un envoi inachevé"
PAS_STABLE = "reçu il y a trop peu de temps pour être sûr qu'il est entier"
EMPREINTE_SEULE = "empreinte sans le fichier qu'elle accompagne"
SYSTEME = "fichier du système ou d'un logiciel, pas un dépôt"
INACHEVE = "envoi commencé et jamais terminé"
SANS_PIED = "sans empreinte ni fin de message : il sera pris tel quel s'il ne change plus"
EMPREINTE_DIFFERENTE = (
    "L'empreinte annoncée par le fichier .sha256 n'est pas celle du contenu reçu : "
    "vérifiez que le transfert était entier."
)


@dataclass(frozen=True, slots=True)
class Delais:
    """How long without change before a file is taken for stable, then for abandoned."""

    stabilite: timedelta
    abandon: timedelta


def is_nom_sur(nom: str) -> bool:
    """Whether a name designates a file of the folder itself, and nothing else."""
    return nom not in ("", ".", "..") and not set(nom) & {"/", "\0"}


def is_adherent_sur(adherent: str) -> bool:
    """Whether a folder name can be the number of a company."""
    return ADHERENT.fullmatch(adherent) is not None


def compute_compte(adherent: str) -> str:
    """Account of a company on an SFTP server: systems refuse names made of digits only."""
    return COMPTE_PREFIXE + adherent


def parse_compte(compte: str) -> str | None:
    """Company of an account, with or without the prefix; None when it cannot be one."""
    adherent = compte.removeprefix(COMPTE_PREFIXE)
    return adherent if is_adherent_sur(adherent) else None


def compute_nom_lisible(nom: str) -> str:
    r"""The name as it can be stored, shown and put in XML: what does not print becomes \uXXXX.

    Control characters, marks of writing direction and undecodable bytes would break a log line, an
    XML document or mislead a reader ("fdp.nsd" shown reversed).
    """
    return "".join(
        f"\\u{ord(signe):04x}"
        if unicodedata.category(signe).startswith(("C", "Z")) and signe != " "
        else signe
        for signe in nom
    )


def is_en_cours(nom: str) -> bool:
    """Whether the name is one that clients give to an upload in progress."""
    return nom.startswith(".") or nom.lower().endswith(SUFFIXES_EN_COURS)


def is_systeme(nom: str) -> bool:
    """Whether the name is one that systems and office software leave in a folder by themselves."""
    petit = nom.lower()
    return petit in NOMS_SYSTEME or petit.startswith(PREFIXES_SYSTEME)


def is_empreinte(nom: str) -> bool:
    """Whether the name is that of a digest, in capitals or not."""
    return nom.lower().endswith(SUFFIXE_EMPREINTE)


def parse_empreinte(octets: bytes) -> str | None:
    """Digest announced by a `.sha256` file (as `sha256sum` writes it), None when there is none."""
    trouve = EMPREINTE.match(octets)
    return trouve[1].decode("ascii").lower() if trouve else None


def is_message_ferme(octets: Octets) -> bool:
    """Whether the bytes end with the footer of a DSN message."""
    return PIED_DSN.search(octets[-PIED_OCTETS:]) is not None


def is_total_juste(octets: Octets) -> bool:
    """Whether the bytes end with a whole footer that counts exactly the lines read."""
    total = TOTAL_DSN.search(octets[-PIED_OCTETS:])
    return total is not None and int(total[1]) == count_lines(octets)


def is_racine_fermee(octets: Octets) -> bool:
    """Whether the bytes end with the root element of a message of the bank, closed."""
    return RACINE_XML.search(octets[-PIED_OCTETS:]) is not None


def parse_mode(octets: Octets) -> Mode:
    """Whether the sender calls the file a test or real (S10.G00.00.005), from its first bytes."""
    trouve = CODE_ESSAI_REEL.search(octets[:EN_TETE_OCTETS])
    return MODES.get(trouve[1], "inconnu") if trouve else "inconnu"


def find_incomplet(
    contenu: Contenu,
    immobile: timedelta,
    delais: Delais,
    empreinte_annoncee: str | None,
    *,
    entier: bool = False,
) -> str | None:
    """Why the file read is not complete, None when it can be claimed.

    Args:
        contenu: what was read.
        immobile: how long it has been seen unchanged.
        delais: the two waiting times.
        empreinte_annoncee: digest given by the company, None without one.
        entier: whether its kind says that nothing can follow.
    """
    if entier or contenu.sha256 == empreinte_annoncee or immobile >= delais.abandon:
        return None
    donnees = contenu.donnees or b""
    if is_racine_fermee(donnees) or is_total_juste(donnees):
        return None
    if not is_message_ferme(donnees):
        return SANS_PIED
    return None if immobile >= delais.stabilite else PAS_STABLE


def find_refus(octets: int, limite: int) -> str | None:
    """Why a file is refused without being read (French, with what to do), None when it is not."""
    if octets == 0:
        return (
            "Le fichier est vide. Vérifiez l'export de votre logiciel de paie, "
            "puis déposez le fichier à nouveau."
        )
    if octets > limite:
        return (
            f"Le fichier fait {octets} octets, la limite est de {limite}. Il n'a pas été pris : "
            "retirez-le du dossier depot, puis déposez-le en plusieurs fichiers plus petits."
        )
    return None


def compute_annonces(candidats: tuple[Candidat, ...]) -> dict[tuple[str, str], Candidat]:
    """The `.sha256` files that accompany a file of their folder, by (adherent, name announced)."""
    presents = {(candidat.adherent, candidat.nom) for candidat in candidats}
    annonces = {
        (candidat.adherent, candidat.nom[: -len(SUFFIXE_EMPREINTE)]): candidat
        for candidat in candidats
        if is_empreinte(candidat.nom)
    }
    return {cle: candidat for cle, candidat in annonces.items() if cle in presents}
