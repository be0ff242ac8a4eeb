"""Files that the fund puts at the disposal of companies: when, and for how long.

>>> date_rcp(Mois(2026, 12))
datetime.date(2027, 1, 1)
"""

from __future__ import annotations

from datetime import date, timedelta

from specs.baremes import valeur_at
from specs.options import option_at
from specs.periodes import Mois

MENSUEL = "mensuel"
FICHIER = "FICHIER_RCP"


def date_rcp(mois: Mois) -> date | None:
    """Day on which the payments of `mois` are told, when the company has not chosen; or none."""
    return mois.next().first_day if option_at("calendrier_rcp", mois) == MENSUEL else None


def expiry_rcp(produit_le: date) -> date:
    """First day on which a file produced on that day is at nobody's disposal any more."""
    jours = valeur_at(FICHIER, "conservation_jours", Mois.from_date(produit_le))
    return produit_le + timedelta(days=jours)


def horizon_rcp(date_arrete: date) -> Mois:
    """The last month that the calendar of a night shows."""
    mois = Mois.from_date(date_arrete)
    return mois.shift(valeur_at(FICHIER, "horizon_mois", mois))
