"""What a campaign by month of attachment promises, however its bases were declared (C-05)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.cotisations.regles.lignes import Calcul, compute_lignes
from pipelines.registre import Registre
from tests.pipelines.cotisations.test_reference import knowledge

SIREN = "800000010"
CAMPAGNE = [*(f"2025-{n:02}" for n in range(4, 13)), "2026-01", "2026-02", "2026-03"]
CENTRES, CODES = ("C1", "C2"), ("34", "35")
REGISTRE, SAVOIR = Registre(pl.DataFrame()), knowledge({})
SOMMES = pl.Schema(
    {
        "cdg": pl.String,
        "mois_appel": pl.String,
        "mois_rattachement": pl.String,
        "code_base": pl.String,
        "quantite": pl.Int64,
    }
)
Base = tuple[str, str, str, str, int]  # columns of SOMMES
RANGS = st.integers(0, len(CAMPAGNE) - 1)


def base(centre: str, rangs: tuple[int, int], code: str, quantite: int) -> Base:
    """Called in the later of two months, attached to the other."""
    return centre, CAMPAGNE[max(rangs)], CAMPAGNE[min(rangs)], code, quantite


BASES = st.lists(
    st.builds(
        base,
        st.sampled_from(CENTRES),
        st.one_of(RANGS.map(lambda rang: (rang, rang)), st.tuples(RANGS, RANGS)),
        st.sampled_from(CODES),
        st.one_of(st.integers(0, 4_000_000), st.integers(-1_500_000, 1_500_000)),
    ),
    min_size=1,
    max_size=14,
)
DECLARES = st.sets(st.sampled_from(CAMPAGNE))
Somme = dict[tuple[str, str, str], tuple[int, int]]  # cdg, month of attachment, contribution


def compute(bases: list[Base], declares: Iterable[str], **options: str) -> Calcul:
    """The lines of the company, that declared these months and those of its bases."""
    frame = pl.DataFrame(bases, SOMMES, orient="row")
    sommes = frame.group_by(SOMMES.names()[:-1]).agg(pl.col("quantite").sum())
    sommes = sommes.with_columns(siren=pl.lit(SIREN), estimee=pl.lit(value=False))
    mois = sorted({*declares, *frame["mois_appel"]})
    connus = pl.DataFrame({"siren": SIREN, "mois_appel": mois})
    return compute_lignes(sommes, connus, REGISTRE, knowledge(options) if options else SAVOIR)


def add_up(lignes: pl.DataFrame) -> Somme:
    """Base and assiette of each row over all the calls, those of nothing left out."""
    sommes: Somme = defaultdict(lambda: (0, 0))
    for cdg, mois, cotisation, base_centimes, abattement in lignes.select(
        "cdg", "mois_rattachement", "cotisation", "base_centimes", "abattement_centimes"
    ).iter_rows():
        avant = sommes[cdg, mois, cotisation]
        sommes[cdg, mois, cotisation] = (
            avant[0] + base_centimes,
            avant[1] + base_centimes - abattement,
        )
    return {cle: somme for cle, somme in sommes.items() if somme != (0, 0)}


@settings(max_examples=50)
@given(bases=BASES)
def test_a_correction_by_block_78_equals_a_replacement(bases: list[Base]) -> None:
    """A base declared in a later month or in its own: each row comes to the same."""
    remplacees = [(cdg, mois, mois, code, montant) for cdg, _, mois, code, montant in bases]
    corrigees = add_up(compute(bases, CAMPAGNE).lignes)
    assert corrigees == add_up(compute(remplacees, CAMPAGNE).lignes)


@settings(max_examples=50)
@given(bases=BASES, declares=DECLARES)
def test_both_strategies_give_the_same_yearly_assiette(
    bases: list[Base], declares: set[str]
) -> None:
    """Once March is declared, A and B have called the company for the same assiette."""
    annuelles = [
        sum(assiette for _, assiette in add_up(calcul.lignes).values())
        for calcul in (
            compute(bases, {*declares, "2026-03"}, imputation_abattement=strategie)
            for strategie in ("mensuel_cumule", "stock_annuel")
        )
    ]
    somme = sum(montant for *_, montant in bases)
    assert annuelles == [max(0, somme - 9_504_000)] * 2


@settings(max_examples=50)
@given(bases=BASES, declares=DECLARES)
@example(
    bases=[
        base("C1", (0, 0), "34", 792_001),
        base("C1", (1, 1), "35", 1),
        base("C1", (2, 2), "35", -1),
    ],
    declares=set(),
)
def test_a_closed_centre_is_called_nothing_that_its_months_did_not_bear(
    bases: list[Base], declares: set[str]
) -> None:
    """Where it bore no positive base, a centre only gives back, at most what it bears before.

    What it bears may be below zero, when a positive base bore the fall of a month: it then gives
    nothing back.
    """
    sommes = add_up(compute(bases, declares).lignes)
    portees: dict[tuple[str, str], int] = defaultdict(int)
    for (cdg, mois, cotisation), (montant, assiette) in sorted(
        sommes.items(), key=lambda somme: somme[0][1]
    ):
        if montant <= 0:
            borne = max(0, portees[cdg, cotisation])
            assert -borne <= assiette <= 0, (cdg, mois, cotisation)
        portees[cdg, cotisation] += assiette


@settings(max_examples=50)
@given(bases=BASES, declares=DECLARES)
def test_the_calls_of_a_company_are_what_its_position_says(
    bases: list[Base], declares: set[str]
) -> None:
    """Month of call by month of call, the rows add up to the base and to the assiette."""
    calcul = compute(bases, declares)
    assiette = pl.col("base_centimes") - pl.col("abattement_centimes")
    appelees = calcul.lignes.group_by("mois_appel").agg(
        pl.col("base_centimes").sum(), assiette.sum().alias("assiette_centimes")
    )
    dites = calcul.cumuls.select("mois_appel", "base_centimes", "assiette_centimes")
    non_nulle = pl.any_horizontal(pl.col("base_centimes", "assiette_centimes") != 0)
    assert (
        appelees.filter(non_nulle).sort("mois_appel").rows()
        == dites.filter(non_nulle).sort("mois_appel").rows()
    )


@settings(max_examples=50)
@given(bases=BASES, declares=DECLARES)
def test_an_ordinary_month_shares_its_assiette_over_its_positive_bases(
    bases: list[Base], declares: set[str]
) -> None:
    """Without a correction, a call is of its own month, in proportion to what each one declares."""
    ordinaires = [(cdg, mois, mois, code, abs(montant)) for cdg, mois, _, code, montant in bases]
    calcul = compute(ordinaires, declares)
    assert calcul.lignes.filter(pl.col("mois_appel") != pl.col("mois_rattachement")).is_empty()
    par_mois = {ligne["mois_appel"]: ligne for ligne in calcul.cumuls.iter_rows(named=True)}
    for ligne in calcul.lignes.filter(pl.col("base_centimes") > 0).iter_rows(named=True):
        mois = par_mois[ligne["mois_appel"]]
        part = ligne["base_centimes"] - ligne["abattement_centimes"]
        exacte = mois["assiette_centimes"] * ligne["base_centimes"]
        assert abs(part * mois["base_centimes"] - exacte) < mois["base_centimes"]


@settings(max_examples=50)
@given(bases=BASES, declares=DECLARES)
def test_no_row_says_nothing(bases: list[Base], declares: set[str]) -> None:
    """A row whose computation did not change is in no call."""
    lignes = compute(bases, declares).lignes
    rien = (pl.col("base_brute_centimes") == 0) & (pl.col("abattement_centimes") == 0)
    assert lignes.filter(rien).is_empty()
