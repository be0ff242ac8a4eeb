"""Which calls are debited, on which mandate, for which day; never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reglements.regles.debiteurs import find_obstacles
from pipelines.reglements.regles.prelevements import (
    MAXIMUM_CENTIMES,
    TROP,
    Emissions,
    Parametres,
    Situation,
    compute_emissions,
    compute_prevus,
)
from specs.banque.target import is_business_day
from specs.contrats import columns_of

SIREN = "999090012"
PARAMETRES = Parametres(14, 2, 7, 10, 1, 3, 2, "a_jour", "jour_ouvre_suivant", "tout_mandat")
LUNDI = date(2026, 4, 27)
SOIR = date(2026, 4, 20)
REMISE = "PRLV-20260420-00003"


def emitted(situation: Situation, soir: date = SOIR, **autres: Any) -> Emissions:
    """Debits of the night."""
    return compute_emissions(situation, replace(PARAMETRES, **autres), REMISE, soir)


def test_a_call_is_debited_on_its_due_date_moved_to_a_business_day(
    make_situation: Callable[..., Situation],
) -> None:
    """Due on a Saturday, debited on the Monday; the whole row is what the contract says."""
    emissions = emitted(make_situation([{"appel": "C900201-202603-01"}]))
    assert emissions.prelevements.columns == [c for c in columns_of("prelevements") if c != "part"]
    assert emissions.prelevements.row(0, named=True) == {
        "prelevement": f"P{SIREN}-20260427-01",
        "siren": SIREN,
        "adherent": "A1",
        "cdg": "C900201",
        "groupe": None,
        "rum": "RUM-1",
        "compte": "CB-1",
        "compte_debite": "pseudonyme",
        "schema": "B2B",
        "reference_paiement": "C900201-202603-01",
        "date_echeance": LUNDI,
        "montant_centimes": 10_000,
        "sequence": "RCUR",
        "changement_compte": False,
        "etat": "EMIS",
        "code_motif": None,
        "date_etat": None,
        "date_emission": SOIR,
        "remise": REMISE,
    }
    assert emissions.appels.select("appel", "montant_centimes").rows() == [
        ("C900201-202603-01", 10_000)
    ]


@pytest.mark.parametrize(
    ("soir", "publication", "autres", "jour"),
    [
        (date(2026, 4, 19), date(2026, 4, 6), {}, None),
        (SOIR, date(2026, 4, 6), {"report": "jour_ouvre_precedent"}, date(2026, 4, 24)),
        (SOIR, date(2026, 4, 13), {}, LUNDI),
        (date(2026, 4, 21), date(2026, 4, 14), {}, date(2026, 4, 28)),
        (date(2026, 4, 22), date(2026, 4, 14), {"preavis_jours": 5}, LUNDI),
        (date(2026, 4, 30), date(2026, 4, 6), {}, date(2026, 5, 5)),
        (
            date(2026, 4, 22),
            date(2026, 4, 9),
            {"report": "jour_ouvre_precedent"},
            date(2026, 4, 24),
        ),
        (date(2026, 4, 23), date(2026, 4, 9), {"report": "jour_ouvre_precedent"}, LUNDI),
    ],
)
def test_the_day_of_a_debit(
    make_situation: Callable[..., Situation],
    soir: date,
    publication: date,
    autres: dict[str, Any],
    jour: date | None,
) -> None:
    """Notice, time of the bank, closed days (1 May among them) and horizon, each in its turn."""
    situation = make_situation([{"appel": "A"}], publication=publication)
    jours = emitted(situation, soir, **autres).prelevements["date_echeance"].to_list()
    assert jours == ([] if jour is None else [jour])


@pytest.mark.parametrize(
    ("creance", "mandat", "etat"),
    [
        ({"reste_centimes": 0}, {}, "ACTIF"),
        ({"etat": "SOLDEE"}, {}, "ACTIF"),
        ({"etat": "ECHEANCIER"}, {}, "ACTIF"),
        ({}, {"prelevement_automatique": False}, "ACTIF"),
        ({}, {"date_signature": None}, "ACTIF"),
        ({}, {"cdg": "C900202"}, "ACTIF"),
        ({}, {}, "SIGNE"),
        ({}, {}, "SUSPENDU"),
        ({}, {}, "CADUC"),
        ({"groupe": "77"}, {}, "ACTIF"),
        ({"reste_centimes": 100_000_000_000}, {}, "ACTIF"),
    ],
)
def test_what_is_not_debited(
    make_situation: Callable[..., Situation],
    creance: dict[str, Any],
    mandat: dict[str, Any],
    etat: str,
) -> None:
    """Nothing due, a plan, no active mandate of that place, more than SEPA takes."""
    situation = make_situation([{"appel": "A"} | creance], [mandat], etat=etat)
    assert emitted(situation).prelevements.is_empty()
    assert emitted(situation).appels.is_empty()


def test_a_group_is_debited_once(make_situation: Callable[..., Situation]) -> None:
    """The calls of a payment group make one debit, on the mandate of the group."""
    creances = [{"appel": a, "cdg": c, "groupe": "77"} for a, c in (("A", "C1"), ("B", "C2"))]
    situation = make_situation(creances, [{"cdg": None, "groupe": "77"}])
    emissions = emitted(situation)
    assert emissions.prelevements.select("montant_centimes", "groupe", "cdg").rows() == [
        (20_000, "77", None)
    ]
    assert emissions.prelevements["reference_paiement"].to_list() == [f"P{SIREN}-20260427-01"]
    assert emissions.appels["appel"].to_list() == ["A", "B"]


def test_two_mandates_of_one_day_have_two_names(make_situation: Callable[..., Situation]) -> None:
    """Debits of a company for one day are numbered, after those already handed over."""
    creances = [{"appel": "A"}, {"appel": "B", "cdg": "C2"}]
    mandats = [{}, {"rum": "RUM-2", "cdg": "C2"}]
    deja = {"prelevement": "P0", "rum": "RUM-9"}
    noms = emitted(make_situation(creances, mandats, [deja])).prelevements["prelevement"].to_list()
    assert noms == [f"P{SIREN}-20260427-02", f"P{SIREN}-20260427-03"]


def test_a_mandate_has_one_debit_a_day(make_situation: Callable[..., Situation]) -> None:
    """A later call of the same due date is debited on the next business day."""
    deja = {"prelevement": "P0"}
    situation = make_situation([{"appel": "B"}], prelevements=[deja], appels=[("P0", "A")])
    assert emitted(situation).prelevements["date_echeance"].to_list() == [date(2026, 4, 28)]


@pytest.mark.parametrize("etat", ["EMIS", "REGLE"])
def test_a_call_being_debited_is_left(make_situation: Callable[..., Situation], etat: str) -> None:
    """Handed over or settled, a call is not debited again, and does not block the others."""
    deja = {"prelevement": "P0", "etat": etat, "date_echeance": date(2026, 3, 25)}
    creances = [{"appel": "A", "etat": "ECHUE", "date_exigibilite": date(2026, 3, 25)}]
    creances += [{"appel": "B"}]
    situation = make_situation(creances, prelevements=[deja], appels=[("P0", "A")])
    assert emitted(situation).appels["appel"].to_list() == ["B"]


@pytest.mark.parametrize(
    ("codes", "appels"),
    [
        (["AM04"], ["A", "B"]),
        (["AM04", "AM04"], []),
        (["AC04"], ["A", "B"]),
        (["AC04", "MS03"], []),
    ],
)
def test_a_refused_call_is_presented_again(
    make_situation: Callable[..., Situation], codes: list[str], appels: list[str]
) -> None:
    """Once for lack of funds; after a suspension, once the mandate is active again."""
    refus = [
        {
            "prelevement": f"P{n}",
            "etat": "REJETE",
            "code_motif": code,
            "date_etat": date(2026, 4, 1 + n),
            "date_echeance": date(2026, 3, 25 + n),
        }
        for n, code in enumerate(codes)
    ]
    liens = [(r["prelevement"], "A") for r in refus]
    echue = {"appel": "A", "etat": "ECHUE", "date_exigibilite": date(2026, 3, 25)}
    situation = make_situation([echue, {"appel": "B"}], prelevements=refus, appels=liens)  # type: ignore[arg-type]
    assert sorted(emitted(situation).appels["appel"]) == appels


def test_a_refused_call_waits_before_it_comes_again(
    make_situation: Callable[..., Situation],
) -> None:
    """The new debit comes ten days after the refusal, not before."""
    refus = {"prelevement": "P0", "etat": "REJETE", "code_motif": "AM04"}
    refus |= {"date_etat": date(2026, 4, 16), "date_echeance": date(2026, 3, 25)}  # type: ignore[dict-item]
    echue = {"appel": "A", "etat": "ECHUE", "date_exigibilite": date(2026, 3, 25)}
    situation = make_situation([echue], prelevements=[refus], appels=[("P0", "A")])
    assert emitted(situation).prelevements["date_echeance"].to_list() == [LUNDI]


@pytest.mark.parametrize(
    ("echue", "eligibilite", "appels"),
    [
        ({"cdg": "C2"}, "a_jour", []),
        ({"date_exigibilite": date(2024, 1, 25)}, "a_jour", []),
        ({"date_exigibilite": date(2026, 3, 25)}, "a_jour", ["A", "B"]),
        ({"date_exigibilite": date(2024, 1, 25)}, "toujours", ["A", "B"]),
        ({"cdg": "C2"}, "toujours", ["A"]),
    ],
    ids=["autre centre", "avant le mandat", "depuis le mandat", "toujours", "sans mandat"],
)
def test_an_overdue_company_is_not_debited(
    make_situation: Callable[..., Situation],
    echue: dict[str, Any],
    eligibilite: str,
    appels: list[str],
) -> None:
    """A call that was due before the mandate, or has none, must be paid first: option."""
    situation = make_situation([{"appel": "A"}, {"appel": "B", "etat": "ECHUE"} | echue])
    assert sorted(emitted(situation, eligibilite=eligibilite).appels["appel"]) == appels


def test_a_change_of_account_goes_with_the_debit(make_situation: Callable[..., Situation]) -> None:
    """The mandate whose account changed says so."""
    situation = make_situation([{"appel": "A"}], changements=("RUM-1",))
    assert emitted(situation).prelevements["changement_compte"].to_list() == [True]


def refused_by_the_fund(
    make_situation: Callable[..., Situation], code: str, fois: int = 1, **creance: Any
) -> Situation:
    """A call whose debit of 27 April was refused without its company being the cause."""
    refus = [
        {"prelevement": f"P{n}", "etat": "A_REMETTRE", "code_motif": code}
        | {"date_etat": date(2026, 4, 21), "date_echeance": LUNDI}
        for n in range(fois)
    ]
    liens = [(r["prelevement"], "A") for r in refus]
    return make_situation([{"appel": "A"} | creance], prelevements=refus, appels=liens)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "fois", "soir", "jour"),
    [
        ("FF01", 1, date(2026, 4, 21), date(2026, 4, 28)),
        ("DT01", 3, date(2026, 4, 21), date(2026, 4, 28)),
        ("AC04", 1, date(2026, 4, 21), date(2026, 4, 28)),
        ("FF01", 4, date(2026, 4, 21), None),
        ("DU01", 1, date(2026, 4, 21), None),
        ("DU01", 1, date(2026, 4, 28), None),
        ("AM05", 1, date(2026, 4, 29), date(2026, 5, 4)),
    ],
    ids=["format", "troisième", "fichier", "trop", "double", "veille", "double échu"],
)
def test_what_the_fund_must_hand_over_again(
    make_situation: Callable[..., Situation], code: str, fois: int, soir: date, jour: date | None
) -> None:
    """The next night, another day; a double only once a first copy would be known; not for ever."""
    situation = refused_by_the_fund(make_situation, code, fois)
    jours = emitted(situation, soir).prelevements["date_echeance"].to_list()
    assert jours == ([] if jour is None else [jour])


def test_waiting_for_the_fund_blocks_no_other_call(
    make_situation: Callable[..., Situation],
) -> None:
    """A company whose debit waits for the fund is not late: its other calls are debited."""
    attend = refused_by_the_fund(make_situation, "DU01", etat="ECHUE")
    autre = make_situation([{"appel": "B", "cdg": "C2"}], [{"cdg": "C2", "rum": "RUM-2"}])
    situation = replace(
        attend,
        creances=pl.concat([attend.creances, autre.creances]),
        appels=pl.concat([attend.appels, autre.appels]),
        mandats=pl.concat([attend.mandats, autre.mandats]),
        etats_mandat=pl.concat([attend.etats_mandat, autre.etats_mandat]),
    )
    assert emitted(situation, date(2026, 4, 21)).appels["appel"].to_list() == ["B"]


def test_a_debit_that_no_bank_would_take_is_set_aside(
    make_situation: Callable[..., Situation],
) -> None:
    """Its mandate is named with the cause, the others are debited."""
    creances = [{"appel": "A"}, {"appel": "B", "cdg": "C2"}]
    mandats = [{}, {"rum": "RUM-2", "cdg": "C2"}]
    emissions = emitted(make_situation(creances, mandats, obstacles=("RUM-1",)))
    assert emissions.appels["appel"].to_list() == ["B"]
    assert emissions.ecartes.rows() == [(SIREN, "RUM-1", LUNDI, 10_000, "raison")]


def test_more_than_sepa_takes_is_said(make_situation: Callable[..., Situation]) -> None:
    """A debit beyond the maximum is set aside with its cause, not forgotten."""
    emissions = emitted(make_situation([{"appel": "A", "reste_centimes": MAXIMUM_CENTIMES + 1}]))
    assert emissions.prelevements.is_empty()
    assert emissions.ecartes["cause"].to_list() == [TROP]


@pytest.mark.parametrize(
    ("debiteur", "dit"),
    [
        ({}, None),
        ({"titulaire": "ЮРИЙ"}, "titulaire du compte CB-1"),
        ({"titulaire": "Łódź & Cie"}, None),
        ({"titulaire": "***"}, "titulaire du compte CB-1"),
        ({"adresse": None, "ville": None}, None),
        ({"ville": "北京"}, None),
        ({"pays_compte": "CH"}, None),
        ({"pays_compte": "MC", "adresse": None}, "(MC) : adresse de"),
        ({"pays_compte": "GB", "ville": "北京"}, "(GB) : ville de"),
    ],
)
def test_a_debtor_whom_no_bank_would_take(debiteur: dict[str, Any], dit: str | None) -> None:
    """Another alphabet, an address missing outside the EEA: named, without any name quoted."""
    complet = {"rum": "RUM-1", "compte": "CB-1", "pays_compte": "FR", "titulaire": "ROUTES"}
    complet |= {"adresse": "1 rue", "ville": "LYON", "pays": "FR"}
    obstacles = find_obstacles(pl.DataFrame([complet | debiteur]))
    if dit is None:
        assert obstacles.is_empty()
    else:
        assert obstacles["rum"].to_list() == ["RUM-1"]
        assert dit in obstacles["cause"][0]
        assert not any(lettre in obstacles["cause"][0] for lettre in "ЮРИЙ北京")


CREANCES = st.lists(
    st.fixed_dictionaries(
        {
            "cdg": st.sampled_from(["C1", "C2"]),
            "groupe": st.sampled_from([None, "77"]),
            "reste_centimes": st.integers(0, 10**6),
            "etat": st.sampled_from(["A_ECHOIR", "ECHUE"]),
            "date_exigibilite": st.dates(date(2026, 3, 20), date(2026, 5, 5)),
        }
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(CREANCES, st.sampled_from(["a_jour", "toujours"]))
def test_nothing_is_debited_twice(
    make_situation: Callable[..., Situation], lignes: list[dict[str, Any]], eligibilite: str
) -> None:
    """Two nights: a call in one debit, a mandate once a day, business days, totals, same rows."""
    creances = [ligne | {"appel": f"A{n}"} for n, ligne in enumerate(lignes)]
    mandats = [{"cdg": "C1"}, {"rum": "RUM-2", "cdg": None, "groupe": "77"}]
    premiere = make_situation(creances, mandats)
    nuits = [emitted(premiere, eligibilite=eligibilite)]
    assert emitted(premiere, eligibilite=eligibilite).prelevements.equals(nuits[0].prelevements)
    part = pl.lit(0, pl.Int64).alias("part")
    suite = replace(
        premiere,
        prelevements=nuits[0].prelevements.with_columns(part).select(columns_of("prelevements")),
        prelevements_appels=nuits[0].appels,
    )
    nuits.append(emitted(suite, date(2026, 4, 24), eligibilite=eligibilite))
    prelevements = pl.concat([n.prelevements for n in nuits])
    appels = pl.concat([n.appels for n in nuits])
    assert not appels["appel"].is_duplicated().any()
    assert not prelevements["prelevement"].is_duplicated().any()
    assert not prelevements.select("rum", "date_echeance").is_duplicated().any()
    assert all(map(is_business_day, prelevements["date_echeance"]))
    assert (prelevements["montant_centimes"] > 0).all()
    sommes = appels.group_by("prelevement").agg(pl.col("montant_centimes").sum())
    ecarts = prelevements.join(sommes, on=["prelevement", "montant_centimes"], how="anti")
    assert ecarts.is_empty()


def test_a_debit_is_foreseen_on_the_day_it_will_have(
    make_situation: Callable[..., Situation],
) -> None:
    """From the night of the call to that of the debit, the same day; none without a mandate."""
    situation = make_situation([{"appel": "C900201-202603-01"}])
    for soir in (date(2026, 4, 6), date(2026, 4, 19), SOIR):
        prevus = compute_prevus(situation, PARAMETRES, soir)
        assert prevus.rows() == [
            ("C900201-202603-01", "C900201-202603-01", "RUM-1", "CB-1", LUNDI, 10_000)
        ]
    assert emitted(situation).prelevements["date_echeance"].to_list() == [LUNDI]
    assert emitted(situation, date(2026, 4, 19)).prelevements.is_empty()
    sans = make_situation([{"appel": "C900201-202603-01"}], etat="SUSPENDU")
    assert compute_prevus(sans, PARAMETRES, SOIR).is_empty()
