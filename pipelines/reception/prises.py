"""Claims in progress: written before the journal, erased once the file has left `depot/`.

The journal alone cannot tell a file whose claim was cut by a crash from the same file dropped
again. An open claim can: what it names is finished, whatever else is there is a new deposit.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.reception.candidats import Candidat
from pipelines.reception.fichiers import write_entiers
from pipelines.reception.regles import Mode


@dataclass(frozen=True, slots=True)
class Prise:
    """A file being claimed, with what is needed to finish after a crash.

    Attributes:
        adherent, nom, octets, marque: the candidate (see `Candidat`).
        sha256: digest of the content read.
        recu_le: instant of the claim, UTC, ISO 8601.
        mode: what the file says it is.
        avertissement: a sentence for the receipt, empty without one.
        refus: why the file is refused unread (French), empty when it is taken.
        laissee: the file is too big to be archived; it stays in `depot/` for its owner to remove.
        annonce: mark of its `.sha256` file, empty without one.
        nom_annonce: name of its `.sha256` file when it is not `<nom>.sha256`.
        jeton: tells apart two claims of one name; never published.
        utilisateur: who dropped it, empty for the account of the box.
    """

    adherent: str
    nom: str
    octets: int
    marque: str
    sha256: str
    recu_le: str
    mode: Mode
    avertissement: str
    refus: str
    laissee: bool
    annonce: str
    jeton: str
    nom_annonce: str = ""
    utilisateur: str = ""

    @property
    def candidat(self) -> Candidat:
        """The file, as it was when it was read."""
        return Candidat(self.adherent, self.nom, self.octets, self.marque)

    @property
    def empreinte(self) -> str:
        """Key of the claim in the journal of steps (hex digest of all its fields)."""
        return hashlib.sha256(_encode(self)).hexdigest()


def new_jeton() -> str:
    """A token no other claim has."""
    return secrets.token_hex(8)


def write_prises(dossier: Path, prises: Iterable[Prise]) -> None:
    """Open claims durably."""
    write_entiers(dossier, {_path(dossier, prise): _encode(prise) for prise in prises})


def read_prises(dossier: Path) -> list[Prise]:
    """Open claims, by (adherent, nom)."""
    prises = [Prise(**json.loads(chemin.read_bytes())) for chemin in dossier.glob("*.json")]
    return sorted(prises, key=lambda prise: (prise.adherent, prise.nom))


def leave_prise(dossier: Path, laissees: Path, prise: Prise) -> None:
    """Remember a claim that is answered but whose file stays where it is."""
    _path(dossier, prise).replace(_path(laissees, prise))


def close_prise(dossier: Path, prise: Prise) -> None:
    """Forget a claim that is finished."""
    _path(dossier, prise).unlink(missing_ok=True)


def _path(dossier: Path, prise: Prise) -> Path:
    """Address of the claim of a file: made of a digest, never of the name a company chose."""
    nom = prise.nom.encode("utf-8", "surrogateescape")
    adresse = hashlib.sha256(prise.adherent.encode() + b"/" + nom).hexdigest()
    return dossier / f"{adresse}.json"


def _encode(prise: Prise) -> bytes:
    champs = asdict(prise)
    for nom in ("nom_annonce", "utilisateur"):
        if not champs[nom]:  # claims written before this field keep their key
            del champs[nom]
    return json.dumps(champs, sort_keys=True).encode("ascii")
