"""Typed reading of what a person wrote in YAML: every error names the case and the field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from specs.periodes import Mois

T = TypeVar("T")
TYPES: Mapping[type, str] = {
    str: "un texte (entre guillemets si ce sont des chiffres)",
    int: "un nombre entier",
    bool: "true ou false",
    date: "une date AAAA-MM-JJ",
    list: "une liste",
    dict: "une suite de champs",
}
MAX = 10**15  # cents: far above any fund, far below what Int64 holds
_MONTANT = re.compile(r"([-−]?)(\d+)(?:[.,](\d{1,2}))?", re.ASCII)
_ESPACES = re.compile(r"[ \u00a0\u202f]|\s*€")


class CasInvalide(ValueError):  # noqa: N818 - named in French
    """A case that cannot be read: the message, in French, names the case and the field."""


@dataclass(frozen=True, slots=True)
class Champs:
    """Fields of one place of a case (`lieu`), read one by one with their type."""

    lieu: str
    valeurs: Mapping[str, Any]

    def error(self, nom: str, attendu: str) -> CasInvalide:
        """The error of a field."""
        return CasInvalide(f"{self.lieu} : champ « {nom} » : {attendu}")

    def check_names(self, connus: Collection[str]) -> None:
        """CasInvalide when a field is none of `connus`: a misspelt field is never ignored."""
        for nom in self.valeurs:
            if nom not in connus:
                choix = ", ".join(sorted(connus))
                raise self.error(str(nom), f"inconnu ici ; champs possibles : {choix}")

    def read(self, nom: str, genre: type[T], defaut: T | None = None) -> T:
        """The field, of type `genre`; `defaut` when it is absent, an error without one."""
        valeur = self.read_optional(nom, genre)
        if valeur is not None:
            return valeur
        if defaut is None:
            raise self.error(nom, f"absent ; il faut {TYPES[genre]}")
        return defaut

    def read_optional(self, nom: str, genre: type[T]) -> T | None:
        """The field, of type `genre`, or None when it is absent or null."""
        valeur = self.valeurs.get(nom)
        if valeur is None:
            return None
        # A boolean is no integer here, nor an instant a date.
        if type(valeur) is not genre:
            raise self.error(nom, f"il faut {TYPES[genre]}, pas {valeur!r}")
        if isinstance(valeur, int) and abs(valeur) > MAX:
            raise self.error(nom, "trop grand")
        return valeur

    def read_mois(self, nom: str, defaut: str | None = None) -> str:
        """A month, AAAA-MM."""
        texte = self.read(nom, str, defaut)
        try:
            return str(Mois.parse(texte))
        except ValueError as erreur:
            raise self.error(nom, str(erreur)) from erreur

    def read_montant(self) -> int:
        """Cents, of `montant` (euros as a text: « 1 234,56 ») or of `centimes` (an integer)."""
        if "centimes" in self.valeurs:
            if "montant" in self.valeurs:
                raise self.error("montant", "donner montant ou centimes, pas les deux")
            return self.read("centimes", int)
        return self.read_centiemes("montant", "des euros")

    def read_centiemes(self, nom: str, quoi: str) -> int:
        """Hundredths of a number of `quoi` written with two decimals at most."""
        texte = self.read(nom, str)
        trouve = _MONTANT.fullmatch(_ESPACES.sub("", texte))
        if trouve is None:
            raise self.error(nom, f"il faut {quoi}, comme « 1 234,56 », pas {texte!r}")
        signe, entier, decimales = trouve.groups()
        centiemes = int(entier) * 100 + int(f"{decimales or '':0<2}")
        if centiemes > MAX:
            raise self.error(nom, "trop grand")
        return -centiemes if signe else centiemes

    def children(self, nom: str) -> Iterator[Champs]:
        """Each element of the list `nom`; none when it is absent."""
        for rang, valeur in enumerate(self.read_optional(nom, list) or [], 1):
            if not isinstance(valeur, dict):
                raise self.error(nom, f"élément {rang} : il faut {TYPES[dict]}, pas {valeur!r}")
            yield Champs(f"{self.lieu}, {nom} {rang}", valeur)
