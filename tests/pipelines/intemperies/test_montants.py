"""Amounts that depend on what was paid, on wages and on heat, against the slow reference."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.cas.champs import Champs
from pipelines.intemperies.cas.execution import run
from tests.efforts import GRAINES
from tests.pipelines.intemperies.reference import (
    Perdu,
    campagne,
    compute_carriere,
    price,
    refund,
    share,
)

Perdues = tuple[date, int]  # a day, hours in hundredths
SALARIES, SIREN = 25 * GRAINES, "800000010"
ABATTEMENTS = {"2025-26": 9_504_000, "2026-27": 9_616_800}


def written(centiemes: int) -> str:
    """As the XML form writes a number of two decimals."""
    return f"{centiemes // 100}.{centiemes % 100:02}"


def draw_employees(
    hasard: Random, debut: date, jours: int
) -> dict[str, tuple[Fraction, list[Any]]]:
    """Wage and lost days of each."""
    return {
        f"P{n:03}": (
            Fraction(hasard.randrange(98_000, 400_000), 10_000),
            [
                (debut + timedelta(ecart), hasard.choice((100, 333, 700, 701)))
                for ecart in range(jours)
                if (debut + timedelta(ecart)).weekday() < 5
            ],
        )
        for n in range(SALARIES)
    }


def parts_of(
    taux: Fraction, jours: list[tuple[date, int]]
) -> dict[tuple[int, str], tuple[int, int]]:
    """I and I1 of each (year, campaign), in order."""
    perdus = [Perdu(SIREN, "D1", "01", "", j, Fraction(h, 100), Fraction(12)) for j, h in jours]
    heures: dict[tuple[int, str], tuple[Fraction, Fraction]] = {}
    for ligne in compute_carriere(perdus):
        cle = (ligne.jour.date.year, campagne(ligne.jour.date))
        total, premieres = heures.get(cle, (Fraction(0), Fraction(0)))
        heures[cle] = (total + ligne.indemnisees, premieres + ligne.premieres)
    return {
        cle: (price(taux, cle[0], total), price(taux, cle[0], premieres))
        for cle, (total, premieres) in sorted(heures.items())
    }


def salaried(
    nom: str, taux: Fraction, jours: list[tuple[date, int]], **autres: str
) -> dict[str, Any]:
    """A record 31 with its days."""
    decimales = f"{int(taux * 10_000):08}"
    return {
        "matricule": nom,
        "rate": f"{int(decimales[:-4])}.{decimales[-4:]}",
        "jours": [{"date": j, "lost": written(h)} for j, h in jours],
        **autres,
    }


def test_what_was_paid_is_shared_over_two_campaigns() -> None:
    """An indemnity declared too low is the base, part by part, of the refund of each campaign."""
    hasard = Random(6)  # noqa: S311 - the same employees each run
    employes = draw_employees(hasard, date(2026, 3, 26), 9)
    attendues, salaries = {}, []
    for nom, (taux, jours) in employes.items():
        parts = parts_of(taux, jours)
        total = sum(i for i, _ in parts.values())
        declaree = max(0, total - hasard.choice((-500, 0, 1, 2, 3, 1_234, 9_999)))
        salaries.append(salaried(nom, taux, jours, indemnity=written(declaree)))
        for cle, (i, i1) in zip(parts, share(declaree, list(parts.values())), strict=True):
            s = Fraction(30_000_000 if cle[1] == "2025-26" else 20_000_000)
            attendues[nom, *cle] = (i, i1, refund(i1, i, s, ABATTEMENTS[cle[1]]))
    entrees = {
        "fichiers": [{"recu": date(2026, 4, 10), "salaries": salaries}],
        "salaires": [
            {"campagne": "2025-26", "montant": "300 000,00"},
            {"campagne": "2026-27", "montant": "200 000,00"},
        ],
    }
    assert obtained(entrees, date(2026, 4, 30)) == attendues


@pytest.mark.parametrize(("ppm", "montant"), [(500_000, 28_512_000), (750_000, 28_512_001)])
def test_heat_is_refunded_at_its_coefficient(ppm: int, montant: int) -> None:
    """On each side of three times the abatement; rounded once, the coefficient included."""
    hasard = Random(ppm)  # noqa: S311 - the same employees each run
    employes = draw_employees(hasard, date(2025, 7, 7), 5)
    attendues = {
        (nom, *cle): (
            i, i1, refund(i1, i, Fraction(montant), ABATTEMENTS[cle[1]], Fraction(ppm, 1_000_000))
        )
        for nom, (taux, jours) in employes.items()
        for cle, (i, i1) in parts_of(taux, jours).items()
    }  # fmt: skip
    entrees = {
        "fichiers": [
            {
                "recu": date(2025, 7, 20),
                "salaries": [salaried(nom, *dit) for nom, dit in employes.items()],
                "arrets": [{"cause": "CA"}],
            }
        ],
        "arretes_prefet": [
            {"departement": "77", "debut": date(2025, 7, 1), "fin": date(2025, 7, 31)}
        ],
        "coefficients_canicule": [
            {"campagne": "2025-26", "publie_le": date(2025, 6, 1), "coefficient_ppm": ppm}
        ],
        "salaires": [{"campagne": "2025-26", "centimes": montant}],
    }
    assert obtained(entrees, date(2025, 7, 31)) == attendues


def obtained(entrees: dict[str, Any], jusque: date) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Base of the refund, its first hours, and the refund of each part."""
    tables = run(Champs("montants", entrees), jusque).tables
    cle = ["salarie", "annee", "campagne"]
    rendus = tables["remboursements_intemperies"].select(*cle, "montant_centimes")
    parts = tables["indemnites_intemperies"].join(rendus, on=cle)
    colonnes = ["indemnite_retenue_centimes", "premieres_centimes", "montant_centimes"]
    return {
        ligne[:3]: ligne[3:] for ligne in parts.select(*cle, *map(pl.col, colonnes)).iter_rows()
    }
