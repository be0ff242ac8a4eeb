from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.metiers import METIERS
from pipelines.reception.etapes import receive_depots, remettre
from pipelines.reception.source_locale import SourceLocale
from pipelines.recus import list_natures_fichier
from tests.parsers.echanges.fabrique import LIGNES, write
from warehouse.journal import Depot, read_depots
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages
from warehouse.remises import Remise, read_remises_dues

MESSAGE = b"S10.G00.00.005,'02'\r\nS90.G00.90.001,'3'\r\nS90.G00.90.002,'1'\r\n"
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
UN_PASSAGE = """
import sys
from datetime import datetime
from pathlib import Path
from functools import partial
from pipelines.metiers import METIERS
from pipelines.reception.etapes import receive_depots, remettre
from pipelines.reception.sources import open_source
from pipelines.recus import list_natures_fichier
from warehouse.maison import open_maison
from warehouse.reglages import Reglages
maison = open_maison(Reglages(dossier=Path(sys.argv[1])))
reconnait = partial(receive_depots, natures=list_natures_fichier(METIERS))
etapes = {"recevoir": receive_depots, "reconnaitre": reconnait, "remettre": remettre}
etape = etapes[sys.argv[2]]
etape(maison, open_source(maison.reglages), datetime.fromisoformat(sys.argv[3]))
"""


def run_killed(maison: Maison, etape: str, point: str) -> None:
    """Run a step in a process of its own, which must die at the point."""
    resultat = subprocess.run(
        [sys.executable, "-c", UN_PASSAGE, maison.reglages.dossier, etape, MIDI.isoformat()],
        env={**os.environ, "CAISSE_POINT_ARRET": point},
        check=False,
        capture_output=True,
    )
    assert resultat.returncode == -signal.SIGKILL, resultat.stderr.decode()


def drop(dossier: Path, nom: str, octets: bytes) -> None:
    """Drop a file with its digest."""
    (dossier / nom).write_bytes(octets)
    (dossier / f"{nom}.sha256").write_text(hashlib.sha256(octets).hexdigest())


@pytest.mark.parametrize(
    ("point", "nombre"),
    [
        ("archive.avant_ecriture:3", 12),
        ("archive.avant_renommage", 3),
        ("archive.avant_renommage", 12),
        ("archive.apres_renommage", 12),
        ("reception.apres_archive", 12),
        ("journal.depot_inscrit", 12),
        ("journal.etape_inscrite", 12),
        ("reception.apres_journal", 3),
        ("reception.apres_journal", 12),
        ("archive.avant_renommage:2", 12),
        ("archive.apres_renommage:2", 12),
        ("reception.apres_accuse", 12),
        ("reception.apres_retrait", 12),
        ("reception.apres_retrait:7", 12),
    ],
)
def test_a_killed_reception_is_finished_without_loss_or_double(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, point: str, nombre: int
) -> None:
    """Killed anywhere, then run again: each file has one row, one receipt, and has left."""
    for rang in range(nombre):
        drop(depot, f"{rang:02}.dsn", MESSAGE + b"\n" * rang)
    run_killed(maison, "recevoir", point)
    receive_depots(maison, source, MIDI)
    with maison.moteur.begin() as connexion:
        depots = read_depots(connexion)
    assert [(recu.nom, recu.etat) for recu in depots] == [
        (f"{rang:02}.dsn", "RECU") for rang in range(nombre)
    ]
    assert [maison.archive.read(recu.sha256) for recu in depots] == [
        MESSAGE + b"\n" * rang for rang in range(nombre)
    ]
    assert sorted(chemin.name for chemin in retour.iterdir()) == [
        f"ACK_{recu.depot}.xml" for recu in depots
    ]
    assert list(depot.iterdir()) == []
    assert list((maison.reglages.dossier / "prises").glob("*.json")) == []


def drop_echanges(depot: Path) -> None:
    """Exchange files: one sent twice, and another content under a reference already used."""
    references = ["F1", "F2", "F1", "F3", "F3", *(f"G{rang}" for rang in range(7))]
    for rang, reference in enumerate(references):
        autre = {} if rang != 2 else {"software": "autre 1"}
        octets = write("DMC", LIGNES["DMC"], mode="R", file_id=reference, **autre)
        (depot / f"DMC_R_0001234_20260701090000_{rang:04}.txt").write_bytes(octets)


