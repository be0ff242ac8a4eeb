"""`caisse retraiter`: ask, list, show again, approve or refuse, from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from cli import retraiter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from tests.conftest import Caisse

ACTE = ("--auteur", "Anne", "--motif", "fichier d'un autre mois")
RETRAIT = ("demander", "--depot", "D00000001", "--retirer", "--date-arrete", "2026-04-06")


def test_asked_by_one_and_approved_by_another(
    appelee: Caisse,
    ask: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The effect is shown, written as a workbook, a page and JSON; who asks does not approve."""
    assert "Aucune demande" in ask(appelee, "retraiter", "liste").stdout
    dit = ask(appelee, "retraiter", *RETRAIT, *ACTE)
    assert dit.exit_code == 0, dit.output
    texte = dit.stdout.replace("\u202f", " ").replace("\xa0", " ")
    assert "Retraitement : retirer 1 dépôt : dépôt D00000001" in texte
    assert "appelé : 2 819,23 € -> 0,00 € (−2 819,23 €)" in texte
    assert "SIREN 999090012" not in texte
    assert "Demande 1 enregistrée" in texte

    for suffixe in (".xlsx", ".html", ".json"):
        montre = ask(
            appelee, "retraiter", "montrer", "1", "--sortie", str(tmp_path / f"effet{suffixe}")
        )
        assert montre.exit_code == 0, montre.output
    classeur = load_workbook(tmp_path / "effet.xlsx")
    assert classeur.sheetnames == ["Changements", "Montants", "Documents", "Publication"]
    assert "2\u202f819,23" in (tmp_path / "effet.html").read_text("utf-8")
    assert json.loads((tmp_path / "effet.json").read_bytes())["publication"] == 1

    approuve = ("retraiter", "approuver", "1", "--auteur", "Bruno", "--motif", "vu")
    refus = ask(appelee, *approuve)
    assert (refus.exit_code, "son auteur ne l'approuve pas" in refus.stderr) == (2, True)
    monkeypatch.setattr(retraiter, "read_compte", lambda: "bruno")
    assert ask(appelee, *approuve).exit_code == 0
    liste = ask(appelee, "retraiter", "liste").stdout
    assert "    1  approuvée par Bruno  retirer 1\u00a0dépôt : dépôt D00000001" in liste
    assert appelee.journal()["mars.dsn"].etat == "MIS_A_L_ECART"


@pytest.mark.parametrize(
    ("arguments", "dit"),
    [
        (("demander", *ACTE), "rien n'est désigné"),
        (("demander", "--periode", "mars", *ACTE), "période attendue"),
        (("demander", "--adherent", "A99999", *ACTE), "adhérent inconnu"),
        (("demander", "--matricule", "M1", *ACTE), "un matricule se dit avec son entreprise"),
        (("montrer", "7"), "demande de retraitement inconnue : 7"),
        (("refuser", "7", *ACTE), "demande de retraitement inconnue : 7"),
    ],
)
def test_what_is_refused_is_said(
    maison_vide: Caisse, ask: Callable[..., Result], arguments: tuple[str, ...], dit: str
) -> None:
    """A sentence and code 2, whatever is wrong."""
    resultat = ask(maison_vide, "retraiter", *arguments)
    assert (resultat.exit_code, dit in resultat.stderr) == (2, True), resultat.output


@pytest.fixture(scope="module")
def maison_vide(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that received nothing; to be read only."""
    return make_caisse()
