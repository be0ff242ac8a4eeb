"""What an explanation of bad weather is told from: published rows."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.explications.valeurs import Rangee

Rangees = tuple[Rangee, ...]


@dataclass(frozen=True, slots=True)
class Indemnite:
    """A row of `indemnites_intemperies` and what makes it.

    `lignes`: depot, rang of the records; `salaires`: mois, montant_centimes, lignes, depots of the
    wages of the campaign; `plafonne`: the hourly wage is the ceiling of the year.
    """

    part: Rangee
    arrets: Rangees
    jours: Rangees
    remboursements: Rangees
    salaires: Rangees
    lignes: Rangees
    plafonne: bool


@dataclass(frozen=True, slots=True)
class SommeDue:
    """A row of `dus_intemperies`, the refunds that add up to it, the transfers that paid it."""

    du: Rangee
    remboursements: Rangees
    ordres: Rangees


@dataclass(frozen=True, slots=True)
class Compteur:
    """A row of `cumuls_intemperies`: its days by declaration, its indemnities."""

    cumul: Rangee
    declarations: tuple[tuple[str, Rangees], ...]
    parts: Rangees
