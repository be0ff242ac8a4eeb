"""Named, dated options: the choices that a fund could make otherwise.

Each has a question, its possible answers and the answer of this fund from a date on, with its
source. `python -m specs.options` prints the page docs/options.md.

    >>> from specs.periodes import Mois
    >>> option_at("arrondi_assiette", Mois(2026, 3))
    'centime'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_sujets
from specs.periodes import Mois


class OptionRefusee(ValueError):  # noqa: N818 - named in French
    """The option is unknown, has no value at that date, or a value that no rule applies."""


@dataclass(frozen=True, slots=True)
class Choix:
    """The answer of the fund from the day `debut` on."""

    debut: date
    valeur: str
    source_titre: str
    source_lien: str | None


@dataclass(frozen=True, slots=True)
class Option:
    """A question, its possible answers (`a_venir`: not applied yet), the dated answers given."""

    nom: str
    titre: str
    question: str
    decision: str
    choix: Mapping[str, str]
    a_venir: tuple[str, ...]
    valeurs: tuple[Choix, ...]

    @property
    def defaut(self) -> str:
        """The latest answer: the one that holds today."""
        return self.valeurs[-1].valeur


@cache
def read_options() -> Mapping[str, Option]:
    """Every option by name, in the order of the files, one a business."""
    return MappingProxyType(
        {nom: _option(nom, entree) for nom, entree in read_sujets(__name__).items()}
    )


def option_at(nom: str, mois: Mois) -> str:
    """The answer of the fund to `nom` for `mois`; OptionRefusee when there is none to apply."""
    return choix_at(read_options(), nom, mois)


def choix_at(options: Mapping[str, Option], nom: str, mois: Mois) -> str:
    """The answer to `nom` for `mois` among `options`; OptionRefusee when there is none to apply."""
    option = options.get(nom)
    if option is None:
        raise OptionRefusee(f"option inconnue : {nom}")
    en_vigueur = [choix.valeur for choix in option.valeurs if choix.debut <= mois.first_day]
    if not en_vigueur:
        raise OptionRefusee(f"l'option {nom} n'a pas de valeur en {mois}")
    if en_vigueur[-1] not in option.choix or en_vigueur[-1] in option.a_venir:
        raise OptionRefusee(f"l'option {nom} ne peut pas valoir {en_vigueur[-1]}")
    return en_vigueur[-1]


def _option(nom: str, entree: dict[str, Any]) -> Option:
    return Option(
        nom=nom,
        titre=entree["titre"],
        question=entree["question"],
        decision=entree["decision"],
        choix=MappingProxyType(entree["choix"]),
        a_venir=tuple(entree.get("a_venir", ())),
        valeurs=tuple(
            Choix(v["debut"], v["valeur"], v["source"]["titre"], v["source"].get("lien"))
            for v in entree["valeurs"]
        ),
    )
