"""What a night says of itself: enough to follow it, nothing of anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from structlog.testing import capture_logs

from pipelines.metiers import METIERS
from pipelines.nuit.ordre import list_etapes

if TYPE_CHECKING:
    from tests.conftest import Caisse

LIGNE = """
from pipelines.nuit.traces import open_journal
open_journal("essai").info("étape faite", etape="cotisations", duree_ms=12)
"""
# Their shards are those of the companies that send exchange files: none here.
SANS_DECLARATION = {
    "jugement_intemperies",
    "annees_intemperies",
    "intemperies",
    "certificats_recus",
    "demandes_recues",
}


@pytest.fixture
def dites(
    make_caisse: Callable[..., Caisse], normale: bytes, as_real: Callable[[bytes], bytes]
) -> list[dict[str, Any]]:
    """The lines of a night that receives one deposit."""
    caisse = make_caisse(nombre_parts=1)
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    structlog.reset_defaults()  # a night of another test may have kept the warnings alone
    with capture_logs() as lignes:
        caisse.pass_night()
    return [dict(ligne) for ligne in lignes]


def test_each_step_and_each_deposit_has_its_line(dites: list[dict[str, Any]]) -> None:
    """Steps in the order of the night, with their duration; the deposit with its verdict."""
    etapes = [ligne for ligne in dites if ligne["event"].startswith("étape")]
    jouees = [e.nom for e in list_etapes(METIERS) if e.nom not in SANS_DECLARATION]
    # What was drawn once the night was over is handed over in its turn.
    assert [ligne["etape"] for ligne in etapes] == [*jouees, "remettre"]
    faites = [ligne for ligne in etapes if ligne["event"] == "étape faite"]
    assert {"declarations", "cotisations", "publier"} < {ligne["etape"] for ligne in faites}
    assert all(ligne["duree_ms"] >= 0 for ligne in faites)
    (depot,) = (ligne for ligne in dites if ligne["event"] == "dépôt contrôlé")
    assert (depot["etat"], depot["adherent"], depot["bloquantes"]) == ("CONFORME", "A80001", 0)


def test_no_line_holds_a_personal_value(dites: list[dict[str, Any]], normale: bytes) -> None:
    """Neither a NIR nor a name of the file, nor what only looks like an account."""
    texte = json.dumps(dites, ensure_ascii=False, default=str)
    valeurs = [ligne.split(",", 1) for ligne in normale.decode("latin-1").splitlines()]
    personnelles = {
        valeur.strip().strip("'")
        for rubrique, valeur in valeurs
        if rubrique in {"S21.G00.30.001", "S21.G00.30.002", "S21.G00.30.004", "S20.G00.07.001"}
    }
    assert personnelles
    assert [valeur for valeur in personnelles if valeur in texte] == []
    assert "FR76" not in texte


@pytest.mark.parametrize(("niveau", "lignes"), [("info", 1), ("", 0)])
def test_lines_go_to_the_standard_error_as_json(niveau: str, lignes: int) -> None:
    """In a file each line is an object; nothing is said below the level that is asked for."""
    lu = subprocess.run(
        [sys.executable, "-c", LIGNE],
        env=os.environ | {"CAISSE_TRACES": niveau},
        capture_output=True,
        text=True,
        check=True,
    )
    assert lu.stdout == ""
    dits = [json.loads(ligne) for ligne in lu.stderr.splitlines()]
    assert [dit["etape"] for dit in dits] == ["cotisations"] * lignes
