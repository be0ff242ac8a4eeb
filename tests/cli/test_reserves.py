"""Deposits set aside by hand, as an operator types it: the night says so, and ends with 4."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

if TYPE_CHECKING:
    from tests.conftest import Caisse

AVEC_RESERVES, REFUS = 4, 2
ACTE = ("--auteur", "exploitation", "--motif", "fichier douteux")


def play_nuit(caisse: Caisse, maintenant: str) -> subprocess.CompletedProcess[str]:
    """Run `caisse nuit` on this home, in a process of its own."""
    environnement = {
        nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("AIRFLOW")
    } | {
        "CAISSE_DOSSIER": str(caisse.maison.reglages.dossier),
        "CAISSE_NOMBRE_PARTS": str(caisse.maison.reglages.nombre_parts),
    }
    commande = [str(Path(sys.executable).with_name("caisse")), "nuit", "--maintenant", maintenant]
    return subprocess.run(
        commande, env=environnement, capture_output=True, text=True, check=False, timeout=300
    )


def state(caisse: Caisse) -> list[tuple[str, str]]:
    """Published state of each deposit."""
    return caisse.read("depots").select("depot", "etat").rows()


@pytest.mark.recit
@pytest.mark.lent
def test_a_deposit_is_set_aside_by_an_operator(
    make_appelee: Callable[..., Caisse],
    ask: Callable[..., Result],
    copy_airflow: Callable[[Path], None],
) -> None:
    """What it brought is taken back, an alert opens, the run has its note."""
    caisse = make_appelee(1)
    copy_airflow(caisse.maison.reglages.dossier / "airflow")
    met_a_l_ecart = ("decider", "mise-a-l-ecart", "--depot", "D00000001", *ACTE)
    ecart = ask(caisse, *met_a_l_ecart)
    assert ecart.exit_code == 0, ecart.stderr
    assert ask(caisse, *met_a_l_ecart).exit_code == REFUS
    nuit = play_nuit(caisse, "2026-04-06T20:00:00")
    assert nuit.returncode == AVEC_RESERVES, nuit.stdout + nuit.stderr
    assert "AVEC RÉSERVES" in nuit.stdout
    assert "dépôt D00000001 mis à l'écart" in nuit.stdout
    assert state(caisse) == [("D00000001", "MIS_A_L_ECART")]
    assert caisse.read("appels")["montant_centimes"].sum() == 0
    (alerte,) = json.loads(ask(caisse, "alertes", "--format", "json").stdout)
    assert (alerte["nature"], alerte["depot"], alerte["etat"]) == ("DEPOT", "D00000001", "OUVERTE")
    assert notes(caisse) == [
        "Nuit publiée avec réserves : 1\u00a0alerte ouverte, voir caisse alertes."
    ]
    reprise = ask(caisse, "decider", "reprise-depot", "--depot", "D00000001", *ACTE)
    assert reprise.exit_code == 0, reprise.stderr
    assert caisse.journal()["mars.dsn"].etat == "RECU"


def notes(caisse: Caisse) -> list[str]:
    """Notes of the runs of the DAG."""
    base = caisse.maison.reglages.dossier / "airflow" / "airflow.db"
    with sqlite3.connect(base) as connexion:
        return [note for (note,) in connexion.execute("SELECT content FROM dag_run_note")]


def test_a_deposit_that_is_not_set_aside_is_not_taken_up(
    caisse: Caisse, ask: Callable[..., Result]
) -> None:
    """An unknown deposit, an option of another decision: refused with the reason."""
    inconnu = ask(caisse, "decider", "reprise-depot", "--depot", "D00000009", *ACTE)
    assert (inconnu.exit_code, "dépôt inconnu" in inconnu.stderr) == (REFUS, True)
    sans = ask(caisse, "decider", "mise-a-l-ecart", *ACTE)
    assert (sans.exit_code, "depot : obligatoire" in sans.stderr) == (REFUS, True)
    autre = ask(
        caisse,
        "decider",
        "mise-a-l-ecart",
        "--depot",
        "D00000009",
        "--adherent",
        "800000010",
        *ACTE,
    )
    assert (autre.exit_code, "n'attend que" in autre.stderr) == (REFUS, True)
