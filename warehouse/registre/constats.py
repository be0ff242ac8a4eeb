"""What the checks of the registry share: a finding, and looks at rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from warehouse.registre.etat import Rangees
from warehouse.registre.formes import format_valeur
from warehouse.registre.lignes import Cle, Rangee


class Constat(NamedTuple):
    """Rows of one table that can't go together, the one to blame first."""

    table: str
    cles: tuple[Cle, ...]
    message: str


def check_siren(rangees: Rangees, nom: str, colonne: str, cible: str) -> Iterator[Constat]:
    """What a row names is of the same company as the row."""
    for cle, rangee in rangees[nom].items():
        nommee = rangees[cible].get((rangee[colonne],))
        if nommee is not None and nommee["siren"] != rangee["siren"]:
            message = f"{colonne} « {rangee[colonne]} » : il est du SIREN {nommee['siren']}"
            yield Constat(nom, (cle,), f"{message}, pas {rangee['siren']}")


def group_rows(rangees: dict[Cle, Rangee], colonnes: Iterable[str]) -> dict[Cle, list[Cle]]:
    """Keys of the rows that share the values of these columns."""
    groupes: dict[Cle, list[Cle]] = defaultdict(list)
    for cle, rangee in rangees.items():
        groupes[tuple(rangee[nom] for nom in colonnes)].append(cle)
    return groupes


def sort_debut(rangee: Rangee) -> str:
    """What sorts rows by their beginning."""
    return format_valeur(rangee["debut"])


def is_before(jour: object, autre: object) -> bool:
    """Whether a day is before another; false when one of them is not given."""
    return jour is not None and autre is not None and str(jour) < str(autre)
