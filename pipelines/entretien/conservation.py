"""Which publications are kept: all of them, or those of some months and one a closed year.

Of a year that is closed, the last publication on or before 31 March: leave years, campaigns of bad
weather and of contributions end that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from specs.periodes import Mois

# Months that each choice of the option `publications_conservees` keeps whole; None: all of them.
MOIS_GARDES: Mapping[str, int | None] = MappingProxyType(
    {"toutes": None, "mois_12": 12, "mois_24": 24, "mois_60": 60}
)
TOUJOURS = 2  # the last one and the one before are read by the next night


def find_retirees(publications: Mapping[int, date], choix: str, jour: date) -> list[int]:
    """Those that are not kept any more, sorted.

    `publications`: number to decision date; `choix`: of the option; `jour`: the day of the act.
    """
    mois_gardes = MOIS_GARDES[choix]
    if mois_gardes is None:
        return []
    depuis = Mois.from_date(jour).shift(-mois_gardes).first_day
    numeros = sorted(publications)
    gardees = {numero for numero, arrete in publications.items() if arrete >= depuis}
    gardees |= set(numeros[-TOUJOURS:]) | _closings(publications, jour)
    return [numero for numero in numeros if numero not in gardees]


def _closings(publications: Mapping[int, date], jour: date) -> set[int]:
    """The last publication as of each 31 March."""
    annees = (
        range(min(d.year for d in publications.values()), jour.year + 1) if publications else ()
    )
    closes = set()
    for annee in annees:
        avant = [n for n, arrete in publications.items() if arrete <= date(annee, 3, 31)]
        if avant:
            closes.add(max(avant))
    return closes
