"""A night killed anywhere, then run again: the same published bytes as an undisturbed one."""

from __future__ import annotations

import signal
from collections.abc import Callable
from itertools import zip_longest
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.crash.depart import PARTS, Depart
from tests.efforts import EFFORT, MORTS_AU_HASARD
from warehouse.points_arret import POINTS
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.tue
FINS_CPU_S = 1, 4, 8  # at the beginning of a night, further, up to its end
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
    "composition.apres_archive",
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


@pytest.mark.parametrize("graine", range(MORTS_AU_HASARD))
def test_a_night_killed_at_any_instant_ends_as_if_undisturbed(
    depart: Depart, temoin: dict[str, bytes], graine: int
) -> None:
    """Three deaths drawn anywhere, by the CPU spent, and the last run publishes the same bytes."""
    tirage = Random(graine)  # noqa: S311 - instants, not secrets
    morts = [depart.joue(depart.ask(cpu_s=tirage.uniform(0.01, fin))) for fin in FINS_CPU_S]
    assert morts[0] == -signal.SIGPROF
    assert set(morts) <= {0, -signal.SIGPROF}
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
