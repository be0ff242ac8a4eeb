"""A real OpenSSH server on the loopback, with the configuration that the command prints."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.reception import serveur as embarque
from pipelines.reception.connexion import AdresseSftp, ClientSftp, Connexion, open_client
from pipelines.reception.openssh import CLES, GROUPE, format_configuration

SSHD = Path("/usr/sbin/sshd")
# Accounts every Debian has, without a shell, that play two companies.
A, B = "games", "news"


@dataclass(frozen=True)
class Sshd:
    """A running OpenSSH server with the boxes of two companies."""

    racine: Path
    port: int
    cles: Path
    ouvertes: list[Connexion] = field(default_factory=list)

    def open(self, compte: str, cle: str) -> ClientSftp:
        """Session of an account with the key of a company."""
        adresse = AdresseSftp("127.0.0.1", self.port, compte)
        connexion = open_client(adresse, cle=self.cles / cle, hotes_connus=self.cles / "connus")
        self.ouvertes.append(connexion)
        return connexion.client


def find_manque() -> str | None:
    """What this machine lacks to run the server."""
    if not SSHD.exists():
        return "OpenSSH (/usr/sbin/sshd) n'est pas installé"
    return "enfermer un compte (chroot) demande root" if os.geteuid() else None


@contextmanager
def serve_openssh() -> Iterator[Sshd]:
    """The server, while it is needed."""
    # Not under /tmp: every folder above a chroot must be root's and closed to others.
    racine = Path(tempfile.mkdtemp(prefix="caisse-sshd-", dir="/var/lib"))
    racine.chmod(0o755)
    try:
        yield from _run_sshd(racine)
    finally:
        shutil.rmtree(racine)


def _run_sshd(racine: Path) -> Iterator[Sshd]:
    port = _free_port()
    configuration = _install(racine, port)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    verification = subprocess.run(
        [SSHD, "-t", "-f", configuration], capture_output=True, check=False
    )
    assert verification.returncode == 0, verification.stderr.decode()
    journal = racine / "sshd.log"
    serveur = subprocess.Popen([SSHD, "-D", "-E", journal, "-f", configuration])
    try:
        while not (journal.exists() and "listening" in journal.read_text()):
            assert serveur.poll() is None
            time.sleep(0.02)
        lance = Sshd(racine, port, racine / "cles")
        yield lance
        for connexion in lance.ouvertes:
            connexion.close()
    finally:
        serveur.terminate()
        serveur.wait(20)


def _free_port() -> int:
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        return int(libre.getsockname()[1])


def _install(racine: Path, port: int) -> Path:
    """Folders as the script of installation makes them, for existing accounts, in other paths."""
    cles, publiques = racine / "cles", racine / "cles" / "adherents"
    publiques.mkdir(parents=True)
    hote = embarque._read_cle(cles / "hote_ed25519")
    (cles / "connus").write_text(f"[127.0.0.1]:{port} {hote.export_public_key().decode()}")
    for compte in (A, B):
        cle = embarque._read_cle(cles / compte)
        (publiques / compte).write_bytes(cle.export_public_key())
        ids = pwd.getpwnam(compte)
        depot, retour = racine / "sftp" / compte / "depot", racine / "sftp" / compte / "retour"
        for dossier, proprietaire, groupe, droits in (
            (depot, ids.pw_uid, 0, 0o2770),
            (retour, 0, ids.pw_gid, 0o2750),
        ):
            dossier.mkdir(parents=True)
            os.chown(dossier, proprietaire, groupe)
            dossier.chmod(droits)
    texte = format_configuration(port)
    for ancien, nouveau in (
        (f"AllowGroups {GROUPE}", f"AllowUsers {A} {B}"),
        (f"Match Group {GROUPE}", f"Match User {A},{B}"),
        ("ChrootDirectory %h", f"ChrootDirectory {racine}/sftp/%u"),
        ("PidFile /run/sshd_caisse.pid", "PidFile none\nListenAddress 127.0.0.1"),
    ):
        assert ancien in texte
        texte = texte.replace(ancien, nouveau)
    configuration = racine / "sshd_config"
    configuration.write_text(texte.replace(CLES, str(cles)))
    return configuration
