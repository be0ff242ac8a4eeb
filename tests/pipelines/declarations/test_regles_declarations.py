"""Which declaration counts, and to which month each base belongs."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import polars as pl
import pytest

from pipelines.declarations.regles.statuts import compute_bases, compute_statuts, take_open_months
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars

SIREN, SIRET, CDG, ADHERENT = "800000010", "80000001000010", "C1", "A1"
SAVOIR = read_connaissances()
REGISTRE = pl.DataFrame(
    [
        ("A1", CDG, SIRET, date(2020, 1, 15), None),
        ("A1", "C2", "80000001000028", date(2020, 1, 1), date(2026, 2, 10)),
        ("A2", "C3", "99909001200017", date(2020, 1, 1), None),
    ],
    schema={
        "numero_adherent": pl.String,
        "cdg": pl.String,
        "siret": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
    },
    orient="row",
)


def declaration(numero: int, **valeurs: Any) -> dict[str, Any]:
    """A real monthly declaration of March 2026, as read in the deposit of this number."""
    return {
        "lot": "L",
        "depot": f"D{numero}",
        "numero_depot": numero,
        "rang_declaration": 1,
        "essai": False,
        "adherent": ADHERENT,
        "version": "P26V01",
        "nature": "01",
        "type": "01",
        "fraction": "11",
        "ordre": 1,
        "mois_appel": "2026-03",
        "champ": "01",
        "siren": SIREN,
        "siret": SIRET,
        "individus": 1,
        "ligne": 18,
    } | valeurs


def statuts(*declarations: dict[str, Any]) -> pl.DataFrame:
    """Declarations with their status."""
    schema = schema_polars(read_contrat("declarations_lues"))
    return compute_statuts(pl.DataFrame(declarations, schema=schema), REGISTRE, SAVOIR)


def judged(*declarations: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Status and reason by deposit."""
    lignes = statuts(*declarations).select("depot", "statut", "motif").rows()
    return {depot: (statut, motif) for depot, statut, motif in lignes}


RETENUE = ("RETENUE", None)
REMPLACEE = ("REMPLACEE", "ANNULE_ET_REMPLACE")
REDECOUPEE = ("REMPLACEE", "CP-06")


def test_the_highest_order_counts() -> None:
    """Orders compare as numbers, whatever the arrival (D-01)."""
    assert judged(declaration(1, ordre=10), declaration(2, ordre=9)) == {
        "D1": RETENUE,
        "D2": REMPLACEE,
    }


def test_the_latest_arrival_breaks_equal_orders() -> None:
    """With equal orders the deposit that came last counts, then its last declaration (D-01)."""
    vus = statuts(declaration(1), declaration(2), declaration(2, rang_declaration=2, individus=2))
    assert vus.filter(pl.col("statut") == "RETENUE").select("depot", "rang_declaration").rows() == [
        ("D2", 2)
    ]


def test_the_order_of_reading_changes_nothing() -> None:
    """However the same deposits are listed, the same one counts."""
    lues = [declaration(1, ordre=3), declaration(2, ordre=7), declaration(3, ordre=7)]
    attendu = {"D1": REMPLACEE, "D2": REMPLACEE, "D3": RETENUE}
    assert all(judged(*ordre) == attendu for ordre in permutations(lues))


@pytest.mark.parametrize(
    "autre",
    [
        {"fraction": "22"},
        {"mois_appel": "2026-02"},
        {"champ": "02"},
        {"siret": "80000001000028", "mois_appel": "2026-02"},
    ],
)
def test_declarations_of_another_key_stand_side_by_side(autre: dict[str, str]) -> None:
    """Another fraction of the same cut, month, field or establishment replaces nothing (D-01)."""
    fraction = "12" if "fraction" in autre else "11"
    assert judged(declaration(1, fraction=fraction), declaration(2, **autre)) == {
        "D1": RETENUE,
        "D2": RETENUE,
    }


def test_a_test_or_waiting_declaration_replaces_nothing() -> None:
    """A declaration that waits takes no part in the choice."""
    attente = declaration(2, ordre=9, adherent="A2")
    assert judged(declaration(1), attente) == {"D1": RETENUE, "D2": ("EN_ATTENTE", "CP-04")}


