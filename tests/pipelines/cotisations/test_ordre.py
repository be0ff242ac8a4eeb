"""What is called does not depend on when things arrive, nor on how they are cut or shared out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cotisations.etapes import compute_nouveaux
from pipelines.cotisations.regles.appels import MESURES
from pipelines.cotisations.regles.assiettes import LIGNE, declared_months, sum_bases
from pipelines.cotisations.regles.lignes import compute_lignes
from pipelines.declarations.regles.statuts import compute_bases, compute_statuts
from pipelines.registre import Registre
from specs.contrats import read_contrat, schema_polars
from tests.pipelines.cotisations.test_reference import (
    declared,
    draw_entreprise,
    knowledge,
    registry,
    sums,
)

SIREN = "800000010"
LIEUX = {"80000001000010": "C1", "80000001000028": "C1", "80000001000036": "C2"}
MOIS = ("2025-03", "2025-04", "2025-05", "2025-06")
SOIR = date(2025, 7, 5)
SAVOIR = knowledge({})
REGISTRE = Registre(
    pl.DataFrame(
        {
            "numero_adherent": ["A1"] * 3,
            "siren": [SIREN] * 3,
            "cdg": list(LIEUX.values()),
            "siret": list(LIEUX),
            "debut": [date(2015, 1, 1)] * 3,
            "fin": pl.Series([None] * 3, dtype=pl.Date),
        }
    ),
    adhesions=pl.DataFrame(
        {
            "siren": [SIREN],
            "cotisation": ["FNTP"],
            "debut": [date(2015, 1, 1)],
            "fin": pl.Series([None], dtype=pl.Date),
        }
    ),
)
LUES = schema_polars(read_contrat("declarations_lues"))
BASES_LUES = schema_polars(read_contrat("bases_lues"))
VIDE = pl.DataFrame(schema=schema_polars(read_contrat("lignes_appel")))


@dataclass(frozen=True)
class Depot:
    """A declaration: `ordre` tells it from the others of its establishment, month and fraction."""

    siret: str
    mois: str
    fraction: str
    ordre: int
    bases: tuple[tuple[str, str, int], ...]  # month of attachment, code, quantity


@st.composite
def deposits(draw: st.DrawFn) -> list[Depot]:
    """Initial declarations, corrected ones, months cut again, corrections of the past."""
    base = st.tuples(
        st.sampled_from(MOIS),
        st.sampled_from(("20", "21", "34", "35", "39", "024")),
        st.integers(-900_000, 3_000_000),
    )
    depot = st.builds(
        Depot,
        siret=st.sampled_from(list(LIEUX)),
        mois=st.sampled_from(MOIS),
        fraction=st.sampled_from(("11", "12", "22")),
        ordre=st.just(0),
        bases=st.lists(base, max_size=4).map(tuple),
    )
    tires = draw(st.lists(depot, min_size=1, max_size=8))
    return [Depot(d.siret, d.mois, d.fraction, n, d.bases) for n, d in enumerate(tires, 1)]


def settle(arrives: list[Depot]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sums of bases and months declared once these arrived, in that order, as the night does."""
    declarations = [
        {
            "lot": "L",
            "depot": f"D{n:08}",
            "numero_depot": n,
            "rang_declaration": 1,
            "essai": False,
            "conforme": True,
            "adherent": "A1",
            "version": "P26V01",
            "nature": "01",
            "type": "01",
            "fraction": d.fraction,
            "ordre": d.ordre,
            "mois_appel": d.mois,
            "champ": "01",
            "siren": SIREN,
            "siret": d.siret,
            "individus": 1,
            "ligne": 1,
        }
        for n, d in enumerate(arrives, 1)
    ]
    bases = [
        {
            "lot": "L",
            "depot": f"D{n:08}",
            "rang_declaration": 1,
            "ligne": rang,
            "siren": SIREN,
            "rang_individu": 1,
            "code_base": code,
            "debut": date.fromisoformat(f"{mois}-01"),
            "fin": date.fromisoformat(f"{mois}-28"),
            "quantite": quantite,
            "attribution": "CNETP",
        }
        for n, d in enumerate(arrives, 1)
        for rang, (mois, code, quantite) in enumerate(d.bases, 1)
    ]
    lues = pl.DataFrame(declarations, schema=LUES)
    statuts = compute_statuts(lues, REGISTRE.etablissements, SAVOIR)
    retenues = compute_bases(pl.DataFrame(bases, schema=BASES_LUES), statuts, SAVOIR).lazy()
    return sum_bases(retenues).collect(), declared_months(statuts.lazy(), retenues).collect()


