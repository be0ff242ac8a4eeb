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

if TYPE_CHECKING:
    from tests.conftest import Caisse

AVEC_RESERVES, REFUS = 4, 2
ACTE = ("--auteur", "exploitation", "--motif", "fichier douteux")


def run(caisse: Caisse, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `caisse` on this home."""
    environnement = {
        nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("AIRFLOW")
    } | {
        "CAISSE_DOSSIER": str(caisse.maison.reglages.dossier),
        "CAISSE_NOMBRE_PARTS": str(caisse.maison.reglages.nombre_parts),
    }
    commande = [str(Path(sys.executable).with_name("caisse")), *arguments]
    return subprocess.run(
        commande, env=environnement, capture_output=True, text=True, check=False, timeout=300
    )


def state(caisse: Caisse) -> list[tuple[str, str]]:
    """Published state of each deposit."""
    return caisse.read("depots").select("depot", "etat").rows()


@pytest.mark.lent
def test_a_deposit_is_set_aside_by_an_operator(
    make_caisse: Callable[..., Caisse], normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """What it brought is taken back, an alert opens, the run has its note."""
    caisse = make_caisse(nombre_parts=1)
    caisse.drop("A80001", "normale.dsn", as_real(normale))
    assert run(caisse, "nuit", "--maintenant", "2026-04-05T20:00:00").returncode == 0
    ecart = run(caisse, "decider", "mise-a-l-ecart", "--depot", "D00000001", *ACTE)
    assert ecart.returncode == 0, ecart.stderr
    assert (
        run(caisse, "decider", "mise-a-l-ecart", "--depot", "D00000001", *ACTE).returncode == REFUS
    )
    nuit = run(caisse, "nuit", "--maintenant", "2026-04-06T20:00:00")
    assert nuit.returncode == AVEC_RESERVES, nuit.stdout + nuit.stderr
    assert "AVEC RÉSERVES" in nuit.stdout
    assert "dépôt D00000001 mis à l'écart" in nuit.stdout
    assert state(caisse) == [("D00000001", "MIS_A_L_ECART")]
    assert caisse.read("appels")["montant_centimes"].sum() == 0
    (alerte,) = json.loads(run(caisse, "alertes", "--format", "json").stdout)
    assert (alerte["nature"], alerte["depot"], alerte["etat"]) == ("DEPOT", "D00000001", "OUVERTE")
    assert notes(caisse) == [
        "Nuit publiée avec réserves : 1 alerte(s) ouverte(s), voir caisse alertes."
    ]
    reprise = run(caisse, "decider", "reprise-depot", "--depot", "D00000001", *ACTE)
    assert reprise.returncode == 0, reprise.stderr
    assert caisse.journal()["normale.dsn"].etat == "RECU"


def notes(caisse: Caisse) -> list[str]:
    """Notes of the runs of the DAG."""
    base = caisse.maison.reglages.dossier / "airflow" / "airflow.db"
    with sqlite3.connect(base) as connexion:
        return [note for (note,) in connexion.execute("SELECT content FROM dag_run_note")]


def test_a_deposit_that_is_not_set_aside_is_not_taken_up(caisse: Caisse) -> None:
    """An unknown deposit, an option of another decision: refused with the reason."""
    inconnu = run(caisse, "decider", "reprise-depot", "--depot", "D00000009", *ACTE)
    assert (inconnu.returncode, "dépôt inconnu" in inconnu.stderr) == (REFUS, True)
    sans = run(caisse, "decider", "mise-a-l-ecart", *ACTE)
    assert (sans.returncode, "depot : obligatoire" in sans.stderr) == (REFUS, True)
    autre = run(
        caisse, "decider", "mise-a-l-ecart", "--depot", "D00000009", "--siren", "800000010", *ACTE
    )
    assert (autre.returncode, "n'attend que" in autre.stderr) == (REFUS, True)