def test_fractions_cut_again_replace_the_former_set() -> None:
    """11, then 12 and 22: the first set is replaced and the company is told (D-02)."""
    assert judged(
        declaration(1),
        declaration(2, fraction="12", ordre=2),
        declaration(3, fraction="22", ordre=3),
    ) == {"D1": REDECOUPEE, "D2": RETENUE, "D3": RETENUE}


def test_fractions_put_together_again_replace_the_set() -> None:
    """12 and 22, then 11: the whole counts; inside a set the highest order does (D-02)."""
    assert judged(
        declaration(1, fraction="12"),
        declaration(2, fraction="22"),
        declaration(3, ordre=5),
        declaration(4, ordre=6),
    ) == {"D1": REDECOUPEE, "D2": REDECOUPEE, "D3": REMPLACEE, "D4": RETENUE}


def test_fractions_without_a_total_never_replace_each_other() -> None:
    """From P27V01 a fraction has no total: 1 and 2 stand together, a new 1 replaces the old."""
    neuve = {"version": "P27V01"}
    assert judged(
        declaration(1, fraction="1", **neuve),
        declaration(2, fraction="2", ordre=2, **neuve),
        declaration(3, fraction="1", ordre=3, **neuve),
    ) == {"D1": REMPLACEE, "D2": RETENUE, "D3": RETENUE}


@pytest.mark.parametrize("nature", ["02", "04", "05", "07", "08"])
def test_other_natures_feed_no_call(nature: str) -> None:
    """Event declarations and FCTU have no effect on the call and replace nothing (D-03)."""
    assert judged(declaration(1), declaration(2, nature=nature, ordre=9)) == {
        "D1": RETENUE,
        "D2": ("SANS_EFFET", None),
    }


def test_a_substitution_waits_for_a_decision() -> None:
    """Nature 09 is kept, waiting, and replaces nothing (D-03)."""
    assert judged(declaration(1), declaration(2, nature="09", ordre=9)) == {
        "D1": RETENUE,
        "D2": ("EN_ATTENTE", "CP-07"),
    }


@pytest.mark.parametrize(
    ("valeurs", "attendu"),
    [
        ({"siret": "99999999800019"}, ("EN_ATTENTE", "CP-03")),
        ({"siret": "80000001000028"}, ("EN_ATTENTE", "CP-11")),  # closed in February
        ({"siret": "80000001000028", "mois_appel": "2026-02"}, RETENUE),  # open a part of it
        ({"mois_appel": "2019-12"}, ("EN_ATTENTE", "CP-11")),  # before it opened
        ({"mois_appel": "2020-01"}, RETENUE),
        ({"siret": "99909001200017", "siren": "999090012"}, ("EN_ATTENTE", "CP-04")),
    ],
)
def test_an_establishment_must_be_known_open_and_the_depositor_s(
    valeurs: dict[str, str], attendu: tuple[str, str | None]
) -> None:
    """Unknown, closed or another member's SIRET: the declaration waits and says why."""
    assert judged(declaration(1, **valeurs)) == {"D1": attendu}


def base(ligne: int, debut: date | None, fin: date | None, **valeurs: Any) -> dict[str, Any]:
    """A base 20 of 100.00 read in the first deposit."""
    return {
        "lot": "L",
        "depot": "D1",
        "rang_declaration": 1,
        "ligne": ligne,
        "siren": SIREN,
        "rang_individu": 1,
        "salarie": "s",
        "contrat": "A",
        "caisse": "01",
        "code_base": "20",
        "debut": debut,
        "fin": fin,
        "quantite": 10_000,
        "attribution": "CNETP",
    } | valeurs


def months(*bases: dict[str, Any], **valeurs: Any) -> list[tuple[Any, ...]]:
    """Month of attachment, status and reason of each base of a declaration of March."""
    lues = pl.DataFrame(bases, schema=schema_polars(read_contrat("bases_lues")))
    retenues = compute_bases(lues, statuts(declaration(1, **valeurs)), SAVOIR)
    return retenues.sort("ligne").select("mois_rattachement", "statut", "motif").rows()


def test_a_base_belongs_to_the_month_of_its_end() -> None:
    """A period over several months belongs to that of 78.003, past or future (D-06)."""
    assert months(
        base(1, date(2026, 3, 1), date(2026, 3, 31)),
        base(2, date(2025, 11, 15), date(2026, 2, 3)),
        base(3, date(2026, 3, 1), date(2026, 4, 5)),
    ) == [("2026-03", *RETENUE), ("2026-02", *RETENUE), ("2026-04", *RETENUE)]


