"""Nights of payments: carried-over days, replaced files, returns, seizures."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.pipelines.conges.nuits import Fonds
from tests.pipelines.conges.test_calcul import AOUT, RECU, SEPTEMBRE, one, rows, states


def test_days_carried_over_are_another_statement() -> None:
    """RC-08: six days of 2025 without bonus, six of 2027 with it."""
    fonds = Fonds().right(2025, 30, 264_000, prime_due=False).right(2027, 30, 285_000)
    fonds.know("reports", exercice=2025, origine="PRINCIPAL", acquis_centiemes=1000,
               fin=date(2027, 8, 15))  # fmt: skip
    fonds.ask("R1", date(2026, 2, 2), date(2026, 2, 25), exercice=2025, recu=date(2026, 1, 5))
    fonds.ask("R2", date(2027, 8, 9), date(2027, 8, 23), exercice=None, recu=date(2027, 6, 1))
    publies = fonds.play(date(2027, 8, 10))
    assert publies.prises.filter(pl.col("demande") == "R2").select(
        "exercice", "compteur", "jours_centiemes"
    ).rows() == [(2025, "REPORT", 600), (2027, "PRINCIPAL", 600)]
    assert states(publies)["R2"] == "EN_ATTENTE", "le plafond de 2027 n'est pas paru"


def test_a_replaced_file_leaves_one_request() -> None:
    """RE-10: 12 days in the first file, 11 in the one that replaces it; one payment."""
    fonds = Fonds().right(2026, 24, 219_200)
    fonds.ask("R0", date(2026, 6, 1), date(2026, 6, 15), recu=date(2026, 5, 2))
    fonds.ask("R1", *SEPTEMBRE, jusque=date(2026, 7, 1), **RECU)
    fonds.ask("R1", date(2026, 9, 8), date(2026, 9, 21), recu=date(2026, 7, 2))
    publies = fonds.play(date(2026, 9, 10))
    assert publies.constats.filter(pl.col("code") != "D112").height == 0
    (r1,) = publies.decomptes.filter(pl.col("demande") == "R1").to_dicts()
    assert (r1["jours_centiemes"], r1["reste_centiemes"]) == (1100, 100)


def test_a_changed_request_takes_the_place_of_the_former() -> None:
    """M before payment: other dates, the days of the first given back."""
    fonds = one().ask(
        "R1", date(2026, 10, 5), date(2026, 10, 12), action="M", recu=date(2026, 8, 1)
    )
    publies = fonds.play(date(2026, 10, 8))
    assert rows(publies, "debut", "jours_centiemes") == [(date(2026, 10, 5), 600)]


def test_a_change_withdrawn_with_its_file_gives_the_former_request_back() -> None:
    """X-04: cancelled whole, its effect undone: what was asked first is in force again."""
    fonds = one().ask(
        "R1", date(2026, 10, 5), date(2026, 10, 12), action="M", recu=date(2026, 8, 1),
        jusque=date(2026, 8, 10),
    )  # fmt: skip
    publies = fonds.play(date(2026, 9, 10), [date(2026, 8, 5), date(2026, 8, 11)])
    assert publies.demandes.select("debut", "etat").rows() == [(SEPTEMBRE[0], "PAYEE")]
    assert rows(publies, "debut", "jours_centiemes") == [(SEPTEMBRE[0], 1200)]


def test_a_refused_request_stays_so_and_another_may_be_sent() -> None:
    """More days than are left; then fewer, under the same reference."""
    fonds = Fonds().right(2026, 10, 91_333)
    fonds.ask("R1", *SEPTEMBRE, **RECU)
    refusee = fonds.play(date(2026, 7, 5))
    assert refusee.demandes.select("etat", "motif").rows() == [("REFUSEE", "D103")]
    encore = fonds.night(refusee, date(2026, 7, 6))
    assert encore.demandes.select("etat", "motif").rows() == [("REFUSEE", "D103")]
    fonds.ask("R1", date(2026, 9, 7), date(2026, 9, 14), recu=date(2026, 7, 8))
    assert states(fonds.play(date(2026, 9, 10))) == {"R1": "PAYEE"}


def test_a_request_is_settled_when_the_bank_has_paid_all_of_it() -> None:
    """L-72: PAYEE until then."""
    fonds = one()
    publies = fonds.play(date(2026, 9, 10))
    (decompte,) = publies.decomptes["decompte"]
    fonds.know("regles", decompte=decompte, connu_le=date(2026, 9, 11))
    assert states(fonds.night(publies, date(2026, 9, 11))) == {"R1": "SOLDEE"}


def test_a_returned_transfer_is_of_the_year_of_the_one_that_holds() -> None:
    """RP-03: out of 2025, then in 2026 (L-42)."""
    fonds = Fonds().right(2025, 30, 500_000, prime_due=False)
    fonds.ask("R1", date(2025, 12, 22), date(2026, 1, 5), exercice=2025, recu=date(2025, 11, 20))
    publies = fonds.play(date(2025, 12, 31))
    assert publies.attestations["annee"].to_list() == [2025]
    (decompte,) = publies.decomptes["decompte"]
    fonds.know("executions", decompte=decompte, tenu_le=None, connu_le=date(2026, 1, 2))
    revenu = fonds.night(publies, date(2026, 1, 2))
    assert revenu.attestations.height == 0
    fonds.tables["executions"] = [{"decompte": decompte, "tenu_le": date(2026, 1, 7)}]
    assert fonds.night(revenu, date(2026, 1, 5)).attestations["annee"].to_list() == [2026]


@pytest.mark.parametrize(
    ("saisie", "retenu"),
    [
        ({"montant_centimes": 20_000, "protege_centimes": 50_000}, 20_000),
        ({"part_ppm": 100_000, "protege_centimes": 50_000}, 11_850),
        ({"montant_centimes": 200_000, "protege_centimes": 100_000}, 18_500),
        ({"montant_centimes": 20_000, "protege_centimes": 118_500}, 0),
        ({"montant_centimes": 20_000, "protege_centimes": 0, "fin": date(2026, 9, 6)}, 0),
    ],
)
def test_a_seizure_leaves_the_protected_part(saisie: dict[str, int], retenu: int) -> None:
    """L-74: the amount or the share of the decision, never what it protects."""
    fonds = one().know("saisies", saisie="1", **saisie)
    publies = fonds.play(date(2026, 9, 10))
    lignes = publies.lignes.filter(pl.col("code") == "SATD")["montant_centimes"].to_list()
    assert lignes == ([retenu] if retenu else [])
    assert rows(publies, "net_centimes", "retenues_centimes") == [(118_500 - retenu, retenu)]


def test_two_seizures_come_one_after_the_other() -> None:
    """The second has what the first leaves; both protect their sum."""
    fonds = one().know("saisies", saisie="1", montant_centimes=60_000, protege_centimes=50_000)
    fonds.know("saisies", saisie="2", montant_centimes=60_000, protege_centimes=50_000)
    assert rows(fonds.play(date(2026, 9, 10)), "net_centimes") == [(50_000,)]


def test_the_employees_of_a_night_change_nothing_to_one_another() -> None:
    """Computed together or apart: the same statements."""
    ensemble = one()
    seul = ensemble.play(date(2026, 9, 10))
    ensemble.right(2026, 20, 100_000)
    ensemble.tables["droits"][-1] |= {"salarie": "P2"}
    for a in ensemble.tables["acquis"][-2:]:
        a |= {"salarie": "P2"}
    ensemble.know("salaries").know("salaries", salarie="P2")
    ensemble.know("comptes").know("comptes", salarie="P2")
    ensemble.ask("R2", *AOUT, salarie="P2", **RECU)
    a_deux = ensemble.play(date(2026, 9, 10))
    assert a_deux.decomptes.filter(pl.col("salarie") == "P1").equals(seul.decomptes)
    assert a_deux.decomptes.height == 2
