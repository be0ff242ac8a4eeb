"""Estimated bases, until the DSN comes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.declarations.regles.estimations import compute_estimations
from pipelines.declarations.regles.releves import COLONNES
from specs.baremes.suivi import read_calendrier
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois

SIRET, SECOND = "80000001000010", "80000001000028"
JUIN = date(2026, 6, 20)
REGISTRE = pl.DataFrame(
    [("A1", "C1", SIRET, date(2020, 1, 1), None), ("A1", "C2", SECOND, date(2020, 1, 1), None)],
    {
        "numero_adherent": pl.String,
        "cdg": pl.String,
        "siret": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
    },
    orient="row",
)


def expected(mois: str, etat: str = "ABSENTE", siret: str = SIRET) -> dict[str, Any]:
    """An expected declaration; its limit date is the 15th of the next month."""
    limite = Mois.parse(mois).next().first_day.replace(day=15)
    situation = {"siren": siret[:9], "adherent": "A1", "cdg": "C1", "date_limite": limite}
    return {"siret": siret, "mois": mois, "etat": etat, "relances": 0, "estimee": False} | situation


def base(mois: str, quantite: int, code_base: str = "20", **valeurs: Any) -> dict[str, Any]:
    """A retained base of a DSN."""
    return {
        "depot": f"D-{mois}",
        "rang_declaration": 1,
        "siren": SIRET[:9],
        "siret": SIRET,
        "cdg": "C1",
        "mois_appel": mois,
        "mois_rattachement": mois,
        "code_base": code_base,
        "quantite": quantite,
        "source": "DSN",
        "statut": "RETENUE",
    } | valeurs


def bases(*lignes: dict[str, Any]) -> pl.DataFrame:
    """Bases, numbered."""
    numerotees = [{"ligne": n} | ligne for n, ligne in enumerate(lignes, 1)]
    return pl.DataFrame(numerotees, COLONNES, orient="row")


def estimated(
    attendues: list[dict[str, Any]],
    *lignes: dict[str, Any],
    option: str = "dernier_mois",
    jours: int = 0,
    date_arrete: date = JUIN,
) -> list[tuple[str, str, int]]:
    """(month, code, quantity) of each estimated base, by the option."""
    calendrier = read_calendrier(Mois(2025, 12), Mois(2026, 12)).with_columns(
        estimation=pl.lit(option), estimation_jours=pl.lit(jours, pl.Int64)
    )
    schema = schema_polars(read_contrat("declarations_attendues"))
    frame = pl.DataFrame(attendues, schema, orient="row")
    estimees = compute_estimations(frame, bases(*lignes), calendrier, date_arrete)
    assert set(estimees["source"]) <= {"ESTIMATION"}
    return estimees.select("mois_appel", "code_base", "quantite").rows()


def test_nothing_is_estimated_unless_the_fund_says_so() -> None:
    """The default of the fund: no estimated call."""
    assert estimated([expected("2026-05")], base("2026-04", 1_000), option="aucun") == []


def test_the_last_month_received_estimates_a_missing_one() -> None:
    """Each code of base is summed; the row bears its own deposit, rank 0 and no employee."""
    lignes = (
        base("2026-03", 9),
        base("2026-04", 700),
        base("2026-04", 300),
        base("2026-04", 50, "21"),
    )
    assert estimated([expected("2026-05")], *lignes) == [
        ("2026-05", "20", 1_000),
        ("2026-05", "21", 50),
    ]


def test_an_estimated_base_says_what_it_is() -> None:
    """Deposit `EST-<siret>-<mois>`, rank 0, lines from 1, of its own month."""
    calendrier = read_calendrier(Mois(2026, 5), Mois(2026, 5)).with_columns(
        estimation=pl.lit("dernier_mois")
    )
    schema = schema_polars(read_contrat("declarations_attendues"))
    lignes = bases(base("2026-04", 5), base("2026-04", 7, "21"))
    frame = pl.DataFrame([expected("2026-05", "INUTILISABLE")], schema, orient="row")
    estimees = compute_estimations(frame, lignes, calendrier, JUIN)
    assert estimees.select("depot", "rang_declaration", "ligne", "mois_rattachement").rows() == [
        (f"EST-{SIRET}-2026-05", 0, 1, "2026-05"),
        (f"EST-{SIRET}-2026-05", 0, 2, "2026-05"),
    ]
    assert estimees.select("salarie", "contrat", "motif").row(0) == (None, None, None)
    assert set(estimees["statut"]) == {"RETENUE"}


def test_the_mean_of_three_months_is_rounded_once() -> None:
    """The three last months received; fewer when fewer came; a half goes up."""
    trois = (base("2026-01", 900), base("2026-02", 1), base("2026-03", 1), base("2026-04", 2))
    moyenne = "moyenne_trois_mois"
    assert estimated([expected("2026-05")], *trois, option=moyenne) == [("2026-05", "20", 1)]
    assert estimated([expected("2026-05")], *trois[2:], option=moyenne) == [("2026-05", "20", 2)]


def test_a_month_without_employees_is_a_month_received() -> None:
    """After a néant the estimation is nothing; in a mean it counts for zero."""
    attendues = [expected("2026-04", "RECUE"), expected("2026-05")]
    assert estimated(attendues, base("2026-03", 900)) == []
    assert estimated(attendues, base("2026-03", 900), option="moyenne_trois_mois") == [
        ("2026-05", "20", 450)
    ]


@pytest.mark.parametrize("etat", ["RECUE", "PARTIELLE"])
def test_only_a_month_without_a_usable_declaration_is_estimated(etat: str) -> None:
    """What came, even in part, is called as it is; a partial month estimates nothing either."""
    assert estimated([expected("2026-05", etat)], base("2026-04", 900)) == []
    attendues = [expected("2026-04", "PARTIELLE"), expected("2026-05")]
    assert estimated(attendues, base("2026-04", 10), base("2026-03", 900)) == [
        ("2026-05", "20", 900)
    ]


def test_only_positive_bases_of_their_own_month_are_estimated() -> None:
    """Corrections of past months, negative or zero sums, bases left out: none is repeated."""
    lignes = (
        base("2026-04", 500),
        base("2026-04", -600),
        base("2026-04", 0, "21"),
        base("2026-04", 80, "34", mois_rattachement="2026-03"),
        base("2026-04", 70, "35", statut="ECARTEE"),
        base("2026-04", 60, "FRAC", source="FRACTIONNEMENT"),
    )
    assert estimated([expected("2026-05")], *lignes) == []


def test_an_estimation_never_estimates_another() -> None:
    """Two missing months in a row are both estimated from the last real one."""
    attendues = [expected("2026-03"), expected("2026-05")]
    lignes = (base("2026-02", 100), base("2026-03", 999, source="ESTIMATION"), base("2026-06", 5))
    assert estimated(attendues, *lignes) == [("2026-03", "20", 100), ("2026-05", "20", 100)]


def test_an_establishment_without_a_past_is_not_estimated() -> None:
    """The bases of another establishment of the company say nothing of this one."""
    assert estimated([expected("2026-05", siret=SECOND)], base("2026-04", 100)) == []


@pytest.mark.parametrize(("jours", "nombre"), [(0, 1), (4, 1), (5, 0)])
def test_an_estimation_waits_for_its_delay(jours: int, nombre: int) -> None:
    """Dated value ESTIMATION_DSN: that many days after the limit date, strictly."""
    assert len(estimated([expected("2026-05")], base("2026-04", 1), jours=jours)) == nombre


LIGNES = st.lists(
    st.builds(
        base,
        st.sampled_from(["2026-02", "2026-03", "2026-04"]),
        st.integers(-1_000, 10_000),
        st.sampled_from(["20", "21"]),
    ),
    max_size=8,
)


@given(LIGNES, st.randoms(), st.sampled_from(["dernier_mois", "moyenne_trois_mois"]))
def test_the_order_of_the_bases_changes_nothing(
    lignes: list[dict[str, Any]], hasard: Any, option: str
) -> None:
    """Estimations are sums: the order of the lines, and another establishment, are indifferent."""
    autre = [*lignes, base("2026-04", 77, siret=SECOND)]
    hasard.shuffle(autre)
    attendues = [expected("2026-04"), expected("2026-05")]
    assert estimated(attendues, *lignes, option=option) == estimated(
        attendues, *autre, option=option
    )
