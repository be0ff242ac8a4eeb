"""The call: one rounding a line, the rate of the month, differences that always add up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cotisations.etapes import compute_nouveaux
from pipelines.cotisations.regles import compute_differences, compute_lignes
from specs.baremes import read_taux
from specs.contrats import read_contrat, schema_polars

TAUX = {"2025-12": 202_000, "2026-01": 210_000, "2026-02": 210_000}
PPM = 1_000_000
CLE = ["cdg", "mois_appel", "mois_rattachement"]
ETABLISSEMENTS = pl.DataFrame({"cdg": ["C1", "C2"], "numero_adherent": ["A1", "A1"]})
VIDE = pl.DataFrame(schema=schema_polars(read_contrat("lignes_appel")))


def base(quantite: int, rattachement: str = "2026-01", **valeurs: Any) -> dict[str, Any]:
    """A retained base of CDG C1 declared in March 2026."""
    return {
        "cdg": "C1",
        "siren": "800000010",
        "mois_appel": "2026-03",
        "mois_rattachement": rattachement,
        "code_base": "20",
        "quantite": quantite,
        "statut": "RETENUE",
    } | valeurs


def frame(*bases: dict[str, Any]) -> pl.DataFrame:
    """Bases as a frame."""
    schema = schema_polars(read_contrat("bases"))
    return pl.DataFrame(bases, schema={nom: schema[nom] for nom in base(0)})


def lines(*bases: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Lines from scratch: month, base, rate, amount."""
    lignes = compute_lignes(frame(*bases), read_taux())
    return lignes.select(
        "mois_rattachement", "base_centimes", "taux_ppm", "montant_centimes"
    ).rows()


def reference(base_centimes: int, taux_ppm: int) -> int:
    """Amount in centimes, half away from zero, by whole numbers."""
    entier, reste = divmod(abs(base_centimes) * taux_ppm, PPM)
    montant = entier + (2 * reste >= PPM)
    return montant if base_centimes >= 0 else -montant


