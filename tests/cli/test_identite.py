"""`caisse decider fusion-salarie | separation-salarie`, `caisse salaries`, as an operator types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from cli.application import application
from pipelines.salaries.decisions import read_decides

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

SIREN = "800000010"
ACTE = ("--auteur", "A. Martin", "--motif", "même pièce d'identité")


@pytest.fixture
def lance(appelee: Caisse, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command on the home of the fund that called March."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(appelee.maison.reglages.dossier))

    def lance(*arguments: str) -> Result:
        return CliRunner().invoke(application, arguments)

    return lance


def test_an_officer_sees_the_effect_then_merges(lance: Any, appelee: Caisse) -> None:
    """Nothing is recorded without the act; what is shown is what the night does."""
    lus = json.loads(lance("salaries", "--format", "json").output)
    un, deux = (lu["salarie"] for lu in lus[:2])
    assert {lu["siren"] for lu in lus} == {SIREN}
    options = ("--identifiant", un, "--salarie", deux)
    effet = f"SIREN {SIREN}, de 2026-03 à 2026-03 : {un} désignera {deux}, et non plus {un}.\n"
    blanc = lance("decider", "fusion-salarie", *options, *ACTE, "--a-blanc")
    assert (blanc.exit_code, blanc.output) == (0, effet)
    assert read_decides(appelee.maison, None).is_empty()
    fait = lance("decider", "fusion-salarie", *options, *ACTE)
    assert fait.output.startswith(effet)
    assert read_decides(appelee.maison, None).rows() == [(1, None, un, deux)]
    encore = lance("decider", "fusion-salarie", *options, *ACTE, "--a-blanc")
    assert encore.output == "Rien de ce qui est déclaré n'en change.\n"


@pytest.mark.parametrize(
    ("arguments", "raison"),
    [
        (("fusion-salarie", "--identifiant", "0" * 32), "--salarie pour une fusion"),
        (("separation-salarie",), "--identifiant est obligatoire"),
        (("separation-salarie", "--identifiant", "0" * 32), "personne n'a été déclaré"),
        (("separation-salarie", "--identifiant", "0" * 32, "--cdg", "C1"), "n'attend que"),
        (("avoir", "--a-blanc", "--adherent", SIREN), "ne valent que pour un salarié"),
    ],
)
def test_a_decision_that_says_nothing_is_refused(
    lance: Any, arguments: tuple[str, ...], raison: str
) -> None:
    """A sentence that says what is missing, exit code 2."""
    refus = lance("decider", *arguments, *ACTE)
    assert refus.exit_code == 2
    assert raison in refus.output
