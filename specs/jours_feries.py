"""Legal holidays of France, national and of Alsace-Moselle.

Source: Code du travail, L3133-1 (eleven days) and L3134-13 (Good Friday, 26 December; departments
57, 67 and 68).

>>> date(2026, 4, 3) in jours_feries(2026), date(2026, 4, 3) in jours_feries(2026, "67")
(False, True)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from specs.banque.target import LUNDI_DE_PAQUES, VENDREDI_SAINT, compute_paques
from specs.options import Option, choix_at
from specs.periodes import AVRIL, Mois

FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))  # month, day
MOBILES = (LUNDI_DE_PAQUES, timedelta(days=39), timedelta(days=50))  # from Easter
OPTION, PARTOUT = "vendredi_saint", "departement"
PREMIERE = 2000  # the option says nothing of the years before: a file may write any
ALSACE_MOSELLE = ("57", "67", "68")


@cache
def jours_feries(annee: int, departement: str = "") -> tuple[date, ...]:
    """The holidays of a year where one works, in order; the national ones by default."""
    paques = compute_paques(annee)
    jours = [date(annee, *jour) for jour in FIXES] + [paques + ecart for ecart in MOBILES]
    if departement in ALSACE_MOSELLE:
        jours += [paques + VENDREDI_SAINT, date(annee, 12, 26)]
    return tuple(sorted(set(jours)))


def feries_at(annee: int, departement: str, options: Mapping[str, Option]) -> tuple[date, ...]:
    """Those that the fund counts where one works: Good Friday, by its option of that year."""
    jours = jours_feries(annee, departement)
    if choix_at(options, OPTION, Mois(max(annee, PREMIERE), AVRIL)) == PARTOUT:
        return jours
    vendredi = compute_paques(annee) + VENDREDI_SAINT
    return tuple(jour for jour in jours if jour != vendredi)
