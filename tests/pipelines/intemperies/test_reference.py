"""The hours of the rules against a slow reference in fractions, on careers drawn at random."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from random import Random

import polars as pl
import pytest

from pipelines.intemperies.regles.annee import CODES, compute_annees
from pipelines.intemperies.regles.valeurs import Bornes
from tests.efforts import CARRIERES
from tests.pipelines.intemperies.carrieres import draw_carriere, frame_of
from tests.pipelines.intemperies.reference import Choix, Ligne, compute_carriere

PROFILS = (
    Choix(),
    Choix(plus_d_une_semaine=True),
    Choix(par_declaration=True),
    Choix(au_prorata=True),
)
CLE = ["salarie", "siren", "declaration", "arret", "date"]


def bornes(choix: Choix) -> dict[int, Bornes]:
    """Those of the law, under the options of `choix`."""
    options = (choix.plus_d_une_semaine, choix.par_declaration, choix.au_prorata)
    return dict.fromkeys((2025, 2026), Bornes(100, 600, 900, 4500, 55, *options))


def told(ligne: Ligne) -> tuple[int, int, int, tuple[str, ...]]:
    """Hours of a line in hundredths, and its codes."""
    heures = (ligne.carence, ligne.indemnisees, ligne.premieres)
    carence, indemnisees, premieres = (int(h * 100) for h in heures)
    return carence, indemnisees, premieres, ligne.codes


@pytest.mark.parametrize("choix", PROFILS, ids=("defaut", "semaine", "declaration", "prorata"))
def test_the_pass_is_the_slow_reading_of_the_rules(choix: Choix) -> None:
    """Each line of each career has the same hours and codes, and the year the same count."""
    hasard = Random(55)  # noqa: S311 - the same careers each run
    carrieres = {f"P{n}": draw_carriere(hasard) for n in range(CARRIERES // len(PROFILS))}
    obtenues = compute_annees(frame_of(carrieres).sample(fraction=1, shuffle=True, seed=1),
                              bornes(choix))  # fmt: skip
    lues = {
        tuple(cle): (carence, indemnisees, premieres, codes_of(masque))
        for *cle, carence, indemnisees, premieres, masque in obtenues.jours.select(
            *CLE, "carence_centiemes", "indemnisees_centiemes", "premieres_centiemes", "masque"
        ).iter_rows()
    }
    comptes: dict[tuple[str, int, str], Fraction] = defaultdict(Fraction)
    for salarie, jours in carrieres.items():
        for ligne in compute_carriere(jours, choix):
            j = ligne.jour
            cle = (salarie, j.siren, j.declaration, j.arret, j.date)
            assert lues.pop(cle) == told(ligne), cle
            comptes[salarie, j.date.year, j.siren] += ligne.compte_pour
    assert lues == {}
    propres = obtenues.comptes.select(
        "salarie", "annee", "siren", "indemnites_entreprise_centiemes"
    )
    for *cle, nombre in propres.iter_rows():
        assert nombre == math.floor(comptes[tuple(cle)] * 100 + Fraction(1, 2))


def codes_of(masque: int) -> tuple[str, ...]:
    """Codes of a mask, ascending."""
    return tuple(code for bit, code in CODES.items() if masque & bit)


def test_an_employee_changes_nothing_to_another() -> None:
    """Computed together or apart, careers give the same hours."""
    hasard = Random(7)  # noqa: S311 - the same careers each run
    carrieres = {f"P{n}": draw_carriere(hasard) for n in range(8)}
    ensemble = compute_annees(frame_of(carrieres), bornes(Choix())).jours
    seuls = [compute_annees(frame_of({s: c}), bornes(Choix())).jours for s, c in carrieres.items()]
    assert pl.concat(seuls).sort(CLE).equals(ensemble.sort(CLE))


def test_cutting_a_declaration_between_stops_changes_no_hour() -> None:
    """Two stops under one reference or under two: the same hours (I-16)."""
    hasard = Random(11)  # noqa: S311 - the same careers each run
    carrieres = {f"P{n}": draw_carriere(hasard) for n in range(CARRIERES // 10)}
    entieres = frame_of(carrieres).with_columns(ij_avant=pl.lit(0, pl.Int64))
    coupees = entieres.with_columns(declaration=pl.col("declaration") + pl.col("arret"))
    heures = ["carence_centiemes", "indemnisees_centiemes", "premieres_centiemes"]
    a, b = (
        compute_annees(f, bornes(Choix())).jours.select("salarie", "date", "siren", *heures)
        for f in (entieres, coupees)
    )
    cle = ["salarie", "date", "siren", *heures]
    assert a.sort(cle).equals(b.sort(cle))
