"""A night killed anywhere, then run again: the same published bytes as an undisturbed one."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.attestations.decisions import DEMANDE
from sample_files.generateur.banque import Ligne, write_releve
from tests.efforts import EFFORT
from warehouse.decisions import record_decision
from warehouse.points_arret import POINTS
from warehouse.registre import YAML
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.tue
ADHERENT = "A80001"
NUIT = Path(__file__).with_name("une_nuit.py")
PARTS, LOT_OCTETS = 3, 20_000  # a lot a file
APPEL = "C8000101-202603-01"
LENDEMAIN = datetime(2026, 4, 20, 20, 0, tzinfo=UTC)
HORS_NUIT = {
    "coffre.lot_scelle",
    "coffre.partition_scellee",
    "maison.cle_ecrite",
    "purge.inscrite",
    "registre.avant_ecriture",
    "registre.ecrit",
}
# Where a night is killed, in the order of a night: the first pass of each point (`point`), one in
# the middle of those that are repeated (`point:rank`).
A_LA_RECEPTION = (
    "archive.avant_ecriture",
    "archive.avant_renommage",
    "archive.apres_renommage",
    "reception.apres_archive",
    "journal.depot_inscrit",
    "reception.apres_journal",
    "reception.apres_journal:2",
    "reception.apres_accuse",
    "reception.apres_retrait:2",
)
AU_CALCUL = (
    "lac.avant_ecriture",
    "lac.apres_ecriture",
    "controle.apres_lac",
    "journal.etat_change",
    "journal.etat_change:3",
    "controle.apres_journal",
    "controle.apres_lac:2",
    "controle.apres_journal:2",
    "journal.etape_inscrite",
    "journal.etape_inscrite:4",
    "part.apres_table",
    "lac.apres_ecriture:10",
    "lac.avant_ecriture:14",
    "part.apres_table:3",
)
A_LA_PUBLICATION = (
    "archive.avant_renommage:8",
    "archive.apres_renommage:6",
    "publication.apres_documents",
    "publication.avant_versions",
    "publication.avant_remises",
    "publication.inscrite",
    "publication.apres_transaction",
    "publication.remise_faite",
    "publication.remise_faite:4",
    "remise.apres_fichier",
    "remise.apres_fichier:3",
    "dessin.apres_archive",
    "dessin.inscrit",
)
ARRETS = (*A_LA_RECEPTION, *AU_CALCUL, *A_LA_PUBLICATION)
# Killed at one, taken up, killed at the next; each alone, where there is time for it.
EN_CHAINE = (
    tuple(arret for arret in chaine if arret is not None)
    for chaine in zip_longest(A_LA_RECEPTION, AU_CALCUL, A_LA_PUBLICATION)
)
MORTS = [(arret,) for arret in ARRETS] if EFFORT == "epreuve" else list(EN_CHAINE)


@dataclass(frozen=True, slots=True)
class Depart:
    """A home where files were dropped, before its night."""

    dossier: Path
    soir: datetime
    ouvre: Callable[[Reglages], Caisse]
    joue: Callable[[str], int]
    returned: frozenset[str]

    def copy(self, parent: Path) -> Depart:
        """The same home elsewhere."""
        shutil.copytree(self.dossier, parent / "maison")
        return replace(self, dossier=parent / "maison")

    def kill_night(self, arret: str) -> int:
        """Start the night in a process that dies at the point; its return code."""
        environ = {
            "CAISSE_DOSSIER": str(self.dossier),
            "CAISSE_NOMBRE_PARTS": str(PARTS),
            "CAISSE_LOT_OCTETS": str(LOT_OCTETS),
            "CAISSE_POINT_ARRET": arret,
        }
        return self.joue(json.dumps({"maintenant": self.soir.isoformat(), "environ": environ}))

    def finish_night(self) -> dict[str, bytes]:
        """Run the night to its end here; what readers and companies then see."""
        caisse = self.open()
        caisse.pass_night(self.soir)
        return caisse.published()

    def open(self) -> Caisse:
        """The fund of this home."""
        return self.ouvre(Reglages(dossier=self.dossier, nombre_parts=PARTS, lot_octets=LOT_OCTETS))


@pytest.fixture(scope="module")
def joue() -> Iterator[Callable[[str], int]]:
    """Player of a night in a process of its own, from what `une_nuit.py` takes; its return code."""
    with subprocess.Popen(
        [sys.executable, str(NUIT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nuits:

        def play(demande: str) -> int:
            assert nuits.stdin is not None
            assert nuits.stdout is not None
            print(demande, file=nuits.stdin, flush=True)
            return int(nuits.stdout.readline())

        yield play


@pytest.fixture(scope="module")
def avant(
    make_caisse: Callable[..., Caisse],
    open_caisse: Callable[[Reglages], Caisse],
    joue: Callable[[str], int],
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
    soir: datetime,
    mandat_automatique: bytes,
) -> Depart:
    """A home that called March, then: its replacement, a test, an unreadable file, a payment.

    The night to come debits what is due, and gives a certificate that was asked for.
    """
    caisse = make_caisse(nombre_parts=PARTS)
    caisse.learn(mandat_automatique, YAML)
    caisse.drop(ADHERENT, "a.dsn", as_real(normale))
    caisse.pass_night(soir)
    for boite, nom, octets in (
        (ADHERENT, "b.dsn", as_real(remplace)),
        (ADHERENT, "c.dsn", normale),
        (ADHERENT, "d.dsn", b"PK\x03\x04"),
        ("BANQUE", "e.xml", write_releve([Ligne(50_000, reference=APPEL)])),
    ):
        caisse.drop(boite, nom, octets)
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=DEMANDE,
            siren="800000010",
            date_effet=LENDEMAIN.date(),
            auteur="test",
            motif="test",
            instant="2026-04-20T10:00:00Z",
        )
    deja = frozenset(caisse.returned())
    return Depart(caisse.maison.reglages.dossier, LENDEMAIN, open_caisse, joue, deja)


@pytest.fixture(scope="module")
def temoin(avant: Depart, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed night publishes from that home, where it makes one of everything."""
    depart = avant.copy(tmp_path_factory.mktemp("temoin"))
    publie = depart.finish_night()
    caisse = depart.open()
    jour = depart.soir.date()
    assert caisse.read("prelevements")["date_emission"].to_list() == [jour]
    assert caisse.read("encaissements")["montant_centimes"].to_list() == [50_000]
    assert jour in caisse.read("attestations")["date_arrete"].to_list()
    return publie


