"""Dated values: the rates of the contributions, the due date, and what is missing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.baremes import (
    SCHEMA_TAUX,
    ValeurManquante,
    cotisations_appliquees,
    date_exigibilite,
    read_baremes,
    read_taux,
    taux_at,
    valeur_at,
)
from specs.periodes import Mois

TAUX_CP = [
    ("2019-01", 200_500),
    ("2019-12", 200_500),
    ("2020-01", 195_500),
    ("2022-09", 195_500),
    ("2022-10", 196_500),
    ("2023-03", 196_500),
    ("2023-04", 197_500),
    ("2024-03", 197_500),
    ("2024-04", 202_000),
    ("2025-12", 202_000),
    ("2026-01", 210_000),
    ("2026-12", 210_000),
]


@pytest.mark.parametrize(("mois", "taux"), TAUX_CP)
def test_the_rate_of_paid_leave_is_the_one_of_its_month(mois: str, taux: int) -> None:
    """First and last month of each period carry its rate (CNETP, cotisation_rates)."""
    assert taux_at("CP", Mois.parse(mois)) == taux


@pytest.mark.parametrize(
    ("code", "serie", "mois"),
    [
        ("CP", "taux_ppm", Mois(2018, 12)),
        ("OPPBTP_PERM", "taux_ppm", Mois(2027, 1)),
        ("OPPBTP_INT", "salaire_reference_centimes", Mois(2019, 6)),
        ("INCONNUE", "taux_ppm", Mois(2026, 3)),
    ],
)
def test_a_missing_value_is_an_error_naming_the_value_and_the_date(
    code: str, serie: str, mois: Mois
) -> None:
    """Before the first value, in a gap or after an end: never a neighbour's value."""
    with pytest.raises(ValeurManquante, match=f"{code}.*{mois}"):
        valeur_at(code, serie, mois)


def test_what_is_not_applied_says_why() -> None:
    """Every contribution is called; the other values say why no rule uses them."""
    assert set(cotisations_appliquees()) > {"CP", "OPPBTP_PERM", "OPPBTP_INT", "CI_GOTP", "CI_SO"}
    assert all(b.applique or b.raison for b in read_baremes().values())


@given(st.builds(Mois, st.integers(2015, 2030), st.integers(1, 12)))
def test_the_table_of_rates_says_the_same_as_the_lookup(mois: Mois) -> None:
    """For any month at most one row of the table holds, and it is the rate of the lookup."""
    lignes = [
        ligne
        for ligne in read_taux().iter_rows(named=True)
        if ligne["cotisation"] == "CP"
        and ligne["debut"] <= str(mois)
        and (ligne["fin"] is None or str(mois) <= ligne["fin"])
    ]
    if lignes:
        assert [taux_at("CP", mois)] == [ligne["taux_ppm"] for ligne in lignes]
    else:
        with pytest.raises(ValeurManquante):
            taux_at("CP", mois)


def test_the_table_of_rates_has_its_schema_and_order() -> None:
    """Rates come as integers, sorted by contribution then first month, each with a source."""
    taux = read_taux()
    assert taux.schema == SCHEMA_TAUX
    assert taux.equals(taux.sort("cotisation", "debut"))
    assert taux["source"].null_count() == 0


@pytest.mark.parametrize("annee", range(2014, 2027))
def test_the_abatement_follows_its_formula(annee: int) -> None:
    """12 times the next whole euro of a twelfth of 8 000 hourly minimum wages, each campaign."""
    avril = Mois(annee, 4)
    mensuel_euros = -(-8_000 * valeur_at("SMIC_ABATTEMENT", "horaire_centimes", avril) // 1_200)
    annuel = valeur_at("ABATTEMENT_INTEMPERIES", "montant_annuel_centimes", avril)
    assert annuel == 12 * mensuel_euros * 100


@pytest.mark.parametrize(
    ("mois", "exigible"),
    [
        (Mois(2024, 4), date(2024, 5, 25)),
        (Mois(2022, 10), date(2022, 11, 25)),
        (Mois(2026, 12), date(2027, 1, 25)),
    ],
)
def test_contributions_are_due_the_25th_of_the_following_month(mois: Mois, exigible: date) -> None:
    """The dates that the fund published for April 2024 and October 2022."""
    assert date_exigibilite(mois) == exigible


def test_a_source_is_named_in_plain_words() -> None:
    """The title of a source is printed on calls: no identifier, no code of a choice of the fund."""
    titres = set(read_taux()["source"]) | {
        valeur.source.titre
        for bareme in read_baremes().values()
        for serie in bareme.series.values()
        for valeur in serie
        if valeur.source is not None
    }
    assert [titre for titre in titres if re.search(r"\w_\w|\b[A-Z]{1,3}-\d\d", titre)] == []