def issued(calls: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Published lines once these are."""
    nouvelles = lignes.with_columns(part=pl.lit(0, pl.Int64)).select(calls.columns)
    return pl.concat([calls, nouvelles])


def test_a_line_is_rounded_once_on_its_sum() -> None:
    """Three bases of 0.83 make 2.49 x 21 % = 0.5229, not three rounded amounts (C-01, C-02)."""
    assert lines(base(83), base(83), base(83)) == [("2026-01", 249, 210_000, 52)]


@pytest.mark.parametrize(("centimes", "montant"), [(50, 11), (-50, -11), (150, 32), (0, 0)])
def test_a_half_goes_away_from_zero(centimes: int, montant: int) -> None:
    """10.5 becomes 11, -10.5 becomes -11, 31.5 becomes 32 (C-01)."""
    assert lines(base(centimes)) == [("2026-01", centimes, 210_000, montant)]


def test_the_rate_is_that_of_the_month_of_attachment() -> None:
    """In one call, December 2025 at 20.20 % and January 2026 at 21 % (C-02)."""
    assert lines(base(100_000, "2025-12"), base(100_000, "2026-01")) == [
        ("2025-12", 100_000, 202_000, 20_200),
        ("2026-01", 100_000, 210_000, 21_000),
    ]


def test_a_line_is_one_of_a_centre_and_months() -> None:
    """Bases of two centres or two months of call are never summed together (C-02)."""
    lignes = compute_lignes(
        frame(base(100), base(100, cdg="C2"), base(100, mois_appel="2026-02")), read_taux()
    )
    assert lignes.height == 3


def test_other_bases_are_not_called_yet() -> None:
    """Only base 20 has an applied contribution in this issue."""
    assert lines(base(100, code_base="21"), base(100, code_base="024")) == []


def test_a_month_without_rate_waits() -> None:
    """No rate before 2019: the line waits, the others are called, no rate is borrowed (CP-05)."""
    bases = frame(base(100_000, "2018-12"), base(100_000, "2019-01"))
    nouveaux = compute_nouveaux(bases, VIDE, ETABLISSEMENTS, date(2026, 4, 5))
    assert nouveaux.lignes["mois_rattachement"].to_list() == ["2019-01"]
    attente = nouveaux.en_attente.select("mois_rattachement", "base_centimes", "taux_ppm")
    assert attente.rows() == [("2018-12", 100_000, None)]


def test_bases_that_do_not_count_are_not_called() -> None:
    """Waiting or left out, a base is in no line."""
    bases = frame(base(100, statut="EN_ATTENTE"), base(100, statut="ECARTEE"))
    assert compute_nouveaux(bases, VIDE, ETABLISSEMENTS, date(2026, 4, 5)).appels.is_empty()


def test_a_first_call_is_due_the_25th_of_the_next_month() -> None:
    """The call of March is due on 25 April, whenever it is published (C-07)."""
    appels = compute_nouveaux(frame(base(100)), VIDE, ETABLISSEMENTS, date(2026, 9, 5)).appels
    (appel,) = appels.rows(named=True)
    assert (appel["appel"], appel["adherent"], appel["nature"], appel["date_exigibilite"]) == (
        "C1-202603-01",
        "A1",
        "INITIAL",
        date(2026, 4, 25),
    )


def test_a_later_call_bears_the_difference_and_is_due_after_its_publication() -> None:
    """Called 100.00 then 80.00: a second call of -20.00, due after its own month (C-08)."""
    premier = compute_nouveaux(frame(base(10_000)), VIDE, ETABLISSEMENTS, date(2026, 4, 5))
    publiees = issued(VIDE, premier.lignes)
    second = compute_nouveaux(frame(base(8_000)), publiees, ETABLISSEMENTS, date(2026, 12, 2))
    assert second.lignes.select("appel", "rang", "base_centimes", "montant_centimes").rows() == [
        ("C1-202603-02", 2, -2_000, -420)
    ]
    assert second.appels.select("nature", "date_exigibilite").rows() == [
        ("COMPLEMENTAIRE", date(2027, 1, 25))
    ]


def test_nothing_new_issues_no_call() -> None:
    """The same bases again change nothing."""
    bases = frame(base(10_000), base(-50, "2025-12"))
    lignes = compute_lignes(bases, read_taux())
    publiees = issued(VIDE, compute_differences(lignes, VIDE))
    assert compute_differences(lignes, publiees).is_empty()


def test_bases_withdrawn_are_called_back() -> None:
    """A line that the last declarations no longer bring is called back whole (C-08)."""
    premieres = compute_lignes(frame(base(10_000), base(500, "2025-12")), read_taux())
    publiees = issued(VIDE, compute_differences(premieres, VIDE))
    restantes = compute_lignes(frame(base(10_000)), read_taux())
    assert compute_differences(restantes, publiees).select(
        "mois_rattachement", "base_centimes", "taux_ppm", "montant_centimes"
    ).rows() == [("2025-12", -500, 202_000, -101)]


NUITS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["C1", "C2"]),
            st.sampled_from(["2026-01", "2026-02"]),
            st.sampled_from(sorted(TAUX)),
            st.integers(-(10**12), 10**12),
        ),
        max_size=6,
    ),
    min_size=1,
    max_size=5,
)


@given(nuits=NUITS, cumule=st.booleans())
def test_calls_add_up_to_a_computation_from_scratch(
    nuits: list[list[tuple[str, str, str, int]]], cumule: bool
) -> None:
    """However bases come over the nights, added or replaced, calls sum to the last state (C-08)."""
    publiees, vues = VIDE, []
    for nuit in nuits:
        vues = [*vues, *nuit] if cumule else nuit
        bases = frame(
            *(base(montant, du, cdg=cdg, mois_appel=mois) for cdg, mois, du, montant in vues)
        )
        nouveaux = compute_nouveaux(bases, publiees, ETABLISSEMENTS, date(2026, 4, 5))
        assert dict(nouveaux.appels.select("appel", "montant_centimes").rows()) == dict(
            nouveaux.lignes.group_by("appel").agg(pl.col("montant_centimes").sum()).rows()
        )
        publiees = issued(publiees, nouveaux.lignes)

    attendues: dict[tuple[str, str, str], int] = defaultdict(int)
    for cdg, mois, du, montant in vues:
        attendues[cdg, mois, du] += montant
    sommes = publiees.group_by(CLE).agg(
        pl.col("base_centimes").sum(), pl.col("montant_centimes").sum()
    )
    appelees = {tuple(ligne[:3]): tuple(ligne[3:]) for ligne in sommes.rows()}
    assert {cle: somme for cle, somme in appelees.items() if somme != (0, 0)} == {
        cle: (base_centimes, reference(base_centimes, TAUX[cle[2]]))
        for cle, base_centimes in attendues.items()
        if base_centimes
    }
