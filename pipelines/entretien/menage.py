"""The yearly housekeeping: publications withdrawn, then the files that no kept version reads.

Nothing that a kept publication shows changes: its tables are read at the versions that it pins, and
the files of these stay, like those of the last version of every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.entretien.conservation import find_retirees
from specs.contrats import contrats
from specs.options import option_at
from specs.periodes import Mois
from warehouse.maison import Maison
from warehouse.preuves.empreintes import record_vidange
from warehouse.publications import read_arretes, read_versions_gardees, record_retraits
from warehouse.vidange import DELAI_H, Reste, list_restes

OPTION = "publications_conservees"


@dataclass(frozen=True, slots=True)
class Menage:
    """What there is to do, or was done: publications withdrawn, files that nobody reads."""

    retirees: tuple[int, ...]
    restes: tuple[Reste, ...]

    @property
    def octets(self) -> int:
        """Bytes of these files."""
        return sum(reste.octets for reste in self.restes)

    def count(self) -> dict[str, int | None]:
        """The figures."""
        return {
            "publications": len(self.retirees),
            "fichiers": len(self.restes),
            "octets": self.octets,
        }


def plan_menage(maison: Maison, jour: date, delai_h: int = DELAI_H) -> Menage:
    """What would be done on a day; nothing is changed. `delai_h`: see `list_restes`."""
    with maison.moteur.connect() as connexion:
        arretes = read_arretes(connexion)
        retirees = find_retirees(arretes, option_at(OPTION, Mois.from_date(jour)), jour)
        gardees = read_versions_gardees(connexion, sauf=retirees)
    restes = (
        reste
        for table in contrats()
        for reste in list_restes(maison.lac, table, gardees.get(table, ()), delai_h)
    )
    return Menage(tuple(retirees), tuple(restes))


def run_menage(maison: Maison, jour: date, instant: str, delai_h: int = DELAI_H) -> Menage:
    """Do it: publications are withdrawn first, so that nobody reads one whose files go.

    Cut, it is done again: what is withdrawn stays so, and what remains is found.
    """
    menage = plan_menage(maison, jour, delai_h)
    with maison.moteur.begin() as connexion:
        record_retraits(connexion, menage.retirees, instant)
        chemins = [reste.chemin for reste in menage.restes]
        record_vidange(connexion, maison.lac.dossier, chemins, instant)
    for reste in menage.restes:
        reste.chemin.unlink(missing_ok=True)
    return menage
