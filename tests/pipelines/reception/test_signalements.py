"""Files that are no deposits: never claimed, told once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.reception.etapes import Reception, receive_depots
from pipelines.reception.source_locale import SourceLocale
from warehouse.maison import Maison

COMPTE = b"S10.G00.00.005,'02'\r\nS90.G00.90.001,'3'\r\nS90.G00.90.002,'1'\r\n"
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
EN_COURS = (
    "a.dsn.part", "a.dsn.partial", "a.dsn.PARTIAL", "a.dsn.crdownload", "a.dsn.uploading",
    "a.dsn.temp", "a.dsn.tmp", "a.dsn.filepart", "a.dsn~", ".a.dsn.x7f",
)  # fmt: skip
SYSTEME = (
    "desktop.ini",
    "Desktop.ini",
    ".DS_Store",
    "Thumbs.db",
    "THUMBS.DB",
    "._a.dsn",
    "~$a.xlsx",
)


def receive(maison: Maison, source: SourceLocale, depuis: timedelta) -> Reception:
    """A scan so long after noon."""
    return receive_depots(maison, source, MIDI + depuis)


def avis(retour: Path) -> list[str]:
    """Texts of the notices of the company."""
    return [chemin.read_text("utf-8") for chemin in sorted(retour.glob("AVIS_*.txt"))]


@pytest.mark.parametrize("nom", EN_COURS)
def test_an_upload_in_progress_waits_then_is_told_after_two_days(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, nom: str
) -> None:
    """Never claimed; left two days, its company is told once, and again when it is taken up."""
    (depot / nom).write_bytes(COMPTE)
    for heures in (0, 1, 47):
        reception = receive(maison, source, timedelta(hours=heures))
        assert ([vu.nom for vu in reception.attente], reception.depots) == ([nom], ())
    assert avis(retour) == []
    for heures in (48, 49, 400):
        assert receive(maison, source, timedelta(hours=heures)).depots == ()
    (texte,) = avis(retour)
    assert nom in texte
    assert "jamais terminé" in texte
    assert len(list(retour.iterdir())) == 1
    (depot / nom).write_bytes(COMPTE + b"suite")
    for heures in (401, 449, 450):
        receive(maison, source, timedelta(hours=heures))
    assert len(avis(retour)) == 2


@pytest.mark.parametrize("nom", SYSTEME)
def test_a_file_of_a_system_is_told_once(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, nom: str
) -> None:
    """Left where it is, whatever becomes of it: one notice, one line, nothing in the journal."""
    (depot / nom).write_bytes(b"x")
    vus = [receive(maison, source, timedelta(hours=h)) for h in (0, 1)]
    (depot / nom).write_bytes(b"changed")
    vus.append(receive(maison, source, timedelta(hours=99)))
    assert [[v.nom for v in vu.ecartes] for vu in vus] == [[nom], [], []]
    assert all(vu.depots == () and vu.attente == () for vu in vus)
    (texte,) = avis(retour)
    assert "pas un dépôt" in texte
    assert (depot / nom).exists()


@pytest.mark.parametrize("nom", ["a.dsn.sha256", "a.dsn.SHA256", "A.Sha256"])
def test_a_digest_without_its_file_is_no_deposit(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, nom: str
) -> None:
    """It waits for its file a quarter of an hour, then its company is told once."""
    (depot / nom).write_bytes(hashlib.sha256(COMPTE).hexdigest().encode())
    vus = [receive(maison, source, timedelta(minutes=m)) for m in (0, 14, 15, 16, 600)]
    assert [len(vu.attente) for vu in vus] == [1, 1, 0, 0, 0]
    assert [len(vu.ecartes) for vu in vus] == [0, 0, 1, 0, 0]
    assert all(vu.depots == () for vu in vus)
    assert len(avis(retour)) == 1


@pytest.mark.parametrize("suffixe", [".sha256", ".SHA256", ".Sha256"])
def test_a_digest_in_capitals_goes_with_its_file(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, suffixe: str
) -> None:
    """The digest spares the wait and leaves with the file, whatever its case."""
    texte = b"S10.G00.00.005,'02'\r\n"
    (depot / "a.dsn").write_bytes(texte)
    (depot / f"a.dsn{suffixe}").write_bytes(hashlib.sha256(texte).hexdigest().encode())
    assert len(receive(maison, source, timedelta(0)).depots) == 1
    assert list(depot.iterdir()) == []
    assert avis(retour) == []


def test_a_lost_memory_costs_a_second_notice_of_the_same_name(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path
) -> None:
    """What was told is a file like another: unreadable, the notice is written again, the same."""
    (depot / "desktop.ini").write_bytes(b"x")
    receive(maison, source, timedelta(0))
    (texte,) = avis(retour)
    (maison.reglages.dossier / "signalements.json").write_text("{")
    receive(maison, source, timedelta(hours=1))
    assert avis(retour) == [texte]
