"""Which amounts due are paid together, on which account, for which day; what is held, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.dus import SCHEMA
from pipelines.reglements.regles.comptes_credites import (
    COMPTES,
    list_comptes_entreprises,
    list_comptes_salaries,
)
from pipelines.reglements.regles.echecs import Parametres
from pipelines.reglements.regles.virements import Paiements, Situation, compute_paiements

SIREN, NUIT = "999090012", date(2026, 4, 20)  # a Monday
REMISE = "VIRE-20260420-00004"
PARAMETRES = Parametres(
    delai_jours_ouvres=2,
    refus_maximum=1,
    remises_maximum=3,
    attente_double_jours_ouvres=2,
    compte_en_cause=frozenset({"AC01", "AC04", "AC06", "MD07"}),
)
Fabrique = Callable[..., pl.DataFrame]


def make_dus(*lignes: dict[str, Any]) -> pl.DataFrame:
    """Amounts due to the company, from what differs of each."""
    communs = {"nature": "INT", "siren": SIREN, "cdg": "C1", "origine": "D1", "libelle": "-",
               "mode": "VIREMENT", "si_a_jour": True, "date_arrete": NUIT}  # fmt: skip
    noms = [{"du": f"INT-{rang}", "montant_centimes": 6_241} for rang in range(1, 1 + len(lignes))]
    completes = [communs | nom | ligne for nom, ligne in zip(noms, lignes, strict=True)]
    return pl.DataFrame(completes, SCHEMA)


def make_compte(**autres: Any) -> dict[str, Any]:
    """An account that serves."""
    return {"qui": SIREN, "cdg": "C1", "rang": 1, "compte": "CB-1", "compte_credite": "c1",
            "debut": date(2020, 1, 1), "attend": False} | autres  # fmt: skip


@pytest.fixture
def pay(make_reglements: Fabrique) -> Callable[..., Paiements]:
    """The transfers of a night, from dues, accounts, published transfers and what they pay."""

    def make(
        dus: pl.DataFrame,
        *comptes: dict[str, Any],
        publies: tuple[dict[str, Any], ...] = (),
        payes: tuple[tuple[str, str], ...] = (),
        a_jour: bool = True,
        nuit: date = NUIT,
    ) -> Paiements:
        situation = Situation(
            dus=dus,
            reglements=make_reglements(*publies),
            reglements_dus=pl.DataFrame(
                payes, {"reglement": pl.String, "du": pl.String}, orient="row"
            ),
            a_jour=pl.DataFrame({"siren": [SIREN], "a_jour": [a_jour]}),
            comptes=pl.DataFrame(list(comptes) or [make_compte()], COMPTES),
        )
        return compute_paiements(situation, PARAMETRES, REMISE, nuit)

    return make


def held(paiements: Paiements) -> list[str]:
    """Reasons of what is held; nothing is paid then."""
    assert paiements.reglements.is_empty()
    return paiements.reglements_retenus["raison"].to_list()


def test_a_night_makes_one_transfer_of_its_balance(pay: Any) -> None:
    """Two refunds and one taken back: their balance, on the second business day after."""
    dus = make_dus({}, {"montant_centimes": 1_000}, {"montant_centimes": -41})
    paiements = pay(dus)
    (ligne,) = paiements.reglements.rows(named=True)
    assert ligne["montant_centimes"] == 7_200
    assert ligne["date_execution"] == date(2026, 4, 22)
    assert (ligne["reglement"], ligne["origine"]) == (
        "V260420-999090012-01", "INT-999090012-260420",
    )  # fmt: skip
    assert ligne["lot"] == "VIRE-20260420-00004-INT20260422"
    assert all(len(ligne[nom]) <= 35 for nom in ("bout_en_bout", "lot", "remise"))
    assert paiements.reglements_dus["du"].to_list() == ["INT-1", "INT-2", "INT-3"]
    assert paiements.reglements_retenus.is_empty()


@pytest.mark.parametrize(("nuit", "jour"), [
    (date(2026, 4, 1), date(2026, 4, 7)),  # Good Friday and Easter Monday between
    (date(2026, 4, 24), date(2026, 4, 28)),
    (date(2026, 12, 23), date(2026, 12, 28)),
])  # fmt: skip
def test_the_bank_is_given_two_business_days(pay: Any, nuit: date, jour: date) -> None:
    """Of the TARGET calendar, the night not counted."""
    assert pay(make_dus({}), nuit=nuit).reglements["date_execution"].to_list() == [jour]


def test_what_is_owed_back_waits_for_the_next(pay: Any) -> None:
    """A negative balance makes no order and is not held: it is set off on the next refund."""
    seul = make_dus({"montant_centimes": -500})
    assert pay(seul).reglements.is_empty()
    assert pay(seul).reglements_retenus.is_empty()
    suivants = make_dus({"montant_centimes": -500}, {"montant_centimes": 800})
    assert pay(suivants).reglements["montant_centimes"].to_list() == [300]


def test_an_amount_is_paid_once(pay: Any) -> None:
    """Issued or paid, its transfer pays it; what comes back is paid again, by another order."""
    dus, payes = make_dus({}), (("V260420-999090012-01", "INT-1"),)
    for etat in ("EMIS", "PAYE"):
        assert pay(dus, publies=({"etat": etat},), payes=payes).reglements.is_empty()
    revenu = {"etat": "RETO", "motif": "MS03", "date_etat": date(2026, 4, 20)}
    paiements = pay(dus, publies=(revenu,), payes=payes)
    assert paiements.reglements["reglement"].to_list() == ["V260420-999090012-02"]


def test_what_is_set_off_is_not_transferred(pay: Any) -> None:
    """The accounts have it."""
    paiements = pay(make_dus({"mode": "COMPENSATION"}))
    assert paiements.reglements.is_empty()
    assert paiements.reglements_retenus.is_empty()


def test_a_marked_account_comes_before_that_of_the_mandate(pay: Any) -> None:
    """Whatever the centre; without it, each centre has the account of its mandate (I-42)."""
    dus = make_dus({}, {"cdg": "C2", "montant_centimes": 100})
    marque = make_compte(cdg=None, rang=0, compte="CB-9", compte_credite="c9")
    autre = make_compte(cdg="C2", compte="CB-2", compte_credite="c2")
    ensemble = pay(dus, autre, make_compte(), marque)
    assert ensemble.reglements.select("compte", "montant_centimes").rows() == [("CB-9", 6_341)]
    separes = pay(dus, autre, make_compte())
    assert separes.reglements.select("reglement", "compte", "montant_centimes").rows() == [
        ("V260420-999090012-01", "CB-1", 6_241),
        ("V260420-999090012-02", "CB-2", 100),
    ]


@pytest.mark.parametrize(("compte", "raison"), [
    ({"fin": date(2026, 4, 21)}, "SANS_COMPTE"),  # the day of execution is the 22nd
    ({"debut": date(2026, 4, 23)}, "SANS_COMPTE"),
    ({"cdg": "C9"}, "SANS_COMPTE"),
    ({"cause": "le titulaire…"}, "INSCRIPTION"),
    ({"attend": True}, "A_CONFIRMER"),
])  # fmt: skip
def test_what_has_no_account_is_held(pay: Any, compte: dict[str, Any], raison: str) -> None:
    """An account out of its days, of another centre, or that no bank would take."""
    paiements = pay(make_dus({}), make_compte(**compte))
    assert held(paiements) == [raison]
    assert paiements.reglements_retenus["montant_centimes"].to_list() == [6_241]


def test_a_company_that_is_not_up_to_date_waits(pay: Any) -> None:
    """I-40: an order not yet sent is held, unless the amount does not ask for it."""
    assert held(pay(make_dus({}), a_jour=False)) == ["PAS_A_JOUR"]
    assert pay(make_dus({"si_a_jour": False}), a_jour=False).reglements.height == 1


def test_an_amount_that_no_transfer_can_bear_is_held(pay: Any) -> None:
    """SEPA: less than a thousand million euros; one cent less is paid."""
    assert held(pay(make_dus({"montant_centimes": 100_000_000_000}))) == ["MONTANT"]
    assert pay(make_dus({"montant_centimes": 99_999_999_999})).reglements.height == 1


def failed(*etats: dict[str, Any]) -> dict[str, Any]:
    """Published transfers of one amount that failed one after the other."""
    noms = [f"V2604{jour}-999090012-01" for jour in range(10, 10 + len(etats))]
    publies = tuple(
        {"reglement": nom, "etat": "REJE", "date_emission": date(2026, 4, 10 + rang),
         "date_execution": date(2026, 4, 14), "date_etat": date(2026, 4, 13)} | etat
        for rang, (nom, etat) in enumerate(zip(noms, etats, strict=True))
    )  # fmt: skip
    return {"publies": publies, "payes": tuple((nom, "INT-1") for nom in noms)}


def test_an_account_that_the_bank_refused_is_not_paid_again(pay: Any) -> None:
    """L-42: held until another account is known, or this one is told valid since a later day."""
    refuse = failed({"etat": "RETO", "motif": "AC04"})
    assert held(pay(make_dus({}), **refuse)) == ["COMPTE_REFUSE"]
    neuf = make_compte(compte="CB-2", compte_credite="c2")
    assert pay(make_dus({}), neuf, **refuse).reglements.height == 1
    corrige = make_compte(debut=date(2026, 4, 14))
    assert pay(make_dus({}), corrige, **refuse).reglements.height == 1


def test_another_reason_is_tried_once_more(pay: Any) -> None:
    """L-42: at the next emission, then somebody must look; a payment that goes through forgets."""
    ms03 = {"motif": "MS03"}
    assert pay(make_dus({}), **failed(ms03)).reglements.height == 1
    assert held(pay(make_dus({}), **failed(ms03, ms03))) == ["REFUSE"]
    passes = failed(ms03, {"etat": "PAYE"}, ms03)
    passes["payes"] = (*passes["payes"][:1], passes["payes"][2])
    assert pay(make_dus({}), **passes).reglements.height == 1


def test_a_file_refused_is_handed_over_again(pay: Any) -> None:
    """Nobody's fault, three times; the account is not accused, whatever the reason."""
    fichier = {"motif": "AC01", "a_remettre": True}
    assert pay(make_dus({}), **failed(*[fichier] * 3)).reglements.height == 1
    assert held(pay(make_dus({}), **failed(*[fichier] * 4))) == ["REFUSE"]


