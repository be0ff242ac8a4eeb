from __future__ import annotations

import io
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
import pytest

from pipelines.reception import serveur as embarque
from pipelines.reception.candidats import SourceIndisponibleError
from pipelines.reception.connexion import AdresseSftp, ClientSftp, Connexion, open_client
from pipelines.reception.openssh import CLES, GROUPE, format_configuration

SSHD = Path("/usr/sbin/sshd")
# Accounts every Debian has, without a shell, that play two companies.
A, B = "games", "news"

pytestmark = pytest.mark.openssh


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


@pytest.fixture
def sshd() -> Iterator[Sshd]:
    """A real sshd on the loopback, with the configuration that the command prints."""
    _require(present=SSHD.exists(), motif="OpenSSH (/usr/sbin/sshd) n'est pas installé")
    _require(present=os.geteuid() == 0, motif="enfermer un compte (chroot) demande root")
    # Not under /tmp: every folder above a chroot must be root's and closed to others.
    racine = Path(tempfile.mkdtemp(prefix="caisse-sshd-", dir="/var/lib"))
    racine.chmod(0o755)
    try:
        yield from _run_sshd(racine)
    finally:
        shutil.rmtree(racine)


def _require(*, present: bool, motif: str) -> None:
    if not present and os.environ.get("CAISSE_EXIGE_TOUT") == "1":
        pytest.fail(motif)
    if not present:
        pytest.skip(motif)


def _run_sshd(racine: Path) -> Iterator[Sshd]:
    port = _free_port()
    configuration = _install(racine, port)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    verification = subprocess.run(
        [SSHD, "-t", "-f", configuration], capture_output=True, check=False
    )
    assert verification.returncode == 0, verification.stderr.decode()
    serveur = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", configuration], stderr=subprocess.PIPE, text=True
    )
    try:
        assert serveur.stderr is not None
        for ligne in serveur.stderr:  # says that it listens, or ends
            if "listening" in ligne:
                break
        assert serveur.poll() is None
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
    """Do what the comments of the configuration say, with existing accounts and other paths."""
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
    texte = format_configuration([], racine / "sftp", port)
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


def test_a_company_drops_and_reads_in_its_own_box(sshd: Sshd) -> None:
    """It writes in `depot/`, reads in `retour/`; what it drops is closed to others."""
    client = sshd.open(A, A)
    (sshd.racine / "sftp" / A / "retour" / "ACK.xml").write_bytes(b"accuse")
    assert sorted(client.listdir("/")) == ["depot", "retour"]
    client.putfo(io.BytesIO(b"message"), "depot/a.dsn.part")
    client.rename("depot/a.dsn.part", "depot/a.dsn")
    depose = sshd.racine / "sftp" / A / "depot" / "a.dsn"
    assert (depose.read_bytes(), depose.stat().st_mode & 0o777) == (b"message", 0o640)
    assert depose.stat().st_nlink == 1
    with client.open("retour/ACK.xml") as flux:
        assert flux.read() == b"accuse"


def test_a_company_is_shut_in(sshd: Sshd) -> None:
    """It sees nothing of another company or of the system, and cannot make a link."""
    (sshd.racine / "sftp" / B / "depot" / "b.dsn").write_bytes(b"secret")
    client = sshd.open(A, A)
    for chemin in (f"/{B}", f"../{B}/depot", f"../../{B}", str(sshd.racine), "/etc"):
        with pytest.raises(FileNotFoundError):
            client.listdir(chemin)
    assert sorted(client.listdir("../../..")) == ["depot", "retour"]
    for chemin in (f"../{B}/depot/b.dsn", "/etc/passwd"):
        with pytest.raises(FileNotFoundError):
            client.open(chemin)
    for interdit in ("retour/faux.xml", "faux"):
        with pytest.raises(PermissionError):
            client.putfo(io.BytesIO(b"x"), interdit)
    with pytest.raises(OSError, match=r".+"):
        client.symlink("/etc/passwd", "depot/lien")
    with pytest.raises(SourceIndisponibleError, match="refuse cette clé"):
        sshd.open(B, A)
    with pytest.raises(SourceIndisponibleError, match="refuse cette clé"):
        sshd.open("root", A)


def test_no_shell_and_no_forwarding(sshd: Sshd) -> None:
    """A command is replaced by SFTP, there is no terminal, nothing is forwarded, no password."""
    client = sshd.open(A, A)
    canal = client.get_channel()
    assert canal is not None
    transport = canal.get_transport()
    session = transport.open_session()
    with pytest.raises(paramiko.SSHException):
        session.get_pty()
    commande = transport.open_session()
    commande.exec_command("id")
    commande.shutdown_write()
    assert b"uid=" not in commande.makefile("rb").read()
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", sshd.port), ("127.0.0.1", 0))
    nu = paramiko.Transport(socket.create_connection(("127.0.0.1", sshd.port)))
    nu.start_client(timeout=20)
    with pytest.raises(paramiko.BadAuthenticationType):
        nu.auth_password(A, "motdepasse")
    nu.close()


def test_the_configuration_names_the_box_and_key_of_each_company() -> None:
    """One block of commands a company, in order, with absolute folders."""
    texte = format_configuration(["0000102", "0000101"], Path("/srv/caisse/sftp"))
    assert texte.index("adh0000101") < texte.index("adh0000102")
    assert "ForceCommand internal-sftp -u 0027" in texte
    assert "-m 2770 /srv/caisse/sftp/0000101/depot" in texte
    assert "-m 2750 /srv/caisse/sftp/0000102/retour" in texte
    assert "{" not in texte