def tell(maison: Maison, retour: Path) -> tuple[list[Depot], dict[str, bytes], int]:
    """What a reception leaves: the journal, the answers in the box, how many are owed still."""
    with maison.moteur.begin() as connexion:
        depots, dues = list(read_depots(connexion)), read_remises_dues(connexion)
    return depots, {f.name: f.read_bytes() for f in retour.iterdir()}, len(dues)


@pytest.mark.parametrize(
    "points",
    [
        ["journal.depot_inscrit", "reception.apres_accuse"],
        ["reception.apres_accuse:2", "reception.apres_retrait:3"],
        ["reception.apres_retrait:5", "archive.apres_renommage"],
        ["archive.apres_renommage:3", "reception.apres_accuse:2"],
    ],
    ids=" ".join,
)
def test_exchange_files_are_answered_as_if_nothing_had_died(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, points: list[str]
) -> None:
    """Killed twice, then finished: under each name the last answer, each file gone once."""
    temoin = maison.reglages.dossier.with_name("temoin")
    shutil.copytree(maison.reglages.dossier, temoin)
    autre = open_maison(Reglages(dossier=temoin))
    natures = list_natures_fichier(METIERS)
    boite = temoin / "sftp" / depot.parent.name
    drop_echanges(boite / "depot")
    receive_depots(autre, SourceLocale(temoin / "sftp"), MIDI, natures)
    drop_echanges(depot)
    for point in points:
        run_killed(maison, "reconnaitre", point)
    receive_depots(maison, source, MIDI, natures)
    assert tell(maison, retour) == tell(autre, boite / "retour")
    assert list(depot.iterdir()) == []
    assert list((maison.reglages.dossier / "prises").glob("*.json")) == []


def test_receptions_started_together_take_each_file_once(
    maison: Maison, depot: Path, retour: Path
) -> None:
    """Three processes on the same folder: they wait for each other, no file is taken twice."""
    for rang in range(20):
        drop(depot, f"{rang:02}.dsn", MESSAGE + b"\n" * rang)
    dossier = str(maison.reglages.dossier)
    commande = [sys.executable, "-c", UN_PASSAGE, dossier, "recevoir", MIDI.isoformat()]
    lances = [subprocess.Popen(commande) for _ in range(3)]
    assert [lance.wait(60) for lance in lances] == [0, 0, 0]
    with maison.moteur.begin() as connexion:
        assert [recu.etat for recu in read_depots(connexion)] == ["RECU"] * 20
    assert len(list(retour.iterdir())) == 20
    assert list(depot.iterdir()) == []


def test_a_file_dropped_again_after_a_kill_is_a_double_all_the_same(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """The open claim names one file: the same content dropped anew is a deposit of its own."""
    drop(depot, "a.dsn", MESSAGE)
    run_killed(maison, "recevoir", "reception.apres_accuse")
    (depot / "a.dsn").unlink()
    drop(depot, "a.dsn", MESSAGE)
    etats = [recu.etat for recu in receive_depots(maison, source, MIDI).depots]
    assert etats == ["RECU", "DOUBLON"]


def test_a_killed_delivery_is_finished(maison: Maison, source: SourceLocale, retour: Path) -> None:
    """Killed between the file and its mark, the delivery is marked by the next call."""
    sha256 = maison.archive.write(b"appel")
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=MIDI.date(),
            versions={},
            empreinte="0" * 64,
            publie_le="2026-03-02T21:00:00Z",
            remises=[Remise("0000101", "appel.csv", sha256)],
        )
    run_killed(maison, "remettre", "remise.apres_fichier")
    assert (retour / "appel.csv").read_bytes() == b"appel"
    assert len(remettre(maison, source, MIDI).faites) == 1
    assert [chemin.name for chemin in retour.iterdir()] == ["appel.csv"]
    with maison.moteur.begin() as connexion:
        assert read_remises_dues(connexion) == []