def test_what_the_bank_says_it_had_already_waits_to_be_seen(pay: Any) -> None:
    """Told twice, a first copy may be paid: two business days after its execution."""
    double = failed({"motif": "DU01", "a_remettre": True})
    assert held(pay(make_dus({}), nuit=date(2026, 4, 15), **double)) == ["DOUBLE"]
    assert pay(make_dus({}), nuit=date(2026, 4, 16), **double).reglements.height == 1


EMPLOYE = "ab" * 16


def test_an_employee_is_paid_on_the_account_of_that_day(pay: Any, make_frame: Fabrique) -> None:
    """One order a décompte, two décomptes two orders; no company is asked to be up to date."""
    conge = {"nature": "CON", "salarie": EMPLOYE, "si_a_jour": False}
    dus = make_dus(
        conge | {"reunion": "DEC-1", "origine": "DEC-1"},
        conge | {"reunion": "DEC-2", "origine": "DEC-2"},
    )
    comptes = make_frame(
        "comptes_salaries",
        [{"rang": 1, "compte": "a", "fin": date(2026, 4, 21)}, {"rang": 2, "compte": "b"}],
        depot="D1", salarie=EMPLOYE, debut=date(2026, 1, 1), etat="VALABLE",
    ).with_columns(cause=pl.lit(None, pl.String))  # fmt: skip
    paiements = pay(dus, *list_comptes_salaries(comptes).to_dicts(), a_jour=False)
    lignes = paiements.reglements.sort("origine")
    assert lignes.select("origine", "compte_credite", "compte").rows() == [
        ("DEC-1", "b", None), ("DEC-2", "b", None),
    ]  # fmt: skip
    assert lignes["reglement"].n_unique() == 2
    assert lignes["reglement"].str.len_chars().max() <= 20
    assert EMPLOYE not in "".join(lignes["reglement"])


