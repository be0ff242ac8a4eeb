"""The order of the night, written once: from the steps that the businesses offer to its tasks.

Steps come in the order of the businesses, then of each business; one that names others in `apres`
waits for them. Neighbours of one `temps` run in one task, shard by shard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipelines.metier import Etape, Metier, Portee


class OrdreImpossible(ValueError):  # noqa: N818 - named in French
    """Steps wait for one another, or for one that does not exist."""


@dataclass(frozen=True, slots=True)
class Temps:
    """A task of the night: its steps, one after the other, on the fund, a lot or a shard.

    `planifie`: the task whose plan of lots or shards it runs on, its own or that of an earlier one
    that asks for the same; None on the fund.
    """

    nom: str
    etapes: tuple[Etape, ...]
    planifie: str | None = None

    @property
    def portee(self) -> Portee:
        """That of its steps."""
        return self.etapes[0].portee

    @property
    def plans(self) -> tuple[str, ...]:
        """Places of the functions that list its lots or shards; none when it runs on the fund."""
        return tuple(dict.fromkeys(etape.plan for etape in self.etapes if etape.plan))

    @property
    def regroupe(self) -> bool:
        """Whether some of its steps may run on all their shards as one."""
        return any(etape.regroupe for etape in self.etapes)

    @property
    def plans_itself(self) -> bool:
        """Whether its lots or shards are to be listed before it."""
        return self.planifie == self.nom

    @property
    def titre(self) -> str:
        """What operators read."""
        return self.etapes[0].titre or self.nom

    @property
    def pool(self) -> str:
        """That of its steps."""
        return self.etapes[0].pool


def list_etapes(metiers: Sequence[Metier]) -> tuple[Etape, ...]:
    """Every step, in the order of the night; OrdreImpossible when there is none."""
    attendues = [etape for metier in metiers for etape in metier.etapes]
    rangees: list[Etape] = []
    while attendues:
        faites = {etape.nom for etape in rangees}
        prete = next((e for e in attendues if faites.issuperset(e.apres)), None)
        if prete is None:
            noms = ", ".join(etape.nom for etape in attendues)
            raise OrdreImpossible(f"ces étapes attendent ce qui ne vient pas : {noms}")
        attendues.remove(prete)
        rangees.append(prete)
    return tuple(rangees)


def list_temps(metiers: Sequence[Metier]) -> tuple[Temps, ...]:
    """The tasks of the night, in order; OrdreImpossible when two of them share a name."""
    groupes = groupby(list_etapes(metiers), key=lambda e: (e.temps or e.nom, e.portee, e.pool))
    temps = tuple(Temps(nom, tuple(etapes)) for (nom, _, _), etapes in groupes)
    noms = [t.nom for t in temps]
    if doubles := sorted({nom for nom in noms if noms.count(nom) > 1}):
        raise OrdreImpossible(f"des étapes d'un même temps sont séparées : {', '.join(doubles)}")
    premiers: dict[tuple[str, ...], str] = {}
    return tuple(
        replace(t, planifie=premiers.setdefault(t.plans, t.nom)) if t.plans else t for t in temps
    )


def find_etape(metiers: Sequence[Metier], nom: str) -> Etape:
    """A step by its name; KeyError when there is none."""
    return {etape.nom: etape for metier in metiers for etape in metier.etapes}[nom]
