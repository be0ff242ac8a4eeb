"""The day on which a leave is paid, and the night in which its order leaves.

Paid on the last business day of the banks that is not after the first day of leave, at the earliest
the second one after the night; the order leaves in the last night that still allows it. Source:
choices L-21, L-44, L-52, L-76.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from pipelines.conges.regles.paiement.valeurs import PAIEMENT
from specs.banque.target import add_business_days, previous_business_day
from specs.connaissances import Connaissances
from specs.periodes import Mois

DEMAIN = timedelta(days=1)
DELAI = 2  # business days
EXECUTIONS = pl.Schema({"depart": pl.Date, "date_paiement": pl.Date, "part_ce_soir": pl.Boolean})


def compute_execution(depart: date | None, nuit: date, delai: int = DELAI) -> tuple[date, bool]:
    """The day of payment of a leave that begins on `depart`, seen from a night; whether it leaves.

    None: at the earliest.

        >>> compute_execution(date(2026, 4, 4), date(2026, 3, 2))
        (datetime.date(2026, 4, 2), False)
        >>> compute_execution(date(2026, 3, 30), date(2026, 4, 1))
        (datetime.date(2026, 4, 7), True)
    """
    au_plus_tot = add_business_days(nuit, delai)
    if depart is None:
        return au_plus_tot, True
    voulu = previous_business_day(depart)
    return max(voulu, au_plus_tot), add_business_days(nuit + DEMAIN, delai) > voulu


def read_executions(departs: pl.Series, nuit: date, savoir: Connaissances) -> pl.DataFrame:
    """EXECUTIONS of each first day of leave (null: at the earliest)."""
    delai = savoir.baremes[PAIEMENT].find("delai_execution_jours", Mois.from_date(nuit))
    lignes = [
        (depart, *compute_execution(depart, nuit, DELAI if delai is None else delai))
        for depart in departs.unique().sort()
    ]
    return pl.DataFrame(lignes, EXECUTIONS, orient="row")
