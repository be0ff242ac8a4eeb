"""Contents of files, sealed: AES-256-GCM, by pieces, so that a large one is read where it is.

A sealed content is: MAGIE, the name of its key, a salt of its own, then its pieces. The salt makes
a key of this content alone; the nonce of a piece is its rank and whether it is the last one; what
is authenticated beside is the name of the content. So a piece can't be moved, repeated or left
out, nor a content put in another's place.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from specs.octets import Octets, read_octets, windows
from warehouse.coffre.trousseau import OCTETS_NOM, Cle, SceauRompu, Trousseau

MAGIE = b"\x00CAISSE1"
USAGE = b"contenus"
SEL = 16
ENTETE = len(MAGIE) + OCTETS_NOM + SEL
MORCEAU = 1 << 20  # bytes of a piece, in clear
ETIQUETTE = 16  # bytes that sealing adds to each


def seal(octets: Octets, nom: str, trousseau: Trousseau) -> Iterator[bytes]:
    """What is to be written of a content: sealed under its name, or in clear without a key."""
    cle = trousseau.courante
    if cle is None:
        yield from windows(octets)
        return
    sel = secrets.token_bytes(SEL)
    yield MAGIE + cle.nom + sel
    chiffre, nombre = _open_chiffre(cle, sel), _count(len(octets), MORCEAU)
    morceaux = windows(octets, MORCEAU) if len(octets) else iter([b""])
    for rang, morceau in enumerate(morceaux):
        yield chiffre.encrypt(_nonce(rang, nombre), morceau, nom.encode())


def open_contenu(chemin: Path, nom: str, trousseau: Trousseau) -> Octets:
    """The clear bytes of a file, sealed under this name or not; a large one stays on disk.

    Raises:
        OSError: it can't be read.
        CoffreFerme: its key is not there.
        SceauRompu: the file was changed, or is another's; of a large one, when the piece is read.
    """
    octets = read_octets(chemin)
    cle = _parse_cle(octets[: len(MAGIE) + OCTETS_NOM])
    if cle is None:
        return octets
    scelle = Scelle(octets, nom, trousseau.find(cle))
    return scelle[:] if isinstance(octets, bytes) else scelle


def read_cle(chemin: Path) -> bytes | None:
    """Name of the key of a file; None when it is in clear."""
    with chemin.open("rb", buffering=0) as flux:
        return _parse_cle(flux.read(len(MAGIE) + OCTETS_NOM))


def _parse_cle(tete: bytes) -> bytes | None:
    return tete[len(MAGIE) :] if tete.startswith(MAGIE) else None


@dataclass(slots=True)
class Scelle:
    """The clear bytes of a sealed content, opened when they are asked for; one thread at a time.

    The last piece opened is kept: parts that follow one another open it once.
    """

    fichier: Octets
    nom: str
    cle: Cle = field(repr=False)
    _chiffre: AESGCM = field(init=False, repr=False)
    _nombre: int = field(init=False)
    _rang: int = field(default=-1, init=False)
    _morceau: bytes = field(default=b"", init=False, repr=False)

    def __post_init__(self) -> None:
        """SceauRompu when the file is too short to be one."""
        scelles = len(self.fichier) - ENTETE
        self._nombre = _count(scelles, MORCEAU + ETIQUETTE)
        if scelles < self._nombre * ETIQUETTE:
            raise SceauRompu(f"contenu altéré : {self.nom}")
        self._chiffre = _open_chiffre(self.cle, self.fichier[ENTETE - SEL : ENTETE])

    def __len__(self) -> int:
        """Size of the clear content."""
        return len(self.fichier) - ENTETE - self._nombre * ETIQUETTE

    def __getitem__(self, tranche: slice, /) -> bytes:
        """The clear bytes of a part; OSError, or SceauRompu when the file was changed."""
        debut, fin, _ = tranche.indices(len(self))
        if fin <= debut and len(self):
            return b""
        premier, dernier = debut // MORCEAU, max(fin - 1, 0) // MORCEAU
        lus = b"".join(self._open(rang) for rang in range(premier, dernier + 1))
        return lus[debut - premier * MORCEAU : fin - premier * MORCEAU]

    def _open(self, rang: int) -> bytes:
        if rang != self._rang:
            debut = ENTETE + rang * (MORCEAU + ETIQUETTE)
            scelle = self.fichier[debut : debut + MORCEAU + ETIQUETTE]
            nonce = _nonce(rang, self._nombre)
            try:
                self._morceau = self._chiffre.decrypt(nonce, scelle, self.nom.encode())
            except InvalidTag:
                raise SceauRompu(f"contenu altéré : {self.nom}") from None
            self._rang = rang
        return self._morceau


def _count(octets: int, pas: int) -> int:
    """Pieces of a content; an empty one has one."""
    return max(1, -(-octets // pas))


def _nonce(rang: int, nombre: int) -> bytes:
    return rang.to_bytes(11, "big") + bytes([rang == nombre - 1])


def _open_chiffre(cle: Cle, sel: bytes) -> AESGCM:
    return AESGCM(cle.derive(USAGE + sel))
