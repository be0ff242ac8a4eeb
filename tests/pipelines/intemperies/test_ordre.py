"""Whatever the order in which files come, the same winter gives the same hours and amounts.

Files are replaced, cancelled, late; amounts are those of the slow reference.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.cas.champs import Champs
from pipelines.cas.valeurs import Resultat
from pipelines.intemperies.cas.execution import run
from tests.efforts import GRAINES
from tests.pipelines.intemperies.carrieres import SIRENS
from tests.pipelines.intemperies.reference import (
    Perdu,
    campagne,
    compute_carriere,
    price,
    refund,
)

FIN, RETARD = date(2026, 6, 30), date(2026, 4, 20)
A_TEMPS = [date(2026, 2, 10) + timedelta(n) for n in range(15)]
SALAIRES = {SIRENS[0]: 50_000_000, SIRENS[1]: 25_000_000}  # centimes: 85 % and 90 %
ABATTEMENT, TAUX = 9_504_000, "14.5000"
PART = ["siren", "declaration", "salarie", "annee", "campagne"]


@dataclass(frozen=True)
class Fichier:
    """An ARI file: what it holds of each employee, and what it replaces or cancels."""

    siren: str
    nom: str
    recu: date
    jours: dict[str, list[tuple[date, int]]]
    declaration: str
    operation: str = "N"
    remplace: str | None = None


def draw_winter(hasard: Random) -> list[Fichier]:
    """Files of two companies that share employees, in the order of a possible arrival."""
    fichiers = []
    for numero in range(hasard.randint(4, 7)):
        siren, nom = hasard.choice(SIRENS), f"F{numero}"
        declaration = f"D{numero}"
        recu = RETARD if hasard.random() < 0.2 else hasard.choice(A_TEMPS[:8])
        premier = Fichier(siren, nom, recu, _draw_days(hasard), declaration)
        fichiers.append(premier)
        if recu != RETARD and hasard.random() < 0.4:
            operation = hasard.choice("RRA")
            jours = {} if operation == "A" else _draw_days(hasard)
            suite = replace(
                premier, nom=f"{nom}B", recu=hasard.choice(A_TEMPS[8:]), jours=jours,
                operation=operation, remplace=nom,
            )  # fmt: skip
            fichiers.append(suite)
    return fichiers


def _draw_days(hasard: Random) -> dict[str, list[tuple[date, int]]]:
    debut = date(2026, 1, 5) + timedelta(hasard.randrange(20))
    return {
        salarie: [(debut + timedelta(n), hasard.choice((100, 300, 650, 700))) for n in range(4)]
        for salarie in hasard.sample(["P1", "P2", "P3"], hasard.randint(1, 2))
    }


def play(fichiers: list[Fichier]) -> Resultat:
    """The tables after every night, the winter final."""
    entrees: dict[str, Any] = {
        "fichiers": [_written(f) for f in fichiers],
        "salaires": [
            {"siret": f"{siren}00010", "campagne": "2025-26", "centimes": salaires}
            for siren, salaires in SALAIRES.items()
        ],
    }
    return run(Champs("hiver", entrees), FIN)


def _written(f: Fichier) -> dict[str, Any]:
    salaries = [
        {
            "matricule": salarie,
            "decl_id": f.declaration,
            "rate": TAUX,
            "jours": [
                {"date": jour, "lost": f"{h // 100}.{h % 100:02}", "schedule": "24.00"}
                for jour, h in jours
            ],
        }
        for salarie, jours in f.jours.items()
    ]
    entete = {"recu": f.recu, "file_id": f.nom, "siren": f.siren, "operation": f.operation}
    suite = {} if f.remplace is None else {"remplace": f.remplace}
    return entete | suite | ({"salaries": salaries} if salaries else {})


def in_force(fichiers: list[Fichier]) -> list[Fichier]:
    """Those that nothing replaces or cancels."""
    partis = {(f.siren, f.remplace) for f in fichiers}
    return [f for f in fichiers if (f.siren, f.nom) not in partis and f.operation != "A"]


def expected_parts(fichiers: list[Fichier]) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """I, I1 and the final refund of each part, by the slow reference."""
    perdus: dict[str, list[Perdu]] = defaultdict(list)
    tardives = set()
    for f in in_force(fichiers):
        if f.recu == RETARD:
            tardives.add((f.siren, f.declaration))
        for salarie, jours in f.jours.items():
            debut = f"{min(j for x in f.jours.values() for j, _ in x)} 0730"
            perdus[salarie] += [
                Perdu(f.siren, f.declaration, "01", debut, j, Fraction(h, 100), Fraction(24))
                for j, h in jours
            ]
    parts: dict[tuple[Any, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 2)
    for salarie, jours in perdus.items():
        for ligne in compute_carriere(jours):
            j = ligne.jour
            cle = (j.siren, j.declaration, salarie, j.date.year, campagne(j.date))
            heures, premieres = parts[cle]
            parts[cle] = [heures + ligne.indemnisees, premieres + ligne.premieres]
    return {
        cle: _amounts(cle, heures, premieres, cle[:2] in tardives)
        for cle, (heures, premieres) in parts.items()
    }


def _amounts(
    cle: tuple[Any, ...], heures: Fraction, premieres: Fraction, tardive: bool
) -> tuple[int, int, int]:
    taux = Fraction(TAUX)
    i, i1 = price(taux, cle[3], heures), price(taux, cle[3], premieres)
    rendu = 0 if tardive else refund(i1, i, Fraction(SALAIRES[cle[0]]), ABATTEMENT)
    return i, i1, rendu


def obtained_parts(resultat: Resultat) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """The same, of the tables; a refund is the sum of its rows, gone parts must come to nothing."""
    sommes = resultat.tables["remboursements_intemperies"].group_by(PART).agg(
        pl.col("montant_centimes").sum()
    )  # fmt: skip
    lues = resultat.tables["indemnites_intemperies"].join(
        sommes, on=PART, how="full", coalesce=True
    )
    return {
        tuple(ligne[nom] for nom in PART): (
            ligne["indemnite_calculee_centimes"], ligne["premieres_centimes"],
            ligne["montant_centimes"],
        )
        for ligne in lues.iter_rows(named=True)
        if ligne["indemnite_calculee_centimes"] is not None or ligne["montant_centimes"]
    }  # fmt: skip


@pytest.mark.parametrize("graine", range(3 * GRAINES))
def test_any_order_of_arrival_ends_alike(graine: int) -> None:
    """Two orders give the same days, counters and sums of refunds: those of the reference."""
    hasard = Random(graine)  # noqa: S311 - the same winters each run
    fichiers = draw_winter(hasard)
    autres = [
        replace(f, recu=f.recu if f.recu == RETARD else hasard.choice(A_TEMPS[:8]))
        if f.operation == "N"
        else f
        for f in fichiers
    ]
    hasard.shuffle(autres)
    obtenus, autrement = play(fichiers), play(autres)
    assert obtained_parts(obtenus) == expected_parts(fichiers)
    assert obtained_parts(autrement) == obtained_parts(obtenus)
    for table, hors in (
        ("jours_intemperies", []),
        ("cumuls_intemperies", ["provisoire_centimes", "definitif_centimes"]),
    ):
        assert obtenus.tables[table].drop(hors).equals(autrement.tables[table].drop(hors))


def test_renaming_declarations_and_their_sites_changes_no_amount() -> None:
    """References and codes of sites name things: in the same order, they decide of nothing."""
    fichiers = draw_winter(Random(3))  # noqa: S311 - the same winter each run
    autres = [replace(f, declaration=f"Z{f.declaration}") for f in fichiers]
    attendues = {(s, f"Z{d}", *r): v for (s, d, *r), v in obtained_parts(play(fichiers)).items()}
    assert obtained_parts(play(autres)) == attendues


def test_an_unrelated_company_changes_no_amount() -> None:
    """Who shares no employee with a company has no effect on it."""
    fichiers = draw_winter(Random(4))  # noqa: S311 - the same winter each run
    jours = {"P9": [(date(2026, 1, 6), 700), (date(2026, 1, 7), 700)]}
    etranger = Fichier("900000023", "F", A_TEMPS[0], jours, "D0")
    avec = play([*fichiers, etranger])
    siennes = {cle: v for cle, v in obtained_parts(avec).items() if cle[2] != "P9"}
    assert siennes == obtained_parts(play(fichiers))
    assert avec.tables["jours_intemperies"].filter(pl.col("salarie") == "P9").height == 2
