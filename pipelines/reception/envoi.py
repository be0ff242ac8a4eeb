"""Dropping files over SFTP as a company does: upload aside, rename, then announce the digest."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.reception.candidats import DEPOT, MORCEAU
from pipelines.reception.connexion import AdresseSftp, ClientSftp, open_client
from pipelines.reception.regles import SUFFIXE_EMPREINTE, is_empreinte, is_en_cours, is_systeme


class EnvoiRefuseError(Exception):
    """A file is not dropped. Message in French, with the real cause."""


@dataclass(frozen=True, slots=True)
class Envoi:
    """What became of a file: the digest announced (hex), or why it was not dropped."""

    fichier: Path
    empreinte: str | None
    refus: str | None = None


def send_depots(
    fichiers: Sequence[Path], adresse: AdresseSftp, *, cle: Path, hotes_connus: Path
) -> list[str]:
    """Drop files in the company's `depot/`; the digests announced (hex), in the same order.

    Raises:
        SourceIndisponibleError: the server cannot be used.
        EnvoiRefuseError: the first file that is refused, with the cause.
    """
    return [
        _accepted(envoi)
        for envoi in try_depots(fichiers, adresse, cle=cle, hotes_connus=hotes_connus)
    ]


def _accepted(envoi: Envoi) -> str:
    if envoi.empreinte is None:
        raise EnvoiRefuseError(f"{envoi.fichier.name} : non déposé, {envoi.refus}")
    return envoi.empreinte


def try_depots(
    fichiers: Sequence[Path], adresse: AdresseSftp, *, cle: Path, hotes_connus: Path
) -> Iterator[Envoi]:
    """Drop files in the company's `depot/`, each told once it is done; one never stops the others.

    A file that is refused leaves nothing behind.

    Raises:
        SourceIndisponibleError: the server cannot be used.
    """
    connexion = open_client(adresse, cle=cle, hotes_connus=hotes_connus)
    try:
        for fichier in fichiers:
            try:
                yield Envoi(fichier, _send_depot(connexion.client, fichier))
            except EnvoiRefuseError as refus:
                yield Envoi(fichier, None, str(refus))
    finally:
        connexion.close()


def _send_depot(client: ClientSftp, fichier: Path) -> str:
    empreinte = _read_empreinte(fichier)
    cible = f"{DEPOT}/{fichier.name}"
    if _exists(client, cible):
        raise EnvoiRefuseError("un fichier du même nom attend déjà d'être pris par la caisse")
    provisoire = f"{cible}.part"
    try:
        with fichier.open("rb") as flux:
            client.putfo(flux, provisoire)
        # Not posix_rename: a file of this name that came meanwhile must not be replaced unseen.
        client.rename(provisoire, cible)
        annonce = f"{empreinte}  {fichier.name}\n".encode()
        client.putfo(io.BytesIO(annonce), cible + SUFFIXE_EMPREINTE)
    except OSError as erreur:
        with suppress(OSError):
            client.remove(provisoire)
        raise EnvoiRefuseError(_explain(client, cible, erreur)) from erreur
    return empreinte


def _read_empreinte(fichier: Path) -> str:
    """Digest of a file that can be dropped."""
    nom = fichier.name
    if is_en_cours(nom) or is_empreinte(nom) or is_systeme(nom):
        raise EnvoiRefuseError("la caisse ne prend pas un fichier de ce nom : renommez-le")
    empreinte = hashlib.sha256()
    try:
        with fichier.open("rb") as flux:
            while morceau := flux.read(MORCEAU):
                empreinte.update(morceau)
    except FileNotFoundError:
        raise EnvoiRefuseError("fichier introuvable sur cette machine") from None
    except OSError as erreur:
        raise EnvoiRefuseError(f"fichier illisible sur cette machine ({erreur.strerror})") from None
    return empreinte.hexdigest()


def _exists(client: ClientSftp, chemin: str) -> bool:
    try:
        client.stat(chemin)
    except OSError:
        return False
    return True


def _explain(client: ClientSftp, cible: str, erreur: OSError) -> str:
    """What the server's refusal means; its own word for it when nothing more is known."""
    if _exists(client, cible):
        return "un fichier du même nom est arrivé pendant l'envoi"
    if not _exists(client, DEPOT):
        return "la boîte n'a pas de dossier depot/ : la caisse ne l'a pas encore ouverte"
    return f"le serveur refuse l'écriture ({erreur.strerror or erreur})"
