"""Calendar of the follow-up: for each month, its limit dates, its reminders, its estimation.

>>> read_calendrier(Mois(2026, 3), Mois(2026, 3))["date_limite"].item()
datetime.date(2026, 4, 15)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from specs.baremes import valeur_at
from specs.options import option_at, read_options
from specs.periodes import Mois

NIVEAUX = (1, 2, 3)
AUCUNE, DERNIER_MOIS, MOYENNE_TROIS_MOIS = "aucun", "dernier_mois", "moyenne_trois_mois"
SCHEMA_CALENDRIER = pl.Schema(
    {
        "mois": pl.String,
        "date_limite": pl.Date,
        "date_limite_grandes": pl.Date,
        "effectif_grandes": pl.Int64,
        **{f"relance_{niveau}_jours": pl.Int64 for niveau in NIVEAUX},
        "estimation": pl.String,
        "estimation_jours": pl.Int64,
    }
)


def read_calendrier(
    debut: Mois, fin: Mois, choose: Callable[[str, Mois], str] = option_at
) -> pl.DataFrame:
    """Months from `debut` to `fin` (SCHEMA_CALENDRIER, key and order: mois).

    `date_limite_grandes` is null where the fund has one limit date for all; a reminder and an
    estimation come that many days after the limit date; `estimation` is the option `appel_estime`.
    `choose` answers an option for a month.
    """
    lignes = [_month(mois, choose) for mois in Mois.range(debut, fin)]
    return pl.DataFrame(lignes, SCHEMA_CALENDRIER, orient="row")


def is_estimating() -> bool:
    """Whether the fund estimates the bases of a missing declaration, for any month."""
    return any(choix.valeur != AUCUNE for choix in read_options()["appel_estime"].valeurs)


def _month(mois: Mois, choose: Callable[[str, Mois], str]) -> dict[str, Any]:
    grandes = choose("echeance_dsn", mois) == "selon_effectif"
    return {
        "mois": str(mois),
        "date_limite": _limit(mois, "generale_jour"),
        "date_limite_grandes": _limit(mois, "grandes_jour") if grandes else None,
        "effectif_grandes": valeur_at("ECHEANCE_DSN", "grandes_effectif", mois),
        **{
            f"relance_{niveau}_jours": valeur_at("RELANCE_DSN", f"niveau_{niveau}_jours", mois)
            for niveau in NIVEAUX
        },
        "estimation": choose("appel_estime", mois),
        "estimation_jours": valeur_at("ESTIMATION_DSN", "delai_jours", mois),
    }


def _limit(mois: Mois, serie: str) -> date:
    return mois.next().first_day.replace(day=valeur_at("ECHEANCE_DSN", serie, mois))
