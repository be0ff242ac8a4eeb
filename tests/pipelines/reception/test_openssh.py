from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from pipelines.reception.candidats import SourceIndisponibleError
from pipelines.reception.openssh import format_installation
from tests.pipelines.reception.sshd import A, B, Sshd, find_manque, serve_openssh

pytestmark = pytest.mark.openssh


@pytest.fixture
def sshd() -> Iterator[Sshd]:
    """The server, or no test."""
    if manque := find_manque():
        pytest.fail(manque) if os.environ.get("CAISSE_EXIGE_TOUT") == "1" else pytest.skip(manque)
    with serve_openssh() as lance:
        yield lance


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


def test_the_script_names_the_box_of_each_company() -> None:
    """One line a company, in order; folders with a space stay one word."""
    dossiers = Path("/srv/les boites"), Path("/srv/caisse")
    texte = format_installation(["0000102", "0000101"], *dossiers)
    assert "boite 0000101 adh0000101\nboite 0000102 adh0000102\n" in texte
    assert "racine='/srv/les boites'\n" in texte
    assert "ForceCommand internal-sftp -u 0027" in texte
