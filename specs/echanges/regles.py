"""What each field of an exchange file has to be, beyond its format: rules and codes as data.

`regles.csv`, one row a rule (`genre` `*`: header): `champ` is told `code` when it is present and
the rule does not hold. `regle`:

- `motif`: the whole zone has the form of the regular expression `argument`;
- `majuscules`: no letter in lower case;
- `valeurs`, `presence`: its closed list, or its presence (`champs.csv`), told by this code;
- `liste`: it is in the list of `listes.yaml` that `argument` names;
- `norme`: a code of that rubric of the DSN, in the version of the month of a field, when a code of
  the record has a value (`S21.G00.60.001 FROM ABS_KIND=A`);
- `requis_sans`: present when the field `argument` is blank;
- `>`, `>=`, `<`, `<=`: compared with a number, or with a field of the same record.

`codes.csv`: the step of 6.5 at which each code is told and what it refuses (`portee`: fichier,
declaration, ligne, jour), when it blocks. Each has its wording in `specs/messages`.

Source: exchange.md 6.2 to 6.5 of the proposed specification, version 0100.
"""

from __future__ import annotations

from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from specs.echanges import COMMUN, CONTROLE, ENTETE

FICHIER, DECLARATION, LIGNE, JOUR = PORTEES = ("fichier", "declaration", "ligne", "jour")
ARRET = "30"  # what is told on it is of every line of its declaration


@dataclass(frozen=True, slots=True)
class Regle:
    """One rule of a field; see the module."""

    champ: str
    regle: str
    argument: str
    code: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code of anomaly: its step, its reach."""

    code: str
    etape: int
    portee: str


def read_regles(genre: str, enregistrement: str) -> tuple[Regle, ...]:
    """Rules of a record, in the order of its fields."""
    commun = COMMUN if enregistrement in (ENTETE, CONTROLE) else genre
    return _regles().get((commun, enregistrement), ())


@cache
def read_codes() -> Mapping[str, Code]:
    """Every code that an exchange file can be told, by name."""
    codes = (Code(r["code"], int(r["etape"]), r["portee"]) for r in _rows("codes.csv"))
    return MappingProxyType({code.code: code for code in codes})


def portee_of(code: str, enregistrement: str | None) -> str:
    """What a blocking anomaly refuses, told on a record of that type (None: on the file)."""
    if enregistrement in (None, ENTETE, CONTROLE):
        return FICHIER
    portee = read_codes()[code].portee
    return DECLARATION if portee == LIGNE and enregistrement == ARRET else portee


@cache
def _regles() -> dict[tuple[str, str], tuple[Regle, ...]]:
    regles: dict[tuple[str, str], tuple[Regle, ...]] = {}
    for r in _rows("regles.csv"):
        cle = (r["genre"], r["enregistrement"])
        regle = Regle(r["champ"], r["regle"], r["argument"], r["code"])
        regles[cle] = (*regles.get(cle, ()), regle)
    return regles


def _rows(nom: str) -> DictReader[str]:
    return DictReader(files(__package__).joinpath(nom).read_text("utf-8").splitlines())
