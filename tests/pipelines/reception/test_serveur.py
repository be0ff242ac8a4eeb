from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import paramiko
import pytest

from pipelines.reception.candidats import SourceIndisponibleError
from pipelines.reception.connexion import ClientSftp, open_client
from pipelines.reception.envoi import EnvoiRefuseError, send_depots
from pipelines.reception.etapes import receive_depots
from pipelines.reception.serveur import ServeurSftp, serve_sftp
from pipelines.reception.source_locale import SourceLocale
from warehouse.maison import Maison

A, B = "0000101", "0000102"
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
MESSAGE = b"S10.G00.00.005,'02'\r\nS90.G00.90.001,'3'\r\nS90.G00.90.002,'1'\r\n"


@pytest.fixture
def serveur(maison: Maison) -> Iterator[ServeurSftp]:
    """The embedded server of the house."""
    with serve_sftp(maison) as serveur:
        yield serveur


@pytest.fixture
def client(serveur: ServeurSftp) -> Iterator[ClientSftp]:
    """A session of company A."""
    cle = serveur.create_cle(A)
    connexion = open_client(serveur.adresse(A), cle=cle, hotes_connus=serveur.hotes_connus)
    yield connexion.client
    connexion.close()


def test_a_company_drops_and_reads_its_receipt(
    maison: Maison, source: SourceLocale, serveur: ServeurSftp, client: ClientSftp, tmp_path: Path
) -> None:
    """Dropped by SFTP, received at once, answered: the company reads the receipt by SFTP."""
    fichier = tmp_path / "mars.dsn"
    fichier.write_bytes(MESSAGE)
    cle = serveur.create_cle(A)
    (empreinte,) = send_depots(
        [fichier], serveur.adresse(A), cle=cle, hotes_connus=serveur.hotes_connus
    )
    assert sorted(client.listdir("depot")) == ["mars.dsn", "mars.dsn.sha256"]
    (recu,) = receive_depots(maison, source, MIDI).depots
    assert recu.sha256 == empreinte
    assert client.listdir("depot") == []
    with client.open(f"retour/ACK_{recu.depot}.xml") as flux:
        assert empreinte.encode() in flux.read()


def test_a_name_that_waits_is_not_replaced(
    serveur: ServeurSftp, client: ClientSftp, tmp_path: Path
) -> None:
    """Dropping under the name of a file not received yet is refused, the first file stays."""
    fichier = tmp_path / "mars.dsn"
    fichier.write_bytes(b"second")
    client.putfo(io.BytesIO(b"premier"), "depot/mars.dsn")
    with pytest.raises(EnvoiRefuseError):
        send_depots(
            [fichier],
            serveur.adresse(A),
            cle=serveur.create_cle(A),
            hotes_connus=serveur.hotes_connus,
        )
    with client.open("depot/mars.dsn") as flux:
        assert flux.read() == b"premier"


def test_a_company_sees_nothing_of_another(
    maison: Maison, serveur: ServeurSftp, client: ClientSftp
) -> None:
    """Company A cannot list, read, write or even guess the files of company B."""
    sftp = maison.reglages.dossier / "sftp"
    (sftp / B / "depot" / "b.dsn").write_bytes(b"secret")
    (sftp / B / "retour" / "b.xml").write_bytes(b"secret")
    assert sorted(client.listdir("/")) == ["depot", "retour"]
    assert sorted(client.listdir("..//../")) == ["depot", "retour"]
    for chemin in (f"../{B}/depot", f"/{B}", f"/{B}/depot", str(sftp / B / "depot")):
        with pytest.raises(PermissionError):
            client.listdir(chemin)
    for chemin in (f"../{B}/retour/b.xml", f"/depot/../../{B}/depot/b.dsn", "/etc/passwd"):
        with pytest.raises(PermissionError):
            client.open(chemin).read()
        with pytest.raises(PermissionError):
            client.putfo(io.BytesIO(b"x"), chemin)
    cle = serveur.create_cle(A)
    with pytest.raises(SourceIndisponibleError, match="refuse cette clé"):
        open_client(serveur.adresse(B), cle=cle, hotes_connus=serveur.hotes_connus)