@pytest.fixture
def depart(avant: Depart, tmp_path: Path) -> Depart:
    """A copy of that home, to disturb."""
    return avant.copy(tmp_path)


def test_a_night_is_killed_at_every_point() -> None:
    """A point that the engine gets is killed at, or is of no night."""
    assert {arret.split(":")[0] for arret in ARRETS} == POINTS - HORS_NUIT


@pytest.mark.parametrize("arrets", MORTS, ids=" ".join)
def test_a_killed_night_ends_as_if_undisturbed(
    depart: Depart, temoin: dict[str, bytes], arrets: tuple[str, ...]
) -> None:
    """Killed at each and run again: same tables, same publication, same files returned."""
    for arret in arrets:
        assert depart.kill_night(arret) == -signal.SIGKILL, arret
    assert depart.finish_night() == temoin


def test_the_same_night_again_finds_nothing_new(depart: Depart, temoin: dict[str, bytes]) -> None:
    """A night that debited, run again on the same date, publishes nothing and changes nothing."""
    assert depart.finish_night() == temoin
    caisse = depart.open()
    assert caisse.pass_night(depart.soir).publication is None
    assert caisse.published() == temoin


def test_a_night_killed_again_and_again_ends_as_if_undisturbed(
    depart: Depart, temoin: dict[str, bytes]
) -> None:
    """Six deaths, each further in the night, and the last run still publishes the same bytes."""
    for arret in (
        "reception.apres_archive:2",
        "controle.apres_lac:2",
        "part.apres_table:2",
        "part.apres_table:5",
        "publication.inscrite",
        "remise.apres_fichier:3",
    ):
        assert depart.kill_night(arret) == -signal.SIGKILL, arret
    assert depart.finish_night() == temoin


def test_readers_see_nothing_of_a_night_that_did_not_publish(
    depart: Depart, open_caisse: Callable[[Reglages], Caisse]
) -> None:
    """Killed just before the end of its transaction, a night has published nothing."""
    assert depart.kill_night("publication.inscrite") == -signal.SIGKILL
    caisse = open_caisse(Reglages(dossier=depart.dossier, nombre_parts=PARTS))
    assert caisse.read("depots")["nom"].to_list() == ["a.dsn"]
    assert len(caisse.read("appels")) == 1
    nouveaux = set(caisse.returned()) - set(depart.returned)
    assert {nom.rsplit("/")[-1][:3] for nom in nouveaux} == {"ACK"}
