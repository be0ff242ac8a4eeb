"""The call: one rounding a line, the rate of the month, differences that always add up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cotisations.etapes import Appels, completed, compute_nouveaux
from pipelines.cotisations.regles.assiettes import sum_bases
from pipelines.cotisations.regles.lignes import compute_lignes
from pipelines.registre import Registre
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars

TAUX = {"2025-12": 202_000, "2026-01": 210_000, "2026-02": 210_000}
PPM, AVRIL = 1_000_000, date(2026, 4, 5)
CLE = ["cdg", "mois_appel", "mois_rattachement"]
REGISTRE = Registre(pl.DataFrame({"cdg": ["C1", "C2"], "numero_adherent": ["A1", "A1"]}))
SAVOIR = read_connaissances()
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
        "source": "DSN",
        "statut": "RETENUE",
        "motif": None,
    } | valeurs


def frame(*bases: dict[str, Any]) -> pl.DataFrame:
    """Bases as a frame."""
    schema = schema_polars(read_contrat("bases"))
    return pl.DataFrame(bases, schema={nom: schema[nom] for nom in base(0)})


def sums(*bases: dict[str, Any]) -> pl.DataFrame:
    """Bases summed, as the rules read them."""
    return sum_bases(frame(*bases).lazy()).collect()


def months(sommes: pl.DataFrame) -> pl.DataFrame:
    """Months declared: those of the bases."""
    return sommes.select("siren", "mois_appel").unique()


def scratch(*bases: dict[str, Any]) -> pl.DataFrame:
    """Lines from scratch."""
    sommes = sums(*bases)
    return compute_lignes(sommes, months(sommes), REGISTRE, SAVOIR).lignes


def news(publiees: pl.DataFrame, le: date, *bases: dict[str, Any]) -> Appels:
    """Calls to issue on that day for these bases."""
    sommes = sums(*bases)
    return compute_nouveaux(sommes, months(sommes), publiees, REGISTRE, le, SAVOIR)


def lines(*bases: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Lines from scratch: month, base, rate, amount."""
    return (
        scratch(*bases)
        .select("mois_rattachement", "base_centimes", "taux_ppm", "montant_centimes")
        .rows()
    )


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
    assert scratch(base(100), base(100, cdg="C2"), base(100, mois_appel="2026-02")).height == 3


def test_a_base_that_feeds_no_contribution_is_not_called() -> None:
    """Professional bases without a member or a rate, codes of the network: no line (C-06)."""
    assert lines(base(100, code_base="39"), base(100, code_base="054")) == []


def test_a_month_without_rate_waits() -> None:
    """No rate before 2019: the line waits, the others are called, no rate is borrowed (CP-05)."""
    nouveaux = news(VIDE, AVRIL, base(100_000, "2018-12"), base(100_000, "2019-01"))
    assert nouveaux.lignes["mois_rattachement"].to_list() == ["2019-01"]
    attente = nouveaux.en_attente.select("mois_rattachement", "base_centimes", "manque")
    assert attente.rows() == [("2018-12", 100_000, "CP (taux_ppm)")]


def test_bases_that_do_not_count_are_not_called() -> None:
    """Waiting or left out, a base is in no line."""
    bases = (base(100, statut="EN_ATTENTE", motif="CP-03"), base(100, statut="ECARTEE"))
    assert news(VIDE, AVRIL, *bases).appels.is_empty()


def test_a_first_call_is_due_the_25th_of_the_next_month() -> None:
    """The call of March is due on 25 April, whenever it is published (C-07)."""
    (appel,) = news(VIDE, date(2026, 9, 5), base(100)).appels.rows(named=True)
    assert (appel["appel"], appel["adherent"], appel["nature"], appel["date_exigibilite"]) == (
        "C1-202603-01",
        "A1",
        "INITIAL",
        date(2026, 4, 25),
    )


def test_a_later_call_bears_the_difference_and_is_due_after_its_publication() -> None:
    """Called 100.00 then 80.00: a second call of -20.00, due after its own month (C-08)."""
    publiees = issued(VIDE, news(VIDE, AVRIL, base(10_000)).lignes)
    second = news(publiees, date(2026, 12, 2), base(8_000))
    assert second.lignes.select("appel", "rang", "base_centimes", "montant_centimes").rows() == [
        ("C1-202603-02", 2, -2_000, -420)
    ]
    assert second.appels.select("nature", "date_exigibilite").rows() == [
        ("COMPLEMENTAIRE", date(2027, 1, 25))
    ]


def test_nothing_new_issues_no_call() -> None:
    """The same bases again change nothing."""
    bases = (base(10_000), base(-50, "2025-12"), base(3_500, code_base="024"))
    publiees = issued(VIDE, news(VIDE, AVRIL, *bases).lignes)
    assert news(publiees, date(2026, 5, 5), *bases).lignes.is_empty()


def test_bases_withdrawn_are_called_back() -> None:
    """A line that the last declarations no longer bring is called back whole (C-08)."""
    publiees = issued(VIDE, news(VIDE, AVRIL, base(10_000), base(500, "2025-12")).lignes)
    assert news(publiees, AVRIL, base(10_000)).lignes.select(
        "mois_rattachement", "base_brute_centimes", "base_centimes", "taux_ppm", "montant_centimes"
    ).rows() == [("2025-12", -500, -500, 202_000, -101)]


def test_lines_published_before_a_column_say_what_it_would_have_held() -> None:
    """No réfaction, coefficient nor abatement then: the same bases issue nothing more."""
    publiees = issued(VIDE, news(VIDE, AVRIL, base(10_000)).lignes)
    nouvelles = ("base_brute_centimes", "abattement_centimes", "refaction_ppm", "coefficient_ppm")
    anciennes = publiees.with_columns(pl.lit(None, pl.Int64).alias(nom) for nom in nouvelles)
    assert completed(anciennes.lazy()).collect().equals(publiees)


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
        bases = [base(montant, du, cdg=cdg, mois_appel=mois) for cdg, mois, du, montant in vues]
        nouveaux = news(publiees, AVRIL, *bases)
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
