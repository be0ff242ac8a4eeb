"""What a company reads in its space, as data: themes, tables, columns, what leads where.

>>> find_table("appels").suites["lignes_appel"]
('appel',)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_yaml

NATURE, DEPOT = "nature", "depot"
TOUS = "*"  # a table of every service: whoever has a right on the company reads it


class TableInconnue(LookupError):  # noqa: N818 - named in French
    """No table of the space has this name."""


@dataclass(frozen=True, slots=True)
class Table:
    """A published table as the space shows it.

    `service`: that of the rights which open it, TOUS for any. `selon`: its rows are about files,
    each of a service: by its `nature`, by the deposit that it is about (`depot`), by the deposit
    that it answers or else its nature (`emission`); None when they are not. `colonnes`: those
    shown first. `tri`: the column that orders it, `descendant` from the last. `suites`: by table
    that a row leads to, the columns that have the same values in both. `explique`: columns that
    name what the engine explains of a row, `cite`: services of what it then tells, whose rights
    must be whole; none when there is nothing to explain. `en_centiemes`: titles of columns of
    whole numbers that are hundredths, of euros or of hours as the row says.
    """

    nom: str
    titre: str
    theme: str
    service: str
    selon: str | None
    colonnes: tuple[str, ...]
    tri: str
    descendant: bool
    suites: Mapping[str, tuple[str, ...]]
    explique: tuple[str, ...]
    cite: tuple[str, ...]
    en_centiemes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Theme:
    """Tables that are read together."""

    nom: str
    titre: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Regles:
    """How long a person stays known, how many tries are left, how long a page is."""

    session_inactive_minutes: int
    session_heures: int
    invitation_heures: int
    mot_de_passe_minimum: int
    mot_de_passe_maximum: int
    essais_par_utilisateur: int
    essais_par_adresse: int
    fenetre_essais_minutes: int
    demandes_en_attente: int
    demande_minutes: int
    attente_reponse_ms: int
    actes_en_attente: int
    lignes_par_page: int
    lignes_par_pdf: int
    jeton_jours: int
    appels_par_minute: int
    lignes_par_reponse: int
    lignes_par_reponse_maximum: int


@cache
def read_themes() -> Mapping[str, Theme]:
    """Every theme by name, in the order of the menu."""
    return MappingProxyType(
        {
            nom: Theme(
                nom, dit["titre"], tuple(_parse(nom, t, d) for t, d in dit["tables"].items())
            )
            for nom, dit in read_yaml(__name__, "themes").items()
        }
    )


@cache
def read_tables() -> Mapping[str, Table]:
    """Every table of the space by name."""
    return MappingProxyType({t.nom: t for theme in read_themes().values() for t in theme.tables})


def find_table(nom: str) -> Table:
    """A table of the space; TableInconnue when no company reads it."""
    try:
        return read_tables()[nom]
    except KeyError:
        raise TableInconnue(nom) from None


@cache
def natures_of(service: str) -> frozenset[str]:
    """Natures of the files of a service, deposited or given."""
    return frozenset(n for n, s in read_yaml(__name__, "natures").items() if s == service)


@cache
def read_regles() -> Regles:
    """The rules of access."""
    return Regles(**read_yaml(__name__, "regles"))


def _parse(theme: str, nom: str, dit: Mapping[str, Any]) -> Table:
    tri: str = dit["tri"]
    suites = {table: tuple(noms) for table, noms in dit.get("suites", {}).items()}
    return Table(
        nom=nom,
        titre=dit["titre"],
        theme=theme,
        service=dit.get("service", TOUS),
        selon=dit.get("selon"),
        colonnes=tuple(dit["colonnes"]),
        tri=tri.removeprefix("-"),
        descendant=tri.startswith("-"),
        suites=MappingProxyType(suites),
        explique=tuple(dit.get("explique", ())),
        cite=tuple(dit.get("cite", ())),
        en_centiemes=MappingProxyType(dit.get("en_centiemes", {})),
    )
