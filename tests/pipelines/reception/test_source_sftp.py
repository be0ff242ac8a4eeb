from __future__ import annotations

import hashlib
import os
import pwd
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncssh
import pytest

from pipelines.reception import serveur as embarque
from pipelines.reception.candidats import (
    Candidat,
    DepotModifieError,
    SourceIndisponibleError,
)
from pipelines.reception.connexion import AdresseSftp
from pipelines.reception.etapes import receive_depots
from pipelines.reception.source_sftp import SourceSftp
from pipelines.reception.sources import SourceLocale, open_source, parse_source
from warehouse.maison import Maison
from warehouse.reglages import Reglages

MESSAGE = b"S10.G00.00.005,'02'\r\nS90.G00.90.001,'9'\r\nS90.G00.90.002,'1'\r\n"
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
HOSTILES = [b"../../cle", b"/etc/passwd", b"a\0b", b"a/b.dsn"]


class ServeurHostile(asyncssh.SFTPServer):
    """A server that lists, in every folder, names that are paths."""

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """The true entries, then the hostile ones."""
        async for nom in super().scandir(path):
            yield nom
        attributs = asyncssh.SFTPAttrs(permissions=0o100644, size=1, atime=0, mtime=0)
        for hostile in HOSTILES:
            yield asyncssh.SFTPName(hostile, attrs=attributs)


@contextmanager
def serve(racine: Path, cles: Path, fabrique: type[asyncssh.SFTPServer]) -> Iterator[Reglages]:
    """A real remote server, whose root is the folder of the boxes; the settings to reach it."""
    cle = embarque._read_cle(cles / "moteur")
    hote = embarque._read_cle(cles / "hote_distant")
    publique = asyncssh.import_authorized_keys(cle.export_public_key().decode())

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[hote],
            authorized_client_keys=publique,
            sftp_factory=lambda canal: fabrique(canal, chroot=bytes(racine)),
        )

    with embarque._loop() as boucle:
        accepteur = embarque._run(boucle, listen())
        port = accepteur.get_port()
        connus = cles / "connus"
        connus.write_text(f"[127.0.0.1]:{port} {hote.export_public_key().decode()}")
        yield Reglages(
            source_depots=f"sftp://moteur@127.0.0.1:{port}/",
            cle_sftp=cles / "moteur",
            hotes_connus=connus,
        )
        embarque._run(boucle, embarque._close(accepteur))


@pytest.fixture
def distante(maison: Maison, tmp_path: Path) -> Iterator[SourceSftp]:
    """The boxes of the house, seen through a remote server."""
    racine = maison.reglages.dossier / "sftp"
    with serve(racine, tmp_path, asyncssh.SFTPServer) as reglages, open_source(reglages) as source:
        assert isinstance(source, SourceSftp)
        yield source


def test_a_remote_deposit_is_received_and_answered(
    maison: Maison, distante: SourceSftp, depot: Path, retour: Path
) -> None:
    """Claimed through SFTP: archived, removed from the server, answered on the server."""
    octets = MESSAGE * 200
    (depot / "mars.dsn").write_bytes(octets)
    (depot / "mars.dsn.sha256").write_text(hashlib.sha256(octets).hexdigest())
    (recu,) = receive_depots(maison, distante, MIDI).depots
    assert maison.archive.read(recu.sha256) == octets
    assert list(depot.iterdir()) == []
    assert [chemin.name for chemin in retour.iterdir()] == [f"ACK_{recu.depot}.xml"]


def test_a_remote_server_names_owners_and_what_it_holds(
    distante: SourceSftp, depot: Path, retour: Path
) -> None:
    """Who a file belongs to, which answers are still there; one is withdrawn, once or twice."""
    (depot / "mars.dsn").write_bytes(MESSAGE)
    (vu,) = distante.list_depots().candidats
    assert vu.proprietaire == pwd.getpwuid(os.getuid()).pw_name
    for nom in ("a.txt", "b.txt"):
        (retour / nom).write_bytes(b"")
    assert distante.list_retour(vu.adherent) == {"a.txt", "b.txt"}
    for _ in range(2):
        distante.remove_retour(vu.adherent, "a.txt")
    assert [chemin.name for chemin in retour.iterdir()] == ["b.txt"]


