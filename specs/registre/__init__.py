"""What an import of the registry may say, as data: tables, columns, the life of a mandate.

>>> read_tables()["mandats"].champs["rum"].forme
'rum'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.contrats import Colonne, read_contrat
from specs.fichiers import read_yaml


@dataclass(frozen=True, slots=True)
class Champ:
    """A column of an import; `forme` says how its values are written, `exemple` shows one.

    `obligatoire`: a row has it; `defaut`: what a new row gets without it (in a key: what nothing
    means, which names no row of `table`); `fige`: it never changes;
    `unique`: one row bears it; `table`: the table whose key it is; `choix`: its only values,
    those of the contract; `a_part`: the table that keeps it, when it is another one (`option`: as
    this option of the company); `remplace`: the column that shows it in the contract.
    """

    nom: str
    forme: str
    exemple: str
    obligatoire: bool
    defaut: str | None = None
    fige: bool = False
    unique: bool = False
    table: str | None = None
    choix: tuple[str, ...] = ()
    a_part: str | None = None
    option: str | None = None
    remplace: str | None = None


@dataclass(frozen=True, slots=True)
class TableRegistre:
    """A table of the registry: its key, its columns in order, what two rows can't share in time."""

    nom: str
    cle: tuple[str, ...]
    champs: Mapping[str, Champ]
    periodes: tuple[str, ...]

    @property
    def propres(self) -> tuple[str, ...]:
        """Columns that the table itself keeps."""
        return tuple(nom for nom, champ in self.champs.items() if champ.a_part is None)

    @property
    def exigees(self) -> tuple[str, ...]:
        """Columns of its key that say nothing when they are left empty."""
        return tuple(nom for nom in self.cle if self.champs[nom].defaut is None)


@dataclass(frozen=True, slots=True)
class Evenement:
    """An event of a mandate: states in which it may come (none: it is the first), the next one."""

    depuis: tuple[str, ...]
    vers: str | None


@cache
def read_tables() -> Mapping[str, TableRegistre]:
    """Tables that may be imported, by name; a table comes after those it names."""
    lues = read_yaml(__name__, "tables")
    return MappingProxyType({nom: _parse_table(nom, entree) for nom, entree in lues.items()})


@cache
def read_evenements() -> Mapping[str, Evenement]:
    """Events of a mandate, by name."""
    lus = read_yaml(__name__, "evenements_mandat")
    return MappingProxyType(
        {nom: Evenement(tuple(entree["depuis"]), entree["vers"]) for nom, entree in lus.items()}
    )


@cache
def read_chiffres_postaux() -> Mapping[str, int]:
    """Number of figures of a postcode, by country; those of other countries are not judged."""
    return MappingProxyType(read_yaml(__name__, "codes_postaux")["chiffres"])


def _parse_table(nom: str, entree: dict[str, Any]) -> TableRegistre:
    contrat = read_contrat(nom)
    colonnes = {colonne.nom: colonne for colonne in contrat.colonnes}
    champs = {c: _parse_champ(c, champ, colonnes) for c, champ in entree["colonnes"].items()}
    periodes = tuple(entree.get("periodes", ()))
    return TableRegistre(nom, contrat.cle, MappingProxyType(champs), periodes)


def _parse_champ(nom: str, entree: dict[str, Any], colonnes: dict[str, Colonne]) -> Champ:
    if "option" in entree:
        return Champ(nom=nom, obligatoire=False, **entree)
    colonne = colonnes[entree.get("remplace", nom)]
    return Champ(nom=nom, obligatoire=not colonne.nul, choix=tuple(colonne.valeurs), **entree)
