"""The life of a mandate: draft, signed, active, suspended, lapsed, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.reglements.regles.mandats import (
    compute_account_changes,
    compute_etats_mandat,
    compute_suspensions,
)

SIREN = "999090012"
FIN = date(2026, 6, 30)
VIE = [
    ("CREATION", date(2024, 1, 1)),
    ("SIGNATURE", date(2024, 1, 10)),
    ("ACTIVATION", date(2024, 2, 1)),
]
MANDAT = {
    "rum": "RUM-1",
    "siren": SIREN,
    "cdg": "C900201",
    "compte": "CB-1",
    "schema": "B2B",
    "debut": date(2023, 12, 31),
    "prelevement_automatique": True,
}
Fabrique = Callable[..., pl.DataFrame]


@pytest.fixture
def etat_at(make_frame: Fabrique, make_prelevements: Fabrique) -> Callable[..., tuple[Any, ...]]:
    """State, first day and reason of one mandate at a date."""

    def etat_at(
        vie: list[tuple[str, date]],
        date_arrete: date = FIN,
        prelevements: list[dict[str, Any]] | None = None,
        decisions: list[dict[str, Any]] | None = None,
        **mandat: Any,
    ) -> tuple[Any, ...]:
        mandats = make_frame("mandats", [MANDAT | mandat])
        evenements = make_frame(
            "evenements_mandat",
            [{"rang": n, "evenement": e, "date": jour} for n, (e, jour) in enumerate(vie, 1)],
            rum="RUM-1",
            motif="m",
            auteur="a",
        )
        debits = make_prelevements(*(prelevements or []))
        prises = make_frame(
            "decisions",
            decisions or [],
            numero=1,
            nature="SUSPENSION_PRELEVEMENT",
            siren=SIREN,
            motif="litige",
        )
        suspensions = compute_suspensions(debits, prises, mandats)
        etats = compute_etats_mandat(mandats, evenements, suspensions, debits, date_arrete, 36)
        return etats.select("etat", "depuis", "motif").row(0)

    return etat_at


@pytest.mark.parametrize(
    ("jour", "etat", "depuis"),
    [
        (date(2023, 12, 31), "BROUILLON", date(2023, 12, 31)),
        (date(2024, 1, 5), "BROUILLON", date(2024, 1, 1)),
        (date(2024, 1, 10), "SIGNE", date(2024, 1, 10)),
        (date(2024, 2, 1), "ACTIF", date(2024, 2, 1)),
        (date(2027, 1, 31), "ACTIF", date(2024, 2, 1)),
        (date(2027, 2, 1), "CADUC", date(2027, 2, 1)),
        (date(2030, 1, 1), "CADUC", date(2027, 2, 1)),
    ],
)
def test_a_mandate_goes_through_its_states(
    etat_at: Callable[..., tuple[Any, ...]], jour: date, etat: str, depuis: date
) -> None:
    """Draft, signed, active, lapsed 36 months after its activation without any debit."""
    assert etat_at(VIE, jour)[:2] == (etat, depuis)


def test_a_debit_keeps_a_mandate_alive(etat_at: Callable[..., tuple[Any, ...]]) -> None:
    """The 36 months run from the last debit, refused or not."""
    debits = [{"prelevement": "P1", "date_echeance": date(2026, 3, 31)}]
    assert etat_at(VIE, date(2029, 3, 30), debits)[0] == "ACTIF"
    assert etat_at(VIE, date(2029, 3, 31), debits)[:2] == ("CADUC", date(2029, 3, 31))


def test_suspended_then_taken_up_again(etat_at: Callable[..., tuple[Any, ...]]) -> None:
    """The last event holds; a change of account changes no state."""
    vie = [*VIE, ("SUSPENSION", date(2026, 1, 2)), ("CHANGEMENT_COMPTE", date(2026, 1, 3))]
    assert etat_at(vie) == ("SUSPENDU", date(2026, 1, 2), "m")
    assert etat_at([*vie, ("REPRISE", date(2026, 1, 4))])[:2] == ("ACTIF", date(2026, 1, 4))


def test_a_cancelled_mandate_stays_so(etat_at: Callable[..., tuple[Any, ...]]) -> None:
    """Nothing comes after a cancellation, not even a lapse."""
    vie = [*VIE, ("ANNULATION", date(2026, 1, 2)), ("REPRISE", date(2026, 1, 4))]
    assert etat_at(vie)[:2] == ("ANNULE", date(2026, 1, 2))
    assert etat_at(vie, date(2035, 1, 1))[:2] == ("ANNULE", date(2026, 1, 2))


@pytest.mark.parametrize(
    ("code", "etat", "motif"),
    [
        ("AM04", "ACTIF", "m"),
        ("MS03", "ACTIF", "m"),
        ("AC04", "SUSPENDU", "AC04 : compte clos"),
        ("MD01", "SUSPENDU", "MD01 : mandat absent ou révoqué"),
        ("MD06", "SUSPENDU", "MD06 : remboursement demandé par le débiteur"),
        ("ZZ99", "SUSPENDU", "ZZ99 : motif inconnu"),
        (None, "SUSPENDU", "motif inconnu"),
    ],
)
def test_a_return_suspends_for_its_reason(
    etat_at: Callable[..., tuple[Any, ...]], code: str | None, etat: str, motif: str
) -> None:
    """No funds suspends nothing; the account, the mandate, a dispute, an unknown reason do."""
    rejet = {"prelevement": "P1", "etat": "REJETE", "code_motif": code}
    lu = etat_at(VIE, FIN, [rejet | {"date_etat": date(2026, 4, 30)}])
    assert (lu[0], lu[2]) == (etat, motif)


def test_the_registry_answers_the_bank(etat_at: Callable[..., tuple[Any, ...]]) -> None:
    """Taken up again on the very day of the return, the mandate is active."""
    jour = date(2026, 4, 30)
    rejet = {"prelevement": "P1", "etat": "REJETE", "code_motif": "AC04", "date_etat": jour}
    assert etat_at([*VIE, ("REPRISE", jour)], FIN, [rejet])[0] == "ACTIF"


@pytest.mark.parametrize(
    ("cdg", "etat"), [(None, "SUSPENDU"), ("C900201", "SUSPENDU"), ("X", "ACTIF")]
)
def test_a_decision_suspends_a_company_or_a_centre(
    etat_at: Callable[..., tuple[Any, ...]], cdg: str | None, etat: str
) -> None:
    """A decision of the fund suspends the mandates of the company, or of one centre."""
    decision = {"cdg": cdg, "date_effet": date(2026, 5, 2)}
    assert etat_at(VIE, FIN, decisions=[decision])[0] == etat


ANCIEN, NOUVEAU = ("CB-1", "a" * 32), ("CB-2", "b" * 32)
PREMIER, SECOND, TROISIEME = date(2026, 4, 20), date(2026, 5, 20), date(2026, 6, 20)
SANS_PSEUDONYME = ("CB-1", None)


@pytest.mark.parametrize(
    ("debits", "actuel", "annonce", "change"),
    [
        ([], NOUVEAU, True, False),
        ([(ANCIEN, "REGLE")], ANCIEN, False, False),
        ([(ANCIEN, "REGLE")], NOUVEAU, False, True),
        ([(ANCIEN, "REGLE")], ("CB-1", "b" * 32), False, True),
        ([(ANCIEN, "REGLE")], ("CB-2", "a" * 32), False, False),
        ([(ANCIEN, "REGLE")], ANCIEN, True, False),
        ([(ANCIEN, "REJETE")], NOUVEAU, False, True),
        ([(ANCIEN, "A_REMETTRE")], NOUVEAU, False, False),
        ([(ANCIEN, "REGLE"), (NOUVEAU, "EMIS")], NOUVEAU, False, False),
        ([(ANCIEN, "REGLE"), (NOUVEAU, "REJETE")], NOUVEAU, False, True),
        ([(ANCIEN, "REGLE"), (NOUVEAU, "A_REMETTRE")], NOUVEAU, False, True),
        ([(ANCIEN, "REGLE"), (NOUVEAU, "REJETE")], ANCIEN, False, False),
        ([(ANCIEN, "REGLE"), (NOUVEAU, "REJETE"), (NOUVEAU, "REGLE")], NOUVEAU, False, False),
        ([(SANS_PSEUDONYME, "REGLE")], ANCIEN, False, False),
        ([(SANS_PSEUDONYME, "REGLE")], ANCIEN, True, True),
        ([(SANS_PSEUDONYME, "REGLE")], NOUVEAU, False, True),
    ],
)
def test_a_change_of_account_is_told_until_a_debit_bears_it(
    make_frame: Fabrique,
    make_prelevements: Fabrique,
    debits: list[tuple[tuple[str, str | None], str]],
    actuel: tuple[str, str],
    annonce: bool,
    change: bool,
) -> None:
    """By the IBAN itself, event or not, whoever typed it; again when its debit was refused."""
    jours = (PREMIER, SECOND, TROISIEME)
    prelevements = make_prelevements(
        *(
            {"prelevement": f"P{n}", "compte": compte, "compte_debite": pseudonyme, "etat": etat}
            | {"date_emission": jours[n]}
            for n, ((compte, pseudonyme), etat) in enumerate(debits)
        )
    )
    evenement = {"rum": "RUM-1", "rang": 4, "date": date(2026, 6, 25), "motif": "m", "auteur": "a"}
    evenements = make_frame(
        "evenements_mandat", [evenement] if annonce else [], evenement="CHANGEMENT_COMPTE"
    )
    debiteurs = pl.DataFrame({"rum": ["RUM-1"], "compte": actuel[0], "compte_debite": actuel[1]})
    trouves = compute_account_changes(debiteurs, evenements, prelevements, FIN)
    assert trouves["rum"].to_list() == (["RUM-1"] if change else [])
