"""`caisse annuler-decision` as typed: the effect, then the record; what is undone otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from tests.conftest import Caisse

ACTE = ("--auteur", "Anne", "--motif", "accordé deux fois")
NUIT = ("--date-arrete", "2026-04-07")
AVOIR = ("avoir", "--adherent", "800000010", "--cdg", "C8000101", "--montant", "50")


@pytest.mark.recit
def test_a_decision_gone_back_on_is_shown_then_recorded(
    appelee: Caisse, ask: Callable[..., Result]
) -> None:
    """With `--a-blanc` nothing is; a second time, and of a deposit, it is refused with the way."""
    decider = ("decider", *AVOIR, *ACTE, "--date-effet", "2026-04-06")
    assert "Décision 1 enregistrée" in ask(appelee, *decider).stdout
    ecarter = ("decider", "mise-a-l-ecart", "--depot", "D00000001", *ACTE)
    assert "Décision 2 enregistrée" in ask(appelee, *ecarter).stdout
    montre = ask(appelee, "annuler-decision", "1", *ACTE, *NUIT, "--a-blanc")
    assert (montre.exit_code, montre.stderr) == (0, "")
    assert "50,00" in montre.stdout
    assert "Rien n'est enregistré." in montre.stdout
    faite = ask(appelee, "annuler-decision", "1", *ACTE, *NUIT)
    assert faite.stdout.startswith(montre.stdout.removesuffix("Rien n'est enregistré.\n"))
    assert "Décision 3 enregistrée : elle annule la décision 1." in faite.stdout
    for numero, dit in (("1", "est déjà annulée"), ("2", "reprise-depot"), ("9", "inconnue")):
        refus = ask(appelee, "annuler-decision", numero, *ACTE, *NUIT)
        assert (refus.exit_code, dit in refus.stderr) == (2, True), refus.output
