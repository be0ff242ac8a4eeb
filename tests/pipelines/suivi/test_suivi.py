"""Expected declarations, what became of them, reminders."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.declarations.regles.attendues import Sources, compute_attendues
from pipelines.suivi.regles.relances import compute_relances
from specs.baremes.suivi import read_calendrier
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois
from warehouse.registre import SCHEMA_ETABLISSEMENTS

SIREN, SIRET, SECOND = "800000010", "80000001000010", "80000001000028"
AUTRE = "99909001200017"
SUIVIS = pl.Schema({"siren": pl.String, "suivi_depuis": pl.String})
TDP = pl.Schema({"siret": pl.String, "mois_appel": pl.String, "depot": pl.String})
MAI = date(2026, 5, 20)  # the limit date of April is past, that of May is not


def establishment(siret: str = SIRET, **valeurs: Any) -> dict[str, Any]:
    """An establishment open since 2020."""
    return {
        "numero_adherent": f"A{siret[:5]}",
        "siren": siret[:9],
        "raison_sociale": "",
        "cdg": "C1",
        "siret": siret,
        "debut": date(2020, 1, 1),
        "fin": None,
    } | valeurs


def retained(mois: str, numero: int = 1, siret: str = SIRET, **valeurs: Any) -> dict[str, Any]:
    """A declaration that counts."""
    return {
        "part": 0,
        "depot": f"D{numero:08d}",
        "rang_declaration": 1,
        "siren": siret[:9],
        "siret": siret,
        "cdg": "C1",
        "version": "P26V01",
        "nature": "01",
        "type": "01",
        "fraction": "11",
        "ordre": numero,
        "mois_appel": mois,
        "champ": "01",
        "individus": 3,
        "statut": "RETENUE",
        "motif": None,
    } | valeurs


def refused(mois: str | None, numero: int = 9, siret: str | None = SIRET) -> dict[str, Any]:
    """A declaration read in a deposit that is not conforming."""
    colonnes = read_contrat("declarations_lues").colonnes
    lue = dict.fromkeys((colonne.nom for colonne in colonnes), None)
    return lue | {
        "depot": f"D{numero:08d}",
        "adherent": f"A{(siret or '')[:5]}",
        "nature": "01",
        "mois_appel": mois,
        "siret": siret,
        "conforme": False,
    }


def sources(
    *declarations: dict[str, Any],
    etablissements: tuple[dict[str, Any], ...] = (),
    suivis: dict[str, str | None] | None = None,
    refusees: tuple[dict[str, Any], ...] = (),
    tdp: tuple[tuple[str, str, str], ...] = (),
) -> Sources:
    """The frames of these rows."""
    return Sources(
        pl.DataFrame(etablissements or (establishment(),), SCHEMA_ETABLISSEMENTS, orient="row"),
        pl.DataFrame(list((suivis or {}).items()), SUIVIS, orient="row"),
        pl.DataFrame(declarations, schema_polars(read_contrat("declarations")), orient="row"),
        pl.DataFrame(refusees, schema_polars(read_contrat("declarations_lues")), orient="row"),
        pl.DataFrame(tdp, TDP, orient="row"),
    )


def calendrier() -> pl.DataFrame:
    """The calendar of the fund, around the dates of the tests."""
    return read_calendrier(Mois(2025, 1), Mois(2026, 12))


def attendues(entrees: Sources, date_arrete: date = MAI) -> pl.DataFrame:
    """Expected declarations at a date."""
    return compute_attendues(entrees, calendrier(), date_arrete)


def states(entrees: Sources, date_arrete: date = MAI) -> list[tuple[str, str]]:
    """(month, state) of each expected declaration, in order."""
    return attendues(entrees, date_arrete).select("mois", "etat").rows()


def test_a_company_is_followed_from_its_first_retained_declaration() -> None:
    """Nothing is expected before it, every later month is."""
    assert states(sources(retained("2026-02"), retained("2026-04", 2))) == [
        ("2026-02", "RECUE"),
        ("2026-03", "ABSENTE"),
        ("2026-04", "RECUE"),
    ]


def test_the_registry_says_from_when_a_company_is_followed() -> None:
    """`suivi_depuis` wins over the first declaration, earlier or later."""
    tot = sources(retained("2026-04"), suivis={SIREN: "2026-03"})
    assert states(tot) == [("2026-03", "ABSENTE"), ("2026-04", "RECUE")]
    tard = sources(retained("2026-02"), suivis={SIREN: "2026-04"})
    assert states(tard) == [("2026-04", "ABSENTE")]


def test_nothing_is_expected_of_a_company_never_heard_of() -> None:
    """Neither followed nor declared: no month is listed."""
    assert states(sources()) == []
    assert states(sources(suivis={SIREN: None})) == []


@pytest.mark.parametrize(
    ("date_arrete", "dernier"), [(date(2026, 5, 15), "2026-03"), (date(2026, 5, 16), "2026-04")]
)
def test_a_month_is_expected_once_its_limit_date_is_past(date_arrete: date, dernier: str) -> None:
    """The 15th of the following month is still in time."""
    assert states(sources(suivis={SIREN: "2026-01"}), date_arrete)[-1] == (dernier, "ABSENTE")


def test_an_establishment_owes_the_months_that_it_is_open() -> None:
    """First and last months of membership included, nothing around them."""
    ouvert = establishment(debut=date(2026, 2, 27), fin=date(2026, 3, 1))
    entrees = sources(etablissements=(ouvert,), suivis={SIREN: "2025-06"})
    assert states(entrees) == [("2026-02", "ABSENTE"), ("2026-03", "ABSENTE")]


def test_two_establishments_of_one_centre_are_each_expected() -> None:
    """One declares, the other does not: only the other is missing."""
    deux = (establishment(), establishment(SECOND, debut=date(2026, 4, 1)))
    vues = attendues(sources(retained("2026-04"), etablissements=deux))
    assert vues.select("siret", "mois", "cdg", "etat").rows() == [
        (SIRET, "2026-04", "C1", "RECUE"),
        (SECOND, "2026-04", "C1", "ABSENTE"),
    ]


def test_a_declaration_without_employees_is_received() -> None:
    """A néant, or one that says that nobody is attached any more, closes the month."""
    assert states(sources(retained("2026-04", type="02", individus=0))) == [("2026-04", "RECUE")]


def test_a_month_is_partial_until_every_fraction_came() -> None:
    """One fraction of two is partial; P27V01 does not say how many there are."""
    une = retained("2026-04", fraction="12")
    assert states(sources(une)) == [("2026-04", "PARTIELLE")]
    assert states(sources(une, retained("2026-04", 2, fraction="22"))) == [("2026-04", "RECUE")]
    assert states(sources(une | {"version": "P27V01"})) == [("2026-04", "RECUE")]


def test_fractions_that_wait_for_the_others_are_a_partial_month() -> None:
    """Option fractions_incompletes: nothing is retained yet, and the month did not come."""
    attente = retained("2026-04", fraction="12", statut="EN_ATTENTE", motif="CP-10")
    assert states(sources(attente, suivis={SIREN: "2026-04"})) == [("2026-04", "PARTIELLE")]
    assert states(sources(attente, retained("2026-04", 2))) == [("2026-04", "RECUE")]


def test_a_refused_deposit_makes_the_month_unusable_until_a_good_one_comes() -> None:
    """The last deposit that bears the month is named; a retained declaration wins."""
    refus = (
        refused("2026-04", 7),
        refused("2026-04", 9),
        refused(None),
        refused("2026-04", 9, None),
    )
    entrees = sources(retained("2026-03"), refusees=refus)
    assert attendues(entrees).select("mois", "etat", "depot").rows() == [
        ("2026-03", "RECUE", "D00000001"),
        ("2026-04", "INUTILISABLE", "D00000009"),
    ]
    entrees = sources(retained("2026-03"), retained("2026-04", 8), refusees=refus)
    assert states(entrees)[-1] == ("2026-04", "RECUE")


def test_what_another_member_sent_is_not_the_company_s_own() -> None:
    """A refused deposit counts for the owner of the establishment only."""
    refus = refused("2026-04") | {"adherent": "A99999"}
    assert states(sources(suivis={SIREN: "2026-04"}, refusees=(refus,))) == [("2026-04", "ABSENTE")]


def test_a_substitution_that_waits_is_unusable() -> None:
    """Nature 09 waits for an operator (D-03): the month is not received, nor absent."""
    attente = retained("2026-04", nature="09", statut="EN_ATTENTE", motif="CP-07")
    assert states(sources(attente, suivis={SIREN: "2026-04"})) == [("2026-04", "INUTILISABLE")]


def test_a_wage_return_is_received_and_a_dsn_replaces_it() -> None:
    """The return stands for the DSN; once a DSN came, its fractions are what counts."""
    tdp = ((SIRET, "2026-04", "D00000005"),)
    suivis: dict[str, str | None] = {SIREN: "2026-04"}
    assert states(sources(suivis=suivis, tdp=tdp)) == [("2026-04", "RECUE")]
    une = retained("2026-04", fraction="12")
    assert states(sources(une, suivis=suivis, tdp=tdp)) == [("2026-04", "PARTIELLE")]


def test_large_companies_are_due_on_the_5th_when_the_fund_says_so() -> None:
    """From 50 employees in the last month declared, all establishments together."""
    deux = (establishment(), establishment(SECOND))
    grandes = retained("2026-02", individus=30), retained("2026-02", 2, SECOND, individus=20)
    le_5 = pl.col("mois").str.to_date("%Y-%m").dt.offset_by("1mo4d")
    jours = calendrier().with_columns(date_limite_grandes=le_5)
    vues = compute_attendues(sources(*grandes, etablissements=deux), jours, date(2026, 5, 6))
    assert vues.filter(siret=SIRET).select("mois", "date_limite").rows() == [
        ("2026-02", date(2026, 3, 15)),  # nothing was declared before: the general date
        ("2026-03", date(2026, 4, 5)),
        ("2026-04", date(2026, 5, 5)),
    ]


@pytest.mark.parametrize(
    ("date_arrete", "niveau"),
    [
        (date(2026, 4, 16), 1),
        (date(2026, 4, 30), 1),
        (date(2026, 5, 1), 2),
        (date(2026, 5, 15), 2),
        (date(2026, 5, 16), 3),
        (date(2027, 1, 1), 3),
    ],
)
def test_the_level_of_reminder_grows_with_the_delay(date_arrete: date, niveau: int) -> None:
    """After the limit date, then 15 and 30 days later; none for what was received."""
    vues = attendues(sources(retained("2026-02"), suivis={SIREN: "2026-02"}), date_arrete)
    assert vues.filter(mois="2026-03")["relances"].to_list() == [niveau]
    assert vues.filter(mois="2026-02")["relances"].to_list() == [0]


def test_a_level_of_reminder_is_sent_once() -> None:
    """A night tells the levels that no former night told, even when one was skipped."""
    entrees = sources(suivis={SIREN: "2026-03"})
    deja = pl.DataFrame(schema=schema_polars(read_contrat("relances"))).drop("part")
    niveaux = []
    for jour in (date(2026, 4, 16), date(2026, 4, 17), date(2026, 5, 16), date(2026, 5, 17)):
        nouvelles = compute_relances(attendues(entrees, jour), deja, jour)
        niveaux += nouvelles.select("mois", "niveau", "date").rows()
        deja = pl.concat([deja, nouvelles])
    assert niveaux == [
        ("2026-03", 1, date(2026, 4, 16)),
        ("2026-03", 3, date(2026, 5, 16)),
        ("2026-04", 1, date(2026, 5, 16)),
    ]


DECLARATIONS = st.builds(
    lambda mois, numero, siret, fraction: retained(mois, numero, siret, fraction=fraction),
    st.sampled_from(["2026-01", "2026-02", "2026-03", "2026-04"]),
    st.integers(1, 99),
    st.sampled_from([SIRET, SECOND, AUTRE]),
    st.sampled_from(["11", "12", "22"]),
)
REGISTRE = (establishment(), establishment(SECOND), establishment(AUTRE))


@given(st.lists(DECLARATIONS, max_size=6), st.randoms())
def test_the_order_of_arrival_changes_nothing(lignes: list[dict[str, Any]], hasard: Any) -> None:
    """However declarations and establishments are listed, the same months are missing."""
    autre = lignes.copy()
    hasard.shuffle(autre)
    a = attendues(sources(*lignes, etablissements=REGISTRE))
    b = attendues(sources(*autre, etablissements=REGISTRE[::-1]))
    assert a.equals(b)


@given(st.lists(DECLARATIONS, max_size=6))
def test_a_company_never_changes_another(lignes: list[dict[str, Any]]) -> None:
    """What is expected of a company is the same without the others."""
    siennes = [ligne for ligne in lignes if ligne["siren"] == SIREN]
    ensemble = attendues(sources(*lignes, etablissements=REGISTRE)).filter(siren=SIREN)
    assert ensemble.equals(attendues(sources(*siennes, etablissements=REGISTRE[:2])))