def totals(lignes: pl.DataFrame) -> list[tuple[object, ...]]:
    """Sums over the calls by key, but those of zero."""
    sommes = lignes.group_by(LIGNE).agg(pl.col(MESURES).sum())
    non_nulle = pl.any_horizontal(pl.col(MESURES) != 0)
    return sommes.filter(non_nulle).sort(LIGNE).rows()


def play(nuits: list[list[Depot]]) -> pl.DataFrame:
    """Every line published after these nights."""
    publiees, arrives = VIDE, []
    for nuit in nuits:
        arrives += nuit
        nouvelles = compute_nouveaux(*settle(arrives), publiees, REGISTRE, SOIR, SAVOIR).lignes
        publiees = pl.concat(
            [publiees, nouvelles.with_columns(part=pl.lit(0, pl.Int64)).select(VIDE.columns)]
        )
    return publiees


@settings(max_examples=40)
@given(depots=deposits(), graine=st.integers(0, 2**32))
def test_the_calls_add_up_in_any_order_and_over_any_nights(
    depots: list[Depot], graine: int
) -> None:
    """Corrections, fractions, two centres, past campaigns: the sums are those of one night."""
    melange = Random(graine)  # noqa: S311 - an order to try, not a secret
    ordre = melange.sample(depots, len(depots))
    nuits: list[list[Depot]] = [[] for _ in range(melange.randrange(1, 5))]
    for depot in ordre:
        melange.choice(nuits).append(depot)
    scratch = compute_lignes(*settle(depots), REGISTRE, SAVOIR).lignes
    assert totals(play(nuits)) == totals(scratch)
    assert totals(play([depots])) == totals(scratch)


COMPANIES = [draw_entreprise(Random(rang), rang, {}) for rang in range(40)]  # noqa: S311


def lines_of(rangs: range, sommes: pl.DataFrame | None = None) -> pl.DataFrame:
    """Lines from scratch of some of the companies."""
    choisies = [COMPANIES[rang] for rang in rangs]
    frame = sums(choisies) if sommes is None else sommes
    return compute_lignes(frame, declared(choisies), registry(choisies), SAVOIR).lignes


def test_a_company_more_changes_no_other() -> None:
    """The lines of a company are the same alone and among forty."""
    toutes = lines_of(range(40))
    for rang in range(0, 40, 5):
        siennes = toutes.filter(pl.col("siren") == COMPANIES[rang].siren)
        assert siennes.write_csv() == lines_of(range(rang, rang + 1)).write_csv()


def test_a_correction_and_its_inverse_give_back_the_same_bytes() -> None:
    """Whatever is added then taken away leaves no trace in the lines."""
    sommes = sums(COMPANIES)
    ecart = sommes.filter(pl.col("code_base") == "34").with_columns(
        quantite=pl.lit(12_345, pl.Int64)
    )
    inverse = ecart.with_columns(quantite=pl.lit(-12_345, pl.Int64))
    cle = [nom for nom in sommes.columns if nom not in {"quantite", "estimee"}]
    corrigees = (
        pl.concat([sommes, ecart.select(sommes.columns), inverse.select(sommes.columns)])
        .group_by(cle)
        .agg(pl.col("quantite").sum(), pl.col("estimee").any())
    )
    assert lines_of(range(40), corrigees).write_csv() == lines_of(range(40)).write_csv()


@settings(max_examples=25)
@given(depots=deposits())
def test_a_base_cut_in_two_changes_nothing(depots: list[Depot]) -> None:
    """The same amounts in twice as many lines of DSN give the same lines of call."""
    coupes = [
        Depot(
            d.siret,
            d.mois,
            d.fraction,
            d.ordre,
            tuple((m, c, q // 3) for m, c, q in d.bases)
            + tuple((m, c, q - q // 3) for m, c, q in d.bases),
        )
        for d in depots
    ]
    entiers, moities = (
        compute_lignes(*settle(x), REGISTRE, SAVOIR).lignes for x in (depots, coupes)
    )
    assert entiers.write_csv() == moities.write_csv()
