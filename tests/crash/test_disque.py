"""A disk that fills, or a call that fails, anywhere in a night: nothing torn, the same bytes.

`fautes.c` sees the calls of Python, of SQLite (a commit is such calls) and of the engines in Rust
and C++; it does not see files mapped in memory.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from errno import EIO, ENOSPC
from itertools import count
from pathlib import Path

import pytest

from tests.crash.depart import Depart, Faute
from tests.efforts import EFFORT
from warehouse.preuves.verification import verify_preuves

pytestmark = pytest.mark.tue
# What is left when the night begins, in KiB, of the 2,800 that it takes.
RESTES = range(0, 2_400, 48) if EFFORT == "epreuve" else (24, 1_800)
MONTE = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs"]
# Each further in the night, taken up at the next.
EN_CHAINE = (
    Faute("depots", "rename", 2),
    Faute("prises", "fsync", 2),
    Faute("lac", "linkat", 12),
    Faute("lac", "open64", 600, toujours=True),
    Faute("registre.sqlite-wal", "pwrite64", 60, ENOSPC),
    Faute("preuves", "fsync"),
    Faute("sftp", "renameat", 12),
)
TOUTES = 120 if EFFORT == "epreuve" else 0  # tests that share every call of a night
ARCHIVES = re.compile(r"/maison/(lac|depots)/")


@pytest.fixture
def disque(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    dossier = tmp_path / "disque"
    dossier.mkdir()
    if subprocess.run([*MONTE, dossier], capture_output=True, check=False).returncode:
        pytest.skip("cette machine ne laisse pas monter de disque")  # a right, not a package
    yield dossier
    subprocess.run(["umount", "--lazy", dossier], check=True)


def resize(disque: Path, octets: int) -> None:
    """Another size for the disk, its content kept."""
    subprocess.run(["mount", "-o", f"remount,size={octets}", disque], check=True)


@pytest.mark.parametrize("reste_kio", RESTES)
def test_a_night_on_a_full_disk_ends_as_if_undisturbed_once_there_is_room(
    avant: Depart, temoin: dict[str, bytes], disque: Path, reste_kio: int
) -> None:
    """It fails, twice, without being killed; then the same bytes, and nothing was cleaned."""
    depart = avant.copy(disque)
    resize(disque, shutil.disk_usage(disque).used + reste_kio * 1024)
    assert [depart.joue(depart.ask()) for _ in range(2)] == [1, 1]
    resize(disque, 64 * 1024**2)
    assert depart.finish_night() == temoin


def test_a_night_whose_calls_fail_ends_as_if_undisturbed(
    depart: Depart, temoin: dict[str, bytes]
) -> None:
    """One call fails, or all from there on; taken up each time, it publishes the same bytes."""
    for faute in EN_CHAINE:
        code, appels = depart.fail_night(faute)
        assert (code, len(appels) >= faute.rang) == (1, True), faute
    assert depart.finish_night() == temoin
    assert list(verify_preuves(depart.open().maison)) == []


@pytest.mark.parametrize("premier", range(1, TOUTES + 1))
def test_every_call_of_a_night_may_fail(
    avant: Depart, temoin: dict[str, bytes], tmp_path: Path, premier: int
) -> None:
    """One call a home; its night stops, or leaves one file to the next, as if it came later."""
    for rang in count(premier, TOUTES):
        depart = avant.copy(tmp_path / str(rang))
        code, appels = depart.fail_night(Faute(rang=rang, erreur=(EIO, ENOSPC)[rang % 2]))
        assert list_unsafe(appels[: rang - 1]) == [], rang
        if len(appels) < rang:
            return  # the night was over
        publie = depart.finish_night()
        caisse = depart.open()
        assert list(verify_preuves(caisse.maison)) == [], rang
        if code:
            assert publie == temoin, appels[rang - 1]
        else:
            assert list_amounts(publie) == list_amounts(temoin), appels[rang - 1]
            assert not list(depart.dossier.glob("sftp/*/depot/*")), appels[rang - 1]


def list_unsafe(appels: Sequence[str]) -> list[str]:
    """Files of the lake and the archive that a commit of the base came before they were on disk."""
    attendent: set[str] = set()
    perdus = []
    for appel, chemin in (ligne.split(" ", maxsplit=1) for ligne in appels):
        fichier = chemin.partition("#")[0]  # how Delta names what it is writing
        if "write" in appel and ARCHIVES.search(chemin):
            attendent.add(fichier)
        elif appel == "syncfs":
            attendent.clear()
        elif appel == "fsync":
            attendent.discard(fichier)
        elif appel == "fdatasync":
            perdus += sorted(attendent)
    return perdus


def list_amounts(publie: dict[str, bytes]) -> dict[str, list[list[str]]]:
    """What is called and received: it depends neither on the day nor on the rank of a deposit."""
    return {
        table: sorted(
            [valeur for nom, valeur in ligne.items() if nom.endswith("_centimes")]
            for ligne in csv.DictReader(publie[table].decode().splitlines())
        )
        for table in ("appels", "lignes_appel", "encaissements")
    }
