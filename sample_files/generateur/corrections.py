"""What an establishment deposits for a month: one file, or fractions, or a file and its repair."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from sample_files.generateur.bulletins import Bulletin, correct, draw_bulletin
from sample_files.generateur.carrieres import Salarie
from sample_files.generateur.declarations import (
    ENTIERE,
    NORMALE,
    REMPLACE,
    SANS_INDIVIDU,
    Declaration,
)
from sample_files.generateur.entreprises import Entreprise, Etablissement
from sample_files.generateur.hasard import happens, stream
from specs.periodes import Mois

PART_REMPLACE, PART_FRACTIONS, PART_SANS_RATTACHEMENT, PART_INTERIM = 100, 30, 300, 150  # per 1000
FRACTIONS = ("12", "22")


def draw_depots(
    graine: int,
    entreprise: Entreprise,
    etablissement: Etablissement,
    salaries: list[Salarie],
    mois: Mois,
) -> list[Declaration]:
    """Declarations of one establishment and month, in the order they are deposited."""
    rng = stream(graine, entreprise.rang, "mois", etablissement.rang, mois)
    bulletins = [draw_bulletin(rng, s, mois) for s in salaries if s.is_present(mois)]
    premiere = Declaration(
        entreprise=entreprise,
        etablissement=etablissement,
        mois=mois,
        type=NORMALE,
        fraction=ENTIERE,
        ordre=1,
        constitution=mois.next().first_day + timedelta(days=rng.randint(0, 4)),
        bulletins=tuple(bulletins),
        interim=rng.randrange(3_500, 60_000, 50) if happens(rng, PART_INTERIM) else 0,
    )
    if not bulletins:
        return [_without_individual(rng, premiere)]
    if len(bulletins) >= len(FRACTIONS) and happens(rng, PART_FRACTIONS):
        return _cut(premiere, bulletins)
    if happens(rng, PART_REMPLACE):
        return [premiere, replace_declaration(rng, premiere)]
    return [premiere]


def replace_declaration(rng: Random, d: Declaration) -> Declaration:
    """The same month declared again in full, with some gross pay corrected, days later."""
    return replace(
        d,
        type=REMPLACE,
        ordre=d.ordre + 1,
        constitution=d.constitution + timedelta(days=rng.randint(1, 8)),
        bulletins=tuple(correct(rng, d.bulletins)),
    )


def _without_individual(rng: Random, d: Declaration) -> Declaration:
    """Nobody in the month: a neant file, which may say that the fund is left."""
    absent = happens(rng, PART_SANS_RATTACHEMENT)
    return replace(d, type=SANS_INDIVIDU, interim=0, rattachement_absent=absent)


def _cut(d: Declaration, bulletins: list[Bulletin]) -> list[Declaration]:
    """Individuals shared between fractions; what the establishment owes is in the first."""
    return [
        replace(
            d,
            fraction=fraction,
            bulletins=tuple(bulletins[rang :: len(FRACTIONS)]),
            interim=d.interim if rang == 0 else 0,
        )
        for rang, fraction in enumerate(FRACTIONS)
    ]
