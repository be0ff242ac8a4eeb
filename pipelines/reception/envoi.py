"""Dropping files over SFTP as a company does: upload aside, rename, then announce the digest."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from pipelines.reception.candidats import DEPOT, MORCEAU
from pipelines.reception.connexion import AdresseSftp, ClientSftp, open_client
from pipelines.reception.regles import SUFFIXE_EMPREINTE


class EnvoiRefuseError(Exception):
    """The server refuses a file. Message in French."""


def send_depots(
    fichiers: Sequence[Path], adresse: AdresseSftp, *, cle: Path, hotes_connus: Path
) -> list[str]:
    """Drop files in the company's `depot/`; the digests announced (hex), in the same order.

    Raises:
        SourceIndisponibleError: the server cannot be used.
        EnvoiRefuseError: a file cannot be read, or its name already waits in `depot/`.
    """
    connexion = open_client(adresse, cle=cle, hotes_connus=hotes_connus)
    try:
        return [_send_depot(connexion.client, fichier) for fichier in fichiers]
    finally:
        connexion.close()


def _send_depot(client: ClientSftp, fichier: Path) -> str:
    cible = f"{DEPOT}/{fichier.name}"
    try:
        empreinte = _read_empreinte(fichier)
        with fichier.open("rb") as flux:
            client.putfo(flux, f"{cible}.part")
        # Not posix_rename: a file of this name that still waits must not be replaced unseen.
        client.rename(f"{cible}.part", cible)
        annonce = f"{empreinte}  {fichier.name}\n".encode()
        client.putfo(io.BytesIO(annonce), cible + SUFFIXE_EMPREINTE)
    except OSError as erreur:
        raise EnvoiRefuseError(
            f"{fichier.name} : non déposé ({erreur.strerror or erreur}). "
            "Un fichier du même nom attend peut-être déjà."
        ) from erreur
    return empreinte


def _read_empreinte(fichier: Path) -> str:
    empreinte = hashlib.sha256()
    with fichier.open("rb") as flux:
        while morceau := flux.read(MORCEAU):
            empreinte.update(morceau)
    return empreinte.hexdigest()