INTERDITS: list[Callable[[ClientSftp], object]] = [
    lambda c: c.putfo(io.BytesIO(b"x"), "retour/faux.xml"),
    lambda c: c.remove("retour/ACK.xml"),
    lambda c: c.rename("retour/ACK.xml", "depot/ACK.xml"),
    lambda c: c.posix_rename("depot/a.dsn", "retour/ACK.xml"),
    lambda c: c.symlink("/etc/passwd", "depot/lien"),
    lambda c: c.symlink("../retour", "depot/lien"),
    lambda c: c.readlink("depot/lien.dsn"),
    lambda c: c.mkdir("depot/sous"),
    lambda c: c.mkdir("autre"),
    lambda c: c.rmdir("depot"),
    lambda c: c.remove("depot"),
    lambda c: c.rename("depot", "retour"),
    lambda c: c.chmod("retour/ACK.xml", 0o777),
    lambda c: c.truncate("retour/ACK.xml", 0),
    lambda c: c.open("retour/ACK.xml", "a"),
    lambda c: c.open("retour/ACK.xml", "r+"),
    lambda c: c.open("depot/lien.dsn").read(),
    lambda c: c.open("depot/lien.dsn", "w"),
]


@pytest.mark.parametrize("action", INTERDITS)
def test_what_is_not_dropping_or_reading_is_refused(
    maison: Maison,
    client: ClientSftp,
    tmp_path: Path,
    action: Callable[[ClientSftp], object],
) -> None:
    """The outbox is read-only, links are neither made nor followed, folders do not change."""
    boite = maison.reglages.dossier / "sftp" / A
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (boite / "retour" / "ACK.xml").write_bytes(b"accuse")
    (boite / "depot" / "a.dsn").write_bytes(MESSAGE)
    (boite / "depot" / "lien.dsn").symlink_to(secret)
    with pytest.raises(OSError, match=r".+"):
        action(client)
    assert secret.read_bytes() == b"secret"
    assert (boite / "retour" / "ACK.xml").read_bytes() == b"accuse"
    assert sorted(chemin.name for chemin in boite.rglob("*")) == [
        "ACK.xml",
        "a.dsn",
        "depot",
        "lien.dsn",
        "retour",
    ]


def test_only_sftp_with_the_right_key_is_served(serveur: ServeurSftp, client: ClientSftp) -> None:
    """No shell, no command, no forwarding, no password."""
    canal = client.get_channel()
    assert canal is not None
    transport = canal.get_transport()
    session = transport.open_session()
    with pytest.raises(paramiko.SSHException):
        session.exec_command("id")
    with pytest.raises(paramiko.SSHException):
        transport.open_session().invoke_shell()
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 0))
    nu = paramiko.Transport(socket.create_connection((serveur.hote, serveur.port)))
    nu.start_client(timeout=20)
    with pytest.raises(paramiko.BadAuthenticationType):
        nu.auth_password(f"adh{A}", "motdepasse")
    nu.close()


def test_an_unknown_or_changed_server_gets_nothing(serveur: ServeurSftp, tmp_path: Path) -> None:
    """Without its host key among the known ones, or with another one, nothing is sent."""
    cle = serveur.create_cle(A)
    inconnus = tmp_path / "hotes"
    inconnus.write_text("")
    with pytest.raises(SourceIndisponibleError, match="serveur inconnu"):
        open_client(serveur.adresse(A), cle=cle, hotes_connus=inconnus)
    autre = cle.with_suffix(".pub").read_text().strip()
    inconnus.write_text(f"[{serveur.hote}]:{serveur.port} {autre}\n")
    with pytest.raises(SourceIndisponibleError, match="la clé du serveur a changé"):
        open_client(serveur.adresse(A), cle=cle, hotes_connus=inconnus)


def test_keys_last_and_are_private(maison: Maison) -> None:
    """A restarted server keeps its identity and the companies' keys, readable by their owner."""
    with serve_sftp(maison) as premier:
        cle = premier.create_cle(A).read_bytes()
        publique = premier.ligne_hote.split()[-1]
    with serve_sftp(maison) as second:
        assert second.create_cle(A).read_bytes() == cle
        assert second.ligne_hote.split()[-1] == publique
        assert second.create_cle(A).stat().st_mode & 0o777 == 0o600
        assert (second.cles / "hote").stat().st_mode & 0o777 == 0o600


def test_a_name_that_is_not_utf8_travels(
    maison: Maison, source: SourceLocale, client: ClientSftp
) -> None:
    """A Latin-1 name, as old systems send, is listed and received."""
    client.putfo(io.BytesIO(b"a"), b"depot/pa\xefe.dsn")
    assert [nom for nom, _ in client.list_dossier(b"depot")] == [b"pa\xefe.dsn"]
    assert [attente.nom for attente in receive_depots(maison, source, MIDI).attente] == [
        r"pa\udcefe.dsn"
    ]
