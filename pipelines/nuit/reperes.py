"""What a step was last done on, for the nights after to do only what is new.

A mark is written with the step, and bears the versions of the specs and of the code, as its key
does: another engine finds none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.nuit.parts import Part, part_scope
from pipelines.nuit.versions import version_code, version_specs
from warehouse.journal import CleEtape, read_derniere
from warehouse.maison import Maison


@dataclass(frozen=True, slots=True)
class Repere:
    """Where a step stands on a shard.

    `fonds`: fingerprint of what it reads, but what it published itself and what the day changes;
    `date_arrete`: the night; `publication`: number of the one that it reads, 0 before the first.
    """

    fonds: str
    date_arrete: date
    publication: int

    def key(self, etape: str, portee: str) -> CleEtape:
        """How the journal keeps it."""
        dit = f"{self.fonds}:{self.date_arrete}:{self.publication}"
        return CleEtape(_name(etape), portee, dit, version_specs(), version_code())


def read_repere(maison: Maison, etape: str, part: Part) -> Repere | None:
    """Where this engine left a step on a shard; None when it did not, or when another did since."""
    with maison.moteur.connect() as connexion:
        cle = read_derniere(connexion, _name(etape), part_scope(part.numero))
    if cle is None or (cle.version_specs, cle.version_code) != (version_specs(), version_code()):
        return None
    fonds, jour, publication = cle.empreinte_entrees.split(":")
    return Repere(fonds, date.fromisoformat(jour), int(publication))


def _name(etape: str) -> str:
    return f"{etape}:repere"