@pytest.mark.parametrize(("execution", "nuit", "jour"), [
    (date(2026, 5, 4), date(2026, 4, 28), None),  # the next night can still hold it
    (date(2026, 5, 4), date(2026, 4, 29), date(2026, 5, 4)),  # L-76: the last night that can
    (date(2026, 4, 20), date(2026, 4, 29), date(2026, 5, 4)),  # past: the earliest one
])  # fmt: skip
def test_an_order_leaves_the_last_night_that_can_hold_its_day(
    pay: Any, execution: date, nuit: date, jour: date | None
) -> None:
    """L-52: from that night on it is sent; the 1st of May and the week-end are closed."""
    paiements = pay(make_dus({"execution": execution}), nuit=nuit)
    assert paiements.reglements["date_execution"].to_list() == ([] if jour is None else [jour])
    assert paiements.reglements_retenus.is_empty()


def test_the_account_of_a_centre_is_that_of_its_last_mandate() -> None:
    """Its own, or that of its payment group; the last that was signed."""
    comptes = pl.DataFrame(
        {"compte": ["A", "B", "C"], "siren": SIREN, "remboursements": [False, False, True],
         "debut": date(2020, 1, 1), "fin": None, "compte_credite": ["a", "b", "c"], "cause": None},
        schema_overrides={"fin": pl.Date, "cause": pl.String},
    )  # fmt: skip
    mandats = pl.DataFrame(
        {"compte": ["A", "B"], "cdg": ["C1", None], "groupe": [None, "G1"],
         "date_signature": [date(2020, 1, 1), date(2024, 1, 1)]}
    )  # fmt: skip
    groupes = pl.DataFrame({"groupe": ["G1", "G1"], "cdg": ["C1", "C2"]})
    listes = list_comptes_entreprises(comptes, mandats, groupes)
    assert listes.filter(pl.col("cdg") == "C1")["compte"].to_list() == ["B", "A"]
    assert listes.filter(pl.col("cdg") == "C2")["compte"].to_list() == ["B"]
    assert listes.filter(pl.col("rang") == 0).select("compte", "cdg").rows() == [("C", None)]
