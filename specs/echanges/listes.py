"""Lists that the fields of exchange files are checked against (`listes.yaml`).

>>> longueur_iban("FR"), len(read_liste("departements"))
(27, 101)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from stdnum import numdb

from specs.dsn import VERSIONS, read_dates, read_norme
from specs.fichiers import read_yaml

_PARTIE = re.compile(r"([1-9][0-9]*)!")
_TETE = 4  # country and key of an IBAN


@dataclass(frozen=True, slots=True)
class PaysSepa:
    """A country of SEPA: length of its IBAN, first day (None: from before the fund's files)."""

    longueur: int
    depuis: date | None


@cache
def read_liste(nom: str) -> tuple[str, ...]:
    """Codes of `departements` or `pays`, in order."""
    return tuple(code for ligne in read_yaml(__package__, "listes")[nom] for code in ligne)


@cache
def read_sepa() -> Mapping[str, PaysSepa]:
    """Countries of SEPA by code."""
    pays = read_yaml(__package__, "listes")["sepa"]
    return MappingProxyType(
        {code: PaysSepa(dit["longueur"], dit.get("depuis")) for code, dit in pays.items()}
    )


@cache
def longueur_iban(pays: str) -> int | None:
    """Length of an IBAN of a country, of SEPA or not; None when it has none."""
    if sepa := read_sepa().get(pays):
        return sepa.longueur
    structure = numdb.get("iban").info(pays)[0][1].get("bban")
    return _TETE + sum(map(int, _PARTIE.findall(structure))) if structure else None


@cache
def read_codes_norme(rubrique: str) -> tuple[tuple[date, frozenset[str]], ...]:
    """Codes of a rubric, its cancellation left out, by the last month (first day) of a version.

    A month takes those of the first version that is not over by then, or of the last one.
    """
    annulation = read_yaml(__package__, "listes")["norme"][rubrique]
    derniers = read_dates("dernier_mois")
    return tuple((derniers[v], _codes(v, rubrique) - {annulation}) for v in VERSIONS)


def _codes(version: str, rubrique: str) -> frozenset[str]:
    norme = read_norme(version)
    liste = norme.rubriques.filter(rubrique=rubrique)["liste"].item()
    return frozenset(norme.codes_of(liste))