def test_an_establishment_base_belongs_at_most_to_the_main_month() -> None:
    """Block 82 ending after the main month belongs to it; before, to its own month (D-06)."""
    heures = {"rang_individu": None, "salarie": None, "contrat": None, "code_base": "024"}
    assert months(
        base(1, date(2026, 3, 1), date(2026, 4, 30), **heures),
        base(2, date(2026, 2, 1), date(2026, 2, 28), **heures),
    ) == [("2026-03", *RETENUE), ("2026-02", *RETENUE)]


@pytest.mark.parametrize(
    ("valeurs", "motif"),
    [
        ({"attribution": "MIXTE"}, "CP-01"),
        ({"attribution": "SANS_CONTRAT"}, "CP-02"),
        ({"fin": None}, "CP-09"),
    ],
)
def test_a_base_left_out_keeps_its_reason(valeurs: dict[str, Any], motif: str) -> None:
    """Shared between funds, without contract, without period: left out and named (D-04)."""
    gardee = base(1, date(2026, 3, 1), date(2026, 3, 31)) | valeurs
    ((_, statut, vu),) = months(gardee)
    assert (statut, vu) == ("ECARTEE", motif)


def test_a_base_of_another_fund_is_not_kept() -> None:
    """What belongs to another fund leaves no row."""
    assert months(base(1, None, date(2026, 3, 31), attribution="AUTRE_CAISSE")) == []


def test_bases_wait_with_their_declaration() -> None:
    """The bases of a declaration that waits are listed, waiting, with its reason."""
    vues = months(base(1, date(2026, 3, 1), date(2026, 3, 31)), siret="99999999800019")
    assert vues == [("2026-03", "EN_ATTENTE", "CP-03")]


FERME = "80000001000028"  # in February


def test_a_closed_establishment_takes_the_months_it_was_open() -> None:
    """In a declaration of March, the last pays of February count; what is of March waits."""
    lues = pl.DataFrame(
        [
            base(1, date(2026, 2, 1), date(2026, 2, 28)),
            base(2, date(2026, 3, 1), date(2026, 3, 31)),
            base(3, date(2026, 2, 1), None),
        ],
        schema=schema_polars(read_contrat("bases_lues")),
    )
    situees = statuts(declaration(1, siret=FERME))
    declarees, bases = take_open_months(situees, compute_bases(lues, situees, SAVOIR), REGISTRE)
    assert declarees.select("statut", "motif").rows() == [RETENUE]
    assert bases.select("cdg", "statut", "motif").rows() == [
        ("C2", *RETENUE),
        ("C2", "EN_ATTENTE", "CP-11"),
        ("C2", "ECARTEE", "CP-09"),
    ]


def test_a_declaration_of_no_open_month_waits_and_can_be_replaced() -> None:
    """Nothing of it counts; a later one of the same month takes its place, another nature waits."""
    lues = pl.DataFrame(
        [base(1, date(2026, 3, 1), date(2026, 3, 31))],
        schema=schema_polars(read_contrat("bases_lues")),
    )
    situees = statuts(
        declaration(1, siret=FERME),
        declaration(2, siret=FERME, ordre=2),
        declaration(3, siret=FERME, nature="07"),
    )
    declarees, _ = take_open_months(situees, compute_bases(lues, situees, SAVOIR), REGISTRE)
    assert declarees.select("statut", "motif").rows() == [
        REMPLACEE,
        ("EN_ATTENTE", "CP-11"),
        ("SANS_EFFET", None),
    ]


def test_bases_of_a_replaced_declaration_are_not_kept() -> None:
    """Only the declaration that counts brings its bases."""
    lues = pl.DataFrame(
        [
            base(1, date(2026, 3, 1), date(2026, 3, 31)),
            base(1, date(2026, 3, 1), date(2026, 3, 31), depot="D2", quantite=7),
        ],
        schema=schema_polars(read_contrat("bases_lues")),
    )
    situees = statuts(declaration(1), declaration(2))
    assert compute_bases(lues, situees, SAVOIR)["quantite"].to_list() == [7]
