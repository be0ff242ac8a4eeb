"""Definitions that several controls share: the norm repeats some texts from rubric to rubric.

A definition (`specs/controles/modeles.yaml`) has conditions with places to fill, `{date}`; a
control names it (`modele`) and gives what stands there (`avec`), a rubric or an expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from specs.fichiers import LECTEUR, SUFFIXE

MODELES = "modeles"
CONDITIONS = ("si", "alors", "sinon")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Modele:
    """One definition: the number of its text in the catalogue, its conditions, their natures.

    `pourquoi`: why it is not the only definition of its text.
    """

    modele: str
    texte: str
    pourquoi: str | None = None
    natures: tuple[str, ...] = ()
    si: str | None = None
    alors: str | None = None
    sinon: str | None = None

    @property
    def places(self) -> frozenset[str]:
        """What `avec` must give."""
        return frozenset(_PLACE.findall(" ".join(filter(None, (self.si, self.alors, self.sinon)))))

    def fill(self, avec: Mapping[str, str]) -> dict[str, Any]:
        """Fields of a control: natures, and conditions with `avec` in their places.

        ValueError when `avec` does not give these places and no other.
        """
        if avec.keys() != self.places:
            raise ValueError(f"{self.modele} attend {sorted(self.places)}, pas {sorted(avec)}")
        conditions = {nom: getattr(self, nom) for nom in CONDITIONS}
        remplies = {
            nom: _PLACE.sub(lambda place: avec[place[1]], condition)
            for nom, condition in conditions.items()
            if condition is not None
        }
        return {"natures": self.natures, **remplies}


@cache
def read_modeles() -> dict[str, Modele]:
    """Every definition, by name."""
    fichier = files("specs").joinpath("controles", MODELES + SUFFIXE)
    entrees: list[dict[str, Any]] = yaml.load(fichier.read_text("utf-8"), LECTEUR)  # noqa: S506
    modeles = [Modele(**{**e, "natures": tuple(e.get("natures", ()))}) for e in entrees]
    return {modele.modele: modele for modele in modeles}


def completed(entree: dict[str, Any]) -> dict[str, Any]:
    """An entry of a control with what its definition gives, if it names one."""
    if "modele" not in entree:
        return entree
    propres = [nom for nom in CONDITIONS if nom in entree]
    if propres:
        raise ValueError(f"{entree['controle']} a un modèle, et ses propres {propres}")
    return read_modeles()[entree["modele"]].fill(entree["avec"]) | entree
