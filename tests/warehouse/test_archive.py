"""The archive keeps each content once, whole, read-only, and knows when it changed."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from warehouse.archive import SEULS, Archive, ArchiveCorrompue
from warehouse.coffre.trousseau import Cle, Trousseau
from warehouse.points_arret import VARIABLE

CONTENU = b"S10.G00.00.001,'essai'\r\n"
TROUSSEAU = Trousseau((Cle(b"0" * 32),))
ECRIRE = """
import sys
from pathlib import Path
from warehouse.archive import Archive
from warehouse.coffre.trousseau import Cle, Trousseau
Archive(Path(sys.argv[1]), Trousseau((Cle(b'0' * 32),))).write(sys.stdin.buffer.read())
"""


ENSEMBLE = """
import sys
from pathlib import Path
from warehouse.archive import Archive
from warehouse.coffre.trousseau import Cle, Trousseau
with Archive(Path(sys.argv[1]), Trousseau((Cle(b'0' * 32),))).together() as lot:
    for contenu in sys.stdin.buffer.read().split(b"|"):
        lot.write(contenu)
"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    (tmp_path / "depots").mkdir()
    return Archive(tmp_path / "depots", TROUSSEAU)


@pytest.mark.parametrize("contenu", [CONTENU, b"", bytes(range(256)) * 4096])
def test_ecrire_et_relire(archive: Archive, contenu: bytes) -> None:
    """What is read is what was written, under its SHA-256, in a read-only file."""
    sha256 = archive.write(contenu)
    assert sha256 == hashlib.sha256(contenu).hexdigest()
    assert archive.read(sha256) == contenu
    chemin = archive.path(sha256)
    assert chemin == archive.dossier / sha256[:2] / sha256
    assert chemin.stat().st_mode & 0o777 == 0o440


def test_une_seule_fois(archive: Archive) -> None:
    """The same content written twice, or by many at once, is one file, not touched again."""
    with ThreadPoolExecutor(8) as executeur:
        list(executeur.map(archive.write, [CONTENU] * 50))
    [fichier] = [f for f in archive.dossier.rglob("*") if f.is_file()]
    inode = fichier.stat().st_ino
    archive.write(CONTENU)
    assert fichier.stat().st_ino == inode


def test_bit_retourne(archive: Archive) -> None:
    """One bit flipped is seen at reading and at writing again, and never repaired in silence."""
    sha256 = archive.write(CONTENU)
    altere = bytes([CONTENU[0] ^ 1]) + CONTENU[1:]
    archive.path(sha256).chmod(0o600)
    archive.path(sha256).write_bytes(altere)
    with pytest.raises(ArchiveCorrompue):
        archive.read(sha256)
    with pytest.raises(ArchiveCorrompue):
        archive.write(CONTENU)
    assert archive.path(sha256).read_bytes() == altere


def test_contenu_absent(archive: Archive) -> None:
    """A content that was never kept is not found."""
    with pytest.raises(FileNotFoundError):
        archive.read("0" * 64)


@pytest.mark.parametrize("nom", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_nom_hostile(archive: Archive, nom: str) -> None:
    """Only a SHA-256 names a content: no path can be made of anything else."""
    with pytest.raises(ValueError, match="SHA-256"):
        archive.path(nom)


@pytest.mark.parametrize(
    ("point", "present"),
    [
        ("archive.avant_ecriture", False),
        ("archive.avant_renommage", False),
        ("archive.apres_renommage", True),
    ],
)
def test_arret_brutal(archive: Archive, point: str, present: bool) -> None:
    """Killed at any point, the content is there whole or not at all; writing again completes."""
    commande = [sys.executable, "-c", ECRIRE, str(archive.dossier)]
    tue = subprocess.run(commande, input=CONTENU, env={VARIABLE: point}, check=False)
    assert tue.returncode == -9
    chemin = archive.path(hashlib.sha256(CONTENU).hexdigest())
    assert chemin.exists() == present
    assert archive.read(archive.write(CONTENU)) == CONTENU


@pytest.mark.parametrize("nombre", [3, 40])
def test_contents_kept_together_need_few_synchronisations(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, nombre: int
) -> None:
    """Written by many threads, some twice: each is there, read-only, once the lot ends."""
    synchronises: list[int] = []
    monkeypatch.setattr(os, "fsync", synchronises.append)
    contenus = [b"%d" % rang for rang in range(nombre)]
    with archive.together() as lot, ThreadPoolExecutor(8) as executeur:
        empreintes = list(executeur.map(lot.write, contenus * 3))
        assert not archive.path(empreintes[0]).exists()
    assert [archive.read(empreinte) for empreinte in empreintes] == contenus * 3
    fichiers = [f for f in archive.dossier.rglob("*") if f.is_file()]
    assert {f.stat().st_mode & 0o777 for f in fichiers} == {0o440}
    assert len(fichiers) == nombre
    assert len(synchronises) == (2 * nombre + 1 if nombre <= SEULS else 0)


def test_a_lot_that_fails_keeps_nothing(archive: Archive) -> None:
    """Nor does it leave files behind; what was kept before stays."""
    avant = archive.write(CONTENU)

    def write_and_fail() -> None:
        with archive.together() as lot:
            assert lot.write(CONTENU) == avant
            lot.write(b"autre")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert [f.name for f in archive.dossier.rglob("*") if f.is_file()] == [avant]


def test_what_is_not_written_whole_of_a_lot_is_not_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor written again as if it were there; the others of the lot are kept."""
    vraie, perdue = os.fchmod, hashlib.sha256(b"perdue").hexdigest()
    pleins = iter([False, True, False])

    def fail_once(descripteur: int, mode: int) -> None:
        if next(pleins):
            os.ftruncate(descripteur, 3)
            raise OSError(errno.ENOSPC, "plus de place")
        vraie(descripteur, mode)

    monkeypatch.setattr(os, "fchmod", fail_once)
    with archive.together() as lot:
        avant = lot.write(b"avant")
        with pytest.raises(OSError, match="plus de place"):
            lot.write(b"perdue")
        apres = lot.write(b"apres")
    assert not archive.path(perdue).exists()
    assert [archive.read(avant), archive.read(apres)] == [b"avant", b"apres"]
    assert sum(f.is_file() for f in archive.dossier.rglob("*")) == 2


@pytest.mark.parametrize(
    ("point", "presents"),
    [
        ("archive.avant_ecriture:7", 0),
        ("archive.avant_renommage", 0),
        ("archive.apres_renommage", 20),
    ],
)
def test_a_lot_killed_keeps_all_or_nothing(archive: Archive, point: str, presents: int) -> None:
    """Killed at any point, contents are there whole or not at all; writing again completes."""
    contenus = [b"%d" % rang for rang in range(20)]
    commande = [sys.executable, "-c", ENSEMBLE, str(archive.dossier)]
    environnement = {VARIABLE: point}
    tue = subprocess.run(commande, input=b"|".join(contenus), env=environnement, check=False)
    assert tue.returncode == -9
    chemins = [archive.path(hashlib.sha256(contenu).hexdigest()) for contenu in contenus]
    assert sum(chemin.exists() for chemin in chemins) == presents
    with archive.together() as lot:
        assert [archive.path(lot.write(contenu)) for contenu in contenus] == chemins
    assert [archive.read(chemin.name) for chemin in chemins] == contenus
