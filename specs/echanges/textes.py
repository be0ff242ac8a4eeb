"""What the fields and codes of exchange files mean, in French: the words of their specification.

`libelles.csv` (key: genre, enregistrement, champ): `titre` of a field and its `regle`, what is
compared with what and which code refuses it. `valeurs.csv` (the same key, and valeur): what each
code of a closed list says. In both, a row of genre `*` and enregistrement `*` is of every field of
that name that has no row of its own. `formats.csv` (key: format): what a format holds, with an
example. `refus.yaml`: what each code of refusal does, and its cause; its title and remedy are those
of `specs.messages`, unless it has its own.

>>> read_libelle("CERT", "10", "SURNAME").titre
'Nom'
"""

from __future__ import annotations

from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from specs.echanges import COMMUN, CONTROLE, ENTETE
from specs.fichiers import read_yaml
from specs.messages import read_message, variantes

# What a code does, in the order of what it costs.
EFFETS: Mapping[str, str] = MappingProxyType(
    {
        "fichier": "le fichier entier est refusé",
        "declaration": "la déclaration d'intempéries est refusée, avec tous ses salariés",
        "ligne": "la ligne est refusée, les autres suivent leur cours",
        "jour": "le jour est refusé, les autres jours de la ligne suivent leur cours",
        "attente": "la ligne attend ce qui lui manque, sans qu'il faille la renvoyer",
        "reserve": "la ligne est acceptée avec réserve : autrement que déclaré, ou sous condition",
        "signal": "rien n'est refusé ni changé : une remarque",
    }
)
NOMS_EFFETS: Mapping[str, str] = MappingProxyType(
    {"declaration": "déclaration", "reserve": "réserve"}
)
Cle = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Libelle:
    """A field in words; `regle` is empty when its format says all."""

    titre: str
    regle: str


@dataclass(frozen=True, slots=True)
class Refus:
    """A code of refusal, reserve or signal in words; `effets` are among `EFFETS`.

    `messages`: its situations in `specs.messages`, None for the general one; empty without any.
    """

    code: str
    effets: tuple[str, ...]
    titre: str
    cause: str
    remede: str
    messages: tuple[str | None, ...]

    @property
    def famille(self) -> str:
        """Its letters: F, CG, D, IN, RB, TD."""
        return self.code.rstrip("-0123456789")


def read_libelle(genre: str, enregistrement: str, champ: str) -> Libelle:
    """The words of a field; KeyError when it has none."""
    libelles = read_libelles()
    return libelles[_cle(libelles, genre, enregistrement, champ)]


def read_valeurs(genre: str, enregistrement: str, champ: str) -> Mapping[str, str]:
    """What each code of a field says, in the order of the list; empty without a closed list."""
    listes = read_listes()
    return listes.get(_cle(listes, genre, enregistrement, champ), {})


@cache
def read_libelles() -> Mapping[Cle, Libelle]:
    """Every row of `libelles.csv`, by its key."""
    return MappingProxyType(
        {cle: Libelle(r["titre"], r["regle"]) for cle, r in _rows("libelles.csv")}
    )


@cache
def read_listes() -> Mapping[Cle, Mapping[str, str]]:
    """Every list of `valeurs.csv`, by its key."""
    listes: dict[Cle, dict[str, str]] = {}
    for cle, rangee in _rows("valeurs.csv"):
        listes.setdefault(cle, {})[rangee["valeur"]] = rangee["libelle"]
    return MappingProxyType(listes)


@cache
def read_refus() -> Mapping[str, Refus]:
    """Every code of an exchange file, in order."""
    decrits = read_yaml(__package__, "refus")
    return MappingProxyType({code: _refus(code, dit) for code, dit in decrits.items()})


def _refus(code: str, dit: Mapping[str, Any]) -> Refus:
    """Its own words come first."""
    message = None if "titre" in dit else read_message(code)
    return Refus(
        code=code,
        effets=tuple(dit["effets"]),
        titre=message.titre if message else dit["titre"],
        cause=dit["cause"],
        remede=message.remede if message else dit["remede"],
        messages=(None, *variantes(code)) if message else tuple(dit.get("messages", ())),
    )


def _cle(connus: Mapping[Cle, Any], genre: str, enregistrement: str, champ: str) -> Cle:
    """The row of a field: its own, or that of every field of its name."""
    commun = COMMUN if enregistrement in (ENTETE, CONTROLE) else genre
    propre = (commun, enregistrement, champ)
    return propre if propre in connus else (COMMUN, COMMUN, champ)


def _rows(nom: str) -> list[tuple[Cle, dict[str, str]]]:
    lignes = files(__package__).joinpath(nom).read_text("utf-8").splitlines()
    return [((r["genre"], r["enregistrement"], r["champ"]), r) for r in DictReader(lignes)]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its short name, its meaning, a field that has it, a value in both forms."""

    nom: str
    sens: str
    champ: Cle
    fixe: str
    xml: str


@cache
def read_formats() -> Mapping[str, Format]:
    """Every format by its name in `champs.csv`, in order."""
    return MappingProxyType(
        {
            r["format"]: Format(r["nom"], r["sens"], cle, r["fixe"], r["xml"])
            for cle, r in _rows("formats.csv")
        }
    )
