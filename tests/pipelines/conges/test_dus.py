"""What takings of leave are worth: the examples, the balance to the centime, the slow reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.paiement.dus import COMPTEURS, compute_dus
from pipelines.conges.regles.paiement.indemnites import RECONSTITUTIONS
from pipelines.conges.regles.paiement.methodes import MOIS, compute_methodes, read_wage
from specs.connaissances import read_connaissances
from tests.efforts import CARRIERES
from tests.pipelines.conges.reference_paiement import Absence, Exercice, Prise, half_up, value

P, C, EN, AN, FR = COMPTEURS


@dataclass
class Essai:
    """An employee and leave year: 30 days, main leave and fifth week, nothing else by default."""

    indemnite: int
    jours: int = 30
    prime: bool = True
    autres: dict[str, int] = field(default_factory=dict)
    r: int | None = None
    mois: int = 0
    fixe: int = 0

    def pay(self, *prises: dict[str, Any]) -> list[tuple[int, int]]:
        """Indemnity and bonus of each taking: days by counter, `salaire`, `annule` (its rank)."""
        acquis = {P: min(24, self.jours) * 100, C: max(0, self.jours - 24) * 100, **self.autres}
        lignes = [
            {
                "siren": "S", "demande": f"R{p.get('annule', n)}", "exercice": 2026, "tour": 0,
                "salarie": "P1", "sens": -1 if "annule" in p else 1, "ordre": n,
                "salaire_centimes": p.get("salaire"), **{nom: p.get(nom, 0) for nom in COMPTEURS},
            }
            for n, p in enumerate(prises)
        ]  # fmt: skip
        droits = pl.DataFrame(
            {
                "salarie": ["P1"], "exercice": [2026], "jours_legaux": [self.jours],
                "indemnite_centimes": [self.indemnite], "methode": ["A"], "r_centimes": [self.r],
                "mois_retenus_fractions": [self.mois], "fixe_centimes": [self.fixe],
                "prime_due": [self.prime],
            },
            schema_overrides={"r_centimes": pl.Int64},
        )  # fmt: skip
        compteurs = pl.DataFrame(
            [("P1", 2026, nom, n) for nom, n in acquis.items()],
            ["salarie", "exercice", "compteur", "acquis_centiemes"],
            orient="row",
        )
        frame = pl.DataFrame(lignes, schema_overrides={"salaire_centimes": pl.Int64})
        dus = compute_dus(
            frame, droits, compteurs, pl.DataFrame(schema=RECONSTITUTIONS), read_connaissances()
        )
        return list(dus.select("indemnite_due_centimes", "prime_due_centimes").iter_rows())


@pytest.mark.parametrize(
    ("essai", "prises", "attendu"),
    [
        pytest.param(
            Essai(274_000), [{P: 1200}], [(109_600, 32_880)], id="EX-D-14"
        ),
        pytest.param(
            Essai(237_600, 27), [{P: 2100}, {P: 300, C: 300}],
            [(184_800, 55_440), (52_800, 1_584)], id="EX-C-86",
        ),
        pytest.param(
            Essai(274_000), [{C: 600}, {P: 2400}], [(54_800, 0), (219_200, 65_760)], id="EX-C-87",
        ),
        pytest.param(
            Essai(274_001), [{P: 700}, {P: 700}, {P: 700}, {P: 300, C: 400}, {C: 200}],
            [(63_934, 19_180)] * 3 + [(63_933, 8_220), (18_266, 0)], id="EX-C-88",
        ),
        pytest.param(Essai(274_000), [{C: 360}], [(32_880, 0)], id="EX-C-102"),
        pytest.param(
            Essai(274_000), [{P: 1200}, {P: 1200, C: 600}],
            [(109_600, 32_880), (164_400, 32_880)], id="EX-C-114",
        ),
        pytest.param(
            Essai(274_000), [{P: 1200}, {"annule": 0}], [(109_600, 32_880), (-109_600, -32_880)],
            id="EX-C-121",
        ),
        pytest.param(
            Essai(284_878), [{P: 1700}, {P: 700, C: 300}], [(161_431, 48_429), (94_960, 19_942)],
            id="EX-C-124",
        ),
        pytest.param(
            Essai(237_601, 27),
            [*[{P: 500}] * 4, {P: 400, C: 100}, {C: 200}, {"annule": 2}, {P: 500}],
            [*[(44_000, 13_200)] * 4, (44_000, 4_224), (17_601, 0), (-44_000, -13_200),
             (44_000, 13_200)],
            id="RC-12",
        ),
        pytest.param(
            Essai(274_028), [{P: 1700}, {"annule": 0}, {P: 1200}],
            [(155_283, 46_585), (-155_283, -46_585), (109_611, 32_883)], id="RC-13",
        ),
        pytest.param(
            Essai(274_000), [{P: 1200}, {C: 480}, {C: 120}],
            [(109_600, 32_880), (43_840, 0), (10_960, 0)], id="RC-14",
        ),
        pytest.param(
            Essai(274_000, r=230_000, mois=12 * MOIS),
            [{P: 1200}, {P: 1200, "salaire": 240_000}, {C: 600}],
            [(109_600, 32_880), (115_200, 34_560), (57_600, 0)], id="EX-C-80",
        ),
        pytest.param(
            Essai(274_000, r=230_000, mois=12 * MOIS),
            [{P: 1200}, {P: 1200, "salaire": 220_000}, {C: 600}],
            [(109_600, 32_880), (109_600, 32_880), (54_800, 0)], id="EX-C-80 plus bas",
        ),
        pytest.param(
            Essai(284_878, autres={FR: 200}), [{P: 1700}, {P: 700, C: 300}, {C: 300}, {FR: 200}],
            [(161_431, 48_429), (94_960, 19_942), (28_487, 0), (18_992, 5_698)], id="H-1 2025",
        ),
        pytest.param(
            Essai(292_887, autres={FR: 0, AN: 200}), [{P: 1000}, {P: 1400, C: 600, AN: 200}],
            [(97_629, 29_289), (214_784, 46_862)], id="H-1 2026",
        ),
        pytest.param(Essai(47_263, 5, prime=False), [{P: 500}], [(47_263, 0)], id="H-1 2027"),
        pytest.param(Essai(8_124, 0, prime=False), [{}], [(8_124, 0)], id="EX-C-73"),
        pytest.param(
            Essai(237_600, 27, autres={EN: 200}), [{EN: 200}], [(17_600, 0)], id="enfants",
        ),
    ],
)  # fmt: skip
def test_takings_are_worth_what_the_examples_say(
    essai: Essai, prises: list[dict[str, Any]], attendu: list[tuple[int, int]]
) -> None:
    """Indemnity and bonus of each, in their order."""
    assert essai.pay(*prises) == attendu


def cut(hasard: Random, total: int, pas: int) -> list[int]:
    """Parts of `total` drawn at random, multiples of `pas` but the last."""
    parts = []
    while total > 0:
        part = min(total, pas * hasard.randint(1, max(1, total // pas)))
        parts.append(part)
        total -= part
    return parts


def draw_takings(hasard: Random, jours: int, autres: dict[str, int]) -> list[dict[str, int]]:
    """Every day of every counter, cut and mixed."""
    acquis = {P: min(24, jours) * 100, C: max(0, jours - 24) * 100, **autres}
    prises: list[dict[str, int]] = []
    for nom, centiemes in acquis.items():
        for part in cut(hasard, centiemes, hasard.choice((10, 100, 120, 300))):
            libres = [p for p in prises if nom not in p] if hasard.random() < 0.5 else []
            if libres:
                hasard.choice(libres)[nom] = part
            else:
                prises.append({nom: part})
    hasard.shuffle(prises)
    return prises


def draw_year(hasard: Random) -> tuple[Exercice, list[Prise]]:
    """A leave year and its takings, some mirrored, some at a higher pay."""
    jours = hasard.randint(1, 30)
    autres = {nom: Fraction(hasard.randint(0, 6)) for nom in (EN, AN, FR)}
    absences = tuple(
        Absence(
            Fraction(hasard.randint(0, 3 * MOIS), MOIS),
            hasard.choice((Fraction(1), Fraction(4, 5))),
            Fraction(hasard.choice((0, 0, 40_000, 900_000)), 100),
        )
        for _ in range(hasard.randint(0, 2))
    )
    exercice = Exercice(
        jours,
        Fraction(hasard.randint(1, 12 * MOIS), MOIS),
        Fraction(hasard.randint(0, 4_000_000), 100),
        Fraction(hasard.randint(100_000, 500_000), 100),
        hasard.random() < 0.7,
        {P: Fraction(min(24, jours)), C: Fraction(max(0, jours - 24)), **autres},
        absences,
    )
    jours_autres = {nom: int(n * 100) for nom, n in autres.items()}
    prises = [
        Prise({nom: Fraction(n, 100) for nom, n in jours_pris.items()})
        for jours_pris in draw_takings(hasard, jours, jours_autres)
    ]
    if hasard.random() < 0.3:
        neuf = int(exercice.r * hasard.choice((90, 110, 150)))
        hasard.choice(prises).salaire = Fraction(neuf, 100)
    if hasard.random() < 0.3:
        annulee = hasard.randrange(len(prises))
        prises += [Prise({}, annule=annulee), Prise(dict(prises[annulee].jours))]
    return exercice, prises


def frames_of(annees: Sequence[tuple[Exercice, list[Prise]]]) -> tuple[pl.DataFrame, ...]:
    """Takings, rights, counters and rebuilt absences, as the rules read them."""
    prises = [
        {
            "siren": "S", "demande": f"P{n}-{k if p.annule is None else p.annule}",
            "exercice": 2026, "tour": 0, "salarie": f"P{n}", "ordre": k,
            "sens": 1 if p.annule is None else -1,
            "salaire_centimes": int(p.salaire * 100) or None,
            **{nom: int(p.jours.get(nom, 0) * 100) for nom in COMPTEURS},
        }
        for n, (_, liste) in enumerate(annees)
        for k, p in enumerate(liste)
    ]  # fmt: skip
    droits = [
        {
            "salarie": f"P{n}", "exercice": 2026, "jours_legaux": e.jours,
            "r_centimes": int(e.r * 100), "mois_retenus_fractions": int(e.mois * MOIS),
            "fixe_centimes": int(e.brut * 100), "prime_due": e.prime,
        }
        for n, (e, _) in enumerate(annees)
    ]  # fmt: skip
    acquis = [
        {"salarie": f"P{n}", "exercice": 2026, "compteur": nom, "acquis_centiemes": int(j * 100)}
        for n, (e, _) in enumerate(annees)
        for nom, j in e.acquis.items()
    ]
    absences = [
        {
            "salarie": f"P{n}", "exercice": 2026, "poids_ppm": int(a.poids * 1_000_000),
            "mois_fractions": int(a.mois * MOIS), "heures_centiemes": 0,
            "horaire_centiemes": 15_167, "maintenu_centimes": int(a.maintenu * 100),
        }
        for n, (e, _) in enumerate(annees)
        for a in e.absences
    ]  # fmt: skip
    rebatis = pl.DataFrame(absences, RECONSTITUTIONS)
    bases = compute_methodes(pl.DataFrame(droits), rebatis)
    return (
        pl.DataFrame(prises, schema_overrides={"salaire_centimes": pl.Int64}),
        bases,
        pl.DataFrame(acquis),
        rebatis,
    )


@pytest.fixture(scope="module")
def annees() -> list[tuple[Exercice, list[Prise]]]:
    """Drawn leave years, with raises of pay and mirrors."""
    hasard = Random(3141)  # noqa: S311 - the same careers each run
    return [draw_year(hasard) for _ in range(CARRIERES)]


@pytest.fixture(scope="module")
def dus(annees: list[tuple[Exercice, list[Prise]]]) -> pl.DataFrame:
    """What the rules say of them, whatever the order of the rows."""
    prises, droits, acquis, rebatis = frames_of(annees)
    melees = prises.sample(fraction=1, shuffle=True, seed=5)
    return compute_dus(melees, droits, acquis, rebatis, read_connaissances())


def test_takings_are_worth_what_the_slow_reading_says(
    annees: list[tuple[Exercice, list[Prise]]], dus: pl.DataFrame
) -> None:
    """Each taking of each year has the same indemnity and the same bonus."""
    attendus = {
        (f"P{n}", k, p.indemnite, p.prime)
        for n, (exercice, liste) in enumerate(annees)
        for k, p in enumerate(value(exercice, liste))
    }
    colonnes = ("salarie", "ordre", "indemnite_due_centimes", "prime_due_centimes")
    assert set(dus.select(colonnes).iter_rows()) == attendus


def test_payments_add_up_to_the_indemnity_however_the_leave_is_cut(
    annees: list[tuple[Exercice, list[Prise]]], dus: pl.DataFrame
) -> None:
    """To the centime, bonus included, at a constant pay, whatever is mirrored and taken again."""
    sommes = dus.group_by("salarie").agg(
        pl.col("indemnite_due_centimes", "prime_due_centimes").sum()
    )
    obtenues = {salarie: (i, p) for salarie, i, p in sommes.iter_rows()}
    constantes = [n for n, (_, liste) in enumerate(annees) if not any(p.salaire for p in liste)]
    assert len(constantes) > CARRIERES // 2
    for n in constantes:
        e = annees[n][0]
        total = e.indemnite(e.r)
        ij = Fraction(total, 100 * e.jours)
        indemnite = total + sum(half_up(ij * e.acquis[nom]) for nom in (EN, AN, FR))
        a_prime = (Fraction(4, 5) * e.jours, e.acquis[AN], e.acquis[FR]) if e.prime else ()
        bonus = sum(half_up(ij * Fraction(3, 10) * jours) for jours in a_prime)
        assert obtenues[f"P{n}"] == (indemnite, bonus)


@pytest.mark.parametrize(
    ("avg_wage", "rate", "horaire", "r"),
    [(None, 142_500, 12_134, 172_910), (250_000, 142_500, 12_134, 250_000), (None, None, 1, None)],
)
def test_the_pay_of_a_request_is_its_wage_or_its_rate(
    avg_wage: int | None, rate: int | None, horaire: int, r: int | None
) -> None:
    """AVG_WAGE, else the rate by the hours of the contract, not of a full schedule (EX-C-122)."""
    frame = pl.DataFrame(
        {"a": [avg_wage], "t": [rate], "h": [horaire]},
        {"a": pl.Int64, "t": pl.Int64, "h": pl.Int64},
    )
    assert frame.select(read_wage(pl.col("a"), pl.col("t"), pl.col("h"))).item() == r
