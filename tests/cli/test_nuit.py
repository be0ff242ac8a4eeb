"""`caisse nuit` as the operator types it: a process of its own, Airflow and all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import Result
from sqlalchemy import select

from pipelines.ordonnancement import is_calme
from pipelines.reception.etapes import receive_depots
from pipelines.reception.sources import open_source
from warehouse.tables_sql import AUDIT
from warehouse.verrous import Verrou

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT = "A80001"
REFUSEE, OCCUPEE = 2, 3
SANS_AIRFLOW = "Aucun fichier déposé : la nuit est passée sans Airflow."


def run_nuit(caisse: Caisse, *arguments: str, arret: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command on this home."""
    environnement = {
        nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("AIRFLOW")
    } | {
        "CAISSE_DOSSIER": str(caisse.maison.reglages.dossier),
        "CAISSE_NOMBRE_PARTS": str(caisse.maison.reglages.nombre_parts),
        "CAISSE_POINT_ARRET": arret,
    }
    commande = [str(Path(sys.executable).with_name("caisse")), "nuit", *arguments]
    return subprocess.run(
        commande, env=environnement, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture
def deposee(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> Callable[[], Caisse]:
    """Maker of a home where the two synthetic files were dropped as real, and one as a test."""

    def make() -> Caisse:
        caisse = make_caisse()
        caisse.drop(ADHERENT, "normale.dsn", as_real(normale))
        caisse.drop(ADHERENT, "remplace.dsn", as_real(remplace))
        caisse.drop(ADHERENT, "essai.dsn", normale)
        return caisse

    return make


@pytest.mark.lent
@pytest.mark.redite
def test_a_killed_command_is_taken_up_by_the_next_one(
    deposee: Callable[[], Caisse], soir: datetime
) -> None:
    """Killed in the middle, run again, then again: French summaries, the bytes of a quiet night."""
    temoin = deposee()
    temoin.pass_night(soir, date(2026, 4, 12))
    caisse = deposee()
    instant = ("--maintenant", f"{soir:%Y-%m-%dT%H:%M:%S}", "--date-arrete", "2026-04-12")
    tuee = run_nuit(caisse, *instant, arret="part.apres_table:3")
    assert tuee.returncode == -signal.SIGKILL, tuee.stderr
    assert caisse.read("appels").is_empty()

    reprise = run_nuit(caisse, *instant)
    assert reprise.returncode == 0, reprise.stderr
    assert caisse.published() == temoin.published()
    texte = reprise.stdout.replace("\u202f", " ").replace("\xa0", " ")
    for attendu in (
        "Publication 1, arrêtée au 12/04/2026",
        "INTEGRE",
        "Appels de cotisations émis : 1, pour 2 829,78",
        "Fichiers d'essai contrôlés, rien de publié pour eux : 1",
        "contrôle",
        "remise aux entreprises",
    ):
        assert attendu in texte

    dossier = caisse.maison.reglages.dossier
    ecrits = [f for f in dossier.rglob("*") if f.is_file() and f.parts[-3:-2] != ("depots",)]
    assert any(f.name == "nuit.log" for f in ecrits)
    for nir in (b"1850669123101", b"2920369123102"):  # in no log, no task argument, no XCom
        assert [f.name for f in ecrits if nir in f.read_bytes()] == []

    seconde = run_nuit(caisse, *instant)
    assert seconde.returncode == 0, seconde.stderr
    assert SANS_AIRFLOW in seconde.stdout
    assert "Rien de nouveau à publier ; la publication 1 reste en vigueur." in seconde.stdout
    assert caisse.published() == temoin.published()


@pytest.mark.lent
@pytest.mark.redite
def test_a_date_out_of_bounds_is_refused_unless_it_is_forced(
    deposee: Callable[[], Caisse],
    ask: Callable[..., Result],
    copy_airflow: Callable[[Path], None],
    soir: datetime,
) -> None:
    """Refused in French with 2, nothing touched; forced, it says that no debit is issued."""
    caisse = deposee()
    copy_airflow(caisse.maison.reglages.dossier / "airflow")
    demande = ("--maintenant", f"{soir:%Y-%m-%dT%H:%M:%S}", "--date-arrete", "2026-04-13")
    for options, raison in (
        ((), "date d'arrêté 13/04/2026 : plus d'une semaine après le 05/04/2026"),
        (("--forcer", "--motif", "essai"), "--forcer demande --auteur et --motif"),
        (("--auteur", "A. Martin"), "--auteur et --motif ne valent qu'avec --forcer"),
    ):
        refus = ask(caisse, "nuit", *demande, *options)
        assert (refus.exit_code, refus.stdout) == (REFUSEE, "")
        assert f"Demande refusée : {raison}" in refus.stderr
        assert caisse.journal() == {}

    forcee = run_nuit(caisse, *demande, "--forcer", "--auteur", "A. Martin", "--motif", "essai")
    assert forcee.returncode == 0, forcee.stderr
    assert "Publication 1, arrêtée au 13/04/2026" in forcee.stdout
    assert "NI PRÉLÈVEMENT NI VIREMENT ÉMIS" in forcee.stdout
    with caisse.maison.moteur.connect() as connexion:
        actes = connexion.execute(select(AUDIT.c.auteur, AUDIT.c.motif, AUDIT.c.objet)).all()
    assert actes[-1] == ("A. Martin", "essai", "publication 1 au 2026-04-13")


def test_a_night_without_a_file_needs_no_airflow(
    caisse: Caisse, ask: Callable[..., Result], normale: bytes, soir: datetime
) -> None:
    """Played at once, it says what it did; a file, an import or a decision is for Airflow."""
    suivante = soir + timedelta(days=1)
    assert not is_calme(caisse.passage(soir))  # the registry was imported since
    caisse.pass_night(soir)
    passee = ask(caisse, "nuit", "--maintenant", f"{suivante:%Y-%m-%dT%H:%M:%S}")
    assert (passee.exit_code, passee.stderr) == (0, "")
    assert SANS_AIRFLOW in passee.stdout
    assert "Rien de nouveau à publier" in passee.stdout
    assert not (caisse.maison.reglages.dossier / "airflow" / "nuit.log").exists()
    passage = caisse.passage(suivante)
    assert is_calme(passage)
    caisse.drop(ADHERENT, "normale.dsn", normale)
    assert not is_calme(passage)
    receive_depots(caisse.maison, open_source(caisse.maison.reglages), suivante)
    assert not is_calme(passage)


def test_a_second_night_at_the_same_time_is_refused(
    caisse: Caisse, ask: Callable[..., Result]
) -> None:
    """While one night runs in a home, another says so in French and leaves with 3."""
    with caisse.maison.verrous.take(Verrou.NUIT):
        refus = ask(caisse, "nuit")
    assert (refus.exit_code, refus.stdout) == (OCCUPEE, "")
    assert "Une nuit est déjà en cours" in refus.stderr
