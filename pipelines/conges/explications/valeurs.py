"""What an explanation of leave is told from: published rows, and what they were made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.explications.valeurs import Rangee

Rangees = tuple[Rangee, ...]


@dataclass(frozen=True, slots=True)
class Certificat:
    """A row of `certificats`, line by line.

    `mois`: of the contracts, days by nature; `absences`, `bases`, `heures`: lines of the DSN;
    `lus`: certificates of files that it holds; `precedents`: leave paid in the period;
    `changements`: valeur, avant, apres of a corrective one; `recalcule`: the same row, by the rules
    of the night; `suivant`: what replaced it.
    """

    certificat: Rangee
    mois: Rangees
    absences: Rangees
    bases: Rangees
    heures: Rangees
    lus: Rangees
    precedents: Rangees
    changements: Rangees
    recalcule: Rangee | None
    suivant: str | None


@dataclass(frozen=True, slots=True)
class Droit:
    """A row of `droits`: what it adds up, its counters and their takings.

    `acquis`: columns of ACQUIS by the rules of the night; `certificats`: those in force;
    `rebatis`: wages rebuilt in the tenth; `compteurs`, `prises`: published rows; `dernier`: what
    the last employer says; `enfants`: children told; `recalcule`: the same row, by the rules;
    `recompte`: days acquired of the counters, by the rules.
    """

    droit: Rangee
    acquis: Rangee
    certificats: Rangees
    rebatis: Rangees
    compteurs: Rangees
    prises: Rangees
    dernier: Rangee
    enfants: int
    recalcule: Rangee | None
    recompte: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decompte:
    """A row of `decomptes`: its lines, what it takes of each counter, its right then, its orders.

    `droit`: none when the right is no longer what the statement was made from.
    """

    decompte: Rangee
    lignes: Rangees
    prises: Rangees
    droit: Rangee | None
    virements: Rangees
