"""A disk that fills at any step of a night: an error, nothing torn, resumed when there is room."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.depart import Depart
from tests.efforts import EFFORT

pytestmark = pytest.mark.tue
# What is left when the night begins, in KiB, of the 2,800 that it takes.
RESTES = range(0, 2_400, 48) if EFFORT == "epreuve" else (24, 1_800)
MONTE = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs"]


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
