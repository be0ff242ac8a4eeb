"""Decisions gone back on: which ones, what is shown first, what the nights then read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipelines.retraitement.annulations import annul, compute_annulation
from tests.conftest import NATURES, SOIR
from warehouse.decisions import read_en_vigueur, record_decision
from warehouse.instants import format_instant

if TYPE_CHECKING:
    from tests.conftest import Caisse

CDG = "C8000101"
LENDEMAIN, APRES = (SOIR + timedelta(days=jours) for jours in (1, 2))
ACTE = ("Anne", "accordé deux fois", format_instant(APRES))


def decide(caisse: Caisse, nature: str, **valeurs: Any) -> int:
    """Record a decision about the company of that fund."""
    with caisse.maison.moteur.begin() as connexion:
        return record_decision(
            connexion, nature=NATURES[nature], siren="800000010", date_effet=LENDEMAIN.date(),
            auteur="Bruno", motif="essai", instant=format_instant(LENDEMAIN), **valeurs,
        )  # fmt: skip


def undo(caisse: Caisse, numero: int) -> int:
    """Anne goes back on it."""
    with caisse.maison.moteur.begin() as connexion:
        return annul(connexion, numero, *ACTE)


def test_a_credit_gone_back_on_leaves_the_accounts_as_they_were(appelee: Caisse) -> None:
    """Its effect is shown, nothing is done; then the night takes it back, by entries of its own."""
    avant = appelee.read("soldes").drop("date_arrete", strict=False)
    avoir = decide(appelee, "AVOIR", cdg=CDG, montant_centimes=5_000)
    decide(appelee, "SUSPENSION_PRELEVEMENT", cdg=CDG)
    appelee.pass_night(LENDEMAIN)
    ecrites = appelee.read("ecritures")
    effet = compute_annulation(appelee.passage(APRES), avoir)
    soldes = next(c for c in effet.changements if c.table == "soldes")
    assert any(abs(apres - avant_) == 5_000 for avant_, apres in soldes.montants.values())
    with appelee.maison.moteur.connect() as connexion:
        assert avoir in read_en_vigueur(connexion)["numero"]
    undo(appelee, avoir)
    assert appelee.pass_night(APRES).reserves == 0
    assert appelee.read("soldes").drop("date_arrete", strict=False).equals(avant)
    assert appelee.read("alertes").is_empty()
    lues = appelee.read("ecritures")
    assert lues.filter(lues["ecriture"].is_in(ecrites["ecriture"].implode())).equals(ecrites)
    assert lues.filter(journal="AVOIR").height == 4
    assert appelee.read("suites_decisions").is_empty()
    assert appelee.read("decisions")["nature"].to_list()[-1] == "ANNULATION_DECISION"
