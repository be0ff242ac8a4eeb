"""An embedded SFTP server on the loopback, for demonstrations and tests: never for production.

`caisse serveur-sftp --installation` prints what a real server needs.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from pipelines.reception.boite import Boite
from pipelines.reception.connexion import AdresseSftp
from pipelines.reception.etapes import create_boites
from pipelines.reception.fichiers import write_entier
from pipelines.reception.regles import compute_compte, is_adherent_sur, parse_compte
from warehouse.maison import Maison

HOTE = "127.0.0.1"
DELAI_S = 20.0
HOTES_CONNUS = "hotes_connus"
ALGORITHME = "ssh-ed25519"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServeurSftp:
    """A running server.

    Attributes:
        hote, port: where it listens.
        ligne_hote: its host key as a line of known_hosts.
        hotes_connus: a file that holds this line.
        cles: folder of the companies' keys.
    """

    hote: str
    port: int
    ligne_hote: str
    hotes_connus: Path
    cles: Path

    def adresse(self, adherent: str) -> AdresseSftp:
        """Where a company connects and under which account."""
        return AdresseSftp(self.hote, self.port, compute_compte(adherent))

    def create_cle(self, adherent: str) -> Path:
        """Private key of a company, made at the first demand; it opens only its own folder."""
        return create_cle(self.cles, adherent)


@contextmanager
def serve_sftp(maison: Maison, port: int = 0) -> Iterator[ServeurSftp]:
    """Serve the companies' local folders from a thread, until the block ends.

    Args:
        maison: the house; boxes are created for the companies of its registry.
        port: 0 for a free one.

    Raises:
        OSError: the port is taken.
    """
    create_boites(maison)
    dossier = compute_dossier_cles(maison.reglages.dossier)
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    cle_hote = _read_cle(dossier / "hote")
    with _loop() as boucle:
        accepteur = _run(boucle, _listen(maison.reglages.dossier_boites, dossier, cle_hote, port))
        try:
            yield _describe(accepteur.get_port(), cle_hote, dossier)
        finally:
            _run(boucle, _close(accepteur))


def compute_dossier_cles(dossier: Path) -> Path:
    """Folder of the keys of the embedded server, in the engine's own folder `dossier`."""
    return dossier / "cles" / "sftp"


def compute_cle(dossier: Path, adherent: str) -> Path:
    """Where the private key of a company is for the embedded server."""
    return compute_dossier_cles(dossier) / compute_nom_cle(adherent)


def compute_hotes_connus(dossier: Path) -> Path:
    """Where the embedded server leaves its host key."""
    return compute_dossier_cles(dossier) / HOTES_CONNUS


def compute_nom_cle(adherent: str) -> str:
    """File name of a company's key."""
    if not is_adherent_sur(adherent):
        raise ValueError("numéro d'adhérent inutilisable comme nom de clé")
    return f"adherent_{adherent}"


def create_cle(dossier: Path, adherent: str) -> Path:
    """Private key of a company in `dossier` (0600) with its public half beside it."""
    chemin = dossier / compute_nom_cle(adherent)
    publique = chemin.with_suffix(".pub")
    if not publique.exists():
        write_entier(publique, _read_cle(chemin).export_public_key())
    return chemin


class _Gardien(asyncssh.SSHServer):
    """Lets in a company that shows its own key; keys only."""

    def __init__(self, racine: Path, cles: Path) -> None:
        self.racine = racine
        self.cles = cles

    def begin_auth(self, username: str) -> bool:
        """Every account must prove who it is."""
        del username
        return True

    def public_key_auth_supported(self) -> bool:
        """The only way in."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether the key is that of the account's company, and the company has a box."""
        adherent = parse_compte(username)
        if adherent is None or not (self.racine / adherent).is_dir():
            return False
        try:
            attendue = asyncssh.read_public_key(self.cles / f"{compute_nom_cle(adherent)}.pub")
        except (OSError, asyncssh.KeyImportError):
            return False
        return bool(key == attendue)


async def _listen(
    racine: Path, cles: Path, cle_hote: asyncssh.SSHKey, port: int
) -> asyncssh.SSHAcceptor:
    def open_boite(canal: asyncssh.SSHServerChannel[bytes]) -> Boite:
        adherent = parse_compte(canal.get_extra_info("username"))
        if adherent is None:
            raise asyncssh.SFTPPermissionDenied("compte inconnu")
        return Boite(canal, racine / adherent)

    return await asyncssh.create_server(
        lambda: _Gardien(racine, cles),
        HOTE,
        port,
        server_host_keys=[cle_hote],
        sftp_factory=open_boite,
        sftp_version=3,
        allow_scp=False,
        agent_forwarding=False,
        x11_forwarding=False,
    )


async def _close(accepteur: asyncssh.SSHAcceptor) -> None:
    accepteur.close()
    await accepteur.wait_closed()


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in its own thread."""
    boucle = asyncio.new_event_loop()
    fil = threading.Thread(target=boucle.run_forever, name="serveur-sftp", daemon=True)
    fil.start()
    try:
        yield boucle
    finally:
        boucle.call_soon_threadsafe(boucle.stop)
        fil.join(DELAI_S)
        boucle.close()


def _run(boucle: asyncio.AbstractEventLoop, tache: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(tache, boucle).result(DELAI_S)


def _describe(port: int, cle_hote: asyncssh.SSHKey, dossier: Path) -> ServeurSftp:
    publique = cle_hote.export_public_key().decode("ascii").strip()
    ligne = f"[{HOTE}]:{port} {publique}"
    hotes_connus = dossier / HOTES_CONNUS
    write_entier(hotes_connus, f"{ligne}\n".encode("ascii"))
    return ServeurSftp(HOTE, port, ligne, hotes_connus, dossier)


def _read_cle(chemin: Path) -> asyncssh.SSHKey:
    """A private key kept in a file, generated the first time."""
    if not chemin.exists():
        cle = asyncssh.generate_private_key(ALGORITHME)
        descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descripteur, "wb") as flux:
            flux.write(cle.export_private_key())
    return asyncssh.read_private_key(chemin)