def test_the_same_rules_hold_on_a_remote_server(
    maison: Maison, distante: SourceSftp, depot: Path, tmp_path: Path
) -> None:
    """Links and folders are left, uploads waited for, strange names received, size refused."""
    (tmp_path / "secret").write_bytes(MESSAGE)
    (depot / "lien.dsn").symlink_to(tmp_path / "secret")
    (depot / "sous").mkdir()
    (depot / "a.dsn.part").write_bytes(MESSAGE)
    (depot / "tronque.dsn").write_bytes(MESSAGE[:-9])
    (depot / "trop.dsn").write_bytes(b"a" * (maison.reglages.taille_max_octets + 1))
    (depot / "pa\udcefe\n.dsn").write_bytes(MESSAGE)
    assert receive_depots(maison, distante, MIDI).depots == ()
    reception = receive_depots(maison, distante, MIDI + timedelta(seconds=60))
    assert [recu.nom for recu in reception.depots] == [r"pa\udcefe\u000a.dsn"]
    assert [vu.nom for vu in reception.ecartes] == ["lien.dsn", "sous"]
    assert [vu.nom for vu in reception.attente] == ["a.dsn.part", "tronque.dsn", "trop.dsn"]
    fin = receive_depots(maison, distante, MIDI + timedelta(seconds=900))
    assert [(recu.nom, recu.etat) for recu in fin.depots] == [
        ("tronque.dsn", "RECU"),
        ("trop.dsn", "ILLISIBLE"),
    ]
    assert (depot / "trop.dsn").exists()


def test_a_file_changed_since_its_listing_is_neither_read_nor_removed(
    distante: SourceSftp, depot: Path, tmp_path: Path
) -> None:
    """What was listed is what is read and removed, or nothing is."""
    (depot / "a.dsn").write_bytes(MESSAGE)
    (vu,) = distante.list_depots().candidats
    (depot / "a.dsn").write_bytes(MESSAGE + b"\n")
    with pytest.raises(DepotModifieError):
        distante.read_contenu(vu, 1000, tmp_path / "copie")
    assert not distante.remove(vu)
    (depot / "a.dsn").unlink()
    with pytest.raises(DepotModifieError):
        distante.read_contenu(vu, 1000, tmp_path / "copie")
    assert not distante.remove(vu)


def test_names_that_are_paths_are_never_followed(
    maison: Maison, depot: Path, tmp_path: Path
) -> None:
    """A server that lists `../` or NUL gets nothing read, written or removed: they are listed."""
    (depot / "a.dsn").write_bytes(MESSAGE)
    (maison.reglages.dossier / "cle").write_bytes(b"secret")
    racine = maison.reglages.dossier / "sftp"
    with serve(racine, tmp_path, ServeurHostile) as reglages, open_source(reglages) as source:
        receive_depots(maison, source, MIDI)
        reception = receive_depots(maison, source, MIDI + timedelta(hours=1))
        assert [recu.nom for recu in reception.depots] == ["a.dsn"]
        refuses = [vu.nom for vu in reception.ecartes if vu.adherent == "0000101"]
        assert sorted(refuses) == ["../../cle", "/etc/passwd", "a/b.dsn", r"a\u0000b"]
        for nom in ("../x", "a\0b", "/x", ".."):
            with pytest.raises(ValueError, match="inutilisable"):
                source.remove(Candidat("0000101", nom, 1, ""))
            echecs = source.write_retours({("0000101", nom): b"x", (nom, "x"): b"x"})
            assert [str(echec).split()[1] for echec in echecs.values()] == ["inutilisable"] * 2


def test_a_remote_receipt_replaces_what_a_killed_run_left(
    distante: SourceSftp, retour: Path
) -> None:
    """A temporary file left there, or the receipt itself, is replaced by the whole file."""
    (retour / ".ACK.xml.tmp").write_bytes(b"moi")
    (retour / "ACK.xml").write_bytes(b"ancien, plus long que le nouveau")
    assert distante.write_retours({("0000101", "ACK.xml"): b"nouveau"}) == {}
    assert [(vu.name, vu.read_bytes()) for vu in retour.iterdir()] == [("ACK.xml", b"nouveau")]


def test_the_settings_choose_the_place(tmp_path: Path) -> None:
    """No address: the local folder; an incomplete one, or one with a password, is refused."""
    assert isinstance(open_source(Reglages(dossier=tmp_path)), SourceLocale)
    assert parse_source("sftp://moteur@depots.exemple/srv/caisse") == (
        AdresseSftp("depots.exemple", 22, "moteur"),
        "/srv/caisse",
    )
    for adresse in ("sftp://depots.exemple/", "ftp://m@depots.exemple/", "sftp://m:mot@x/"):
        with pytest.raises(ValueError, match="CAISSE_SOURCE_DEPOTS"):
            parse_source(adresse)
    with pytest.raises(ValueError, match="CAISSE_CLE_SFTP"):
        open_source(Reglages(source_depots="sftp://m@127.0.0.1:1/"))


def test_a_server_that_does_not_answer_is_said_so(tmp_path: Path, maison: Maison) -> None:
    """A closed port or a missing key file gives a sentence, not a stack of calls."""
    with serve(maison.reglages.dossier / "sftp", tmp_path, asyncssh.SFTPServer) as reglages:
        pass
    with pytest.raises(SourceIndisponibleError, match="rien ne répond"):
        open_source(reglages)
    sans_cle = reglages.model_copy(update={"cle_sftp": tmp_path / "absente"})
    with pytest.raises(SourceIndisponibleError, match="introuvable"):
        open_source(sans_cle)
