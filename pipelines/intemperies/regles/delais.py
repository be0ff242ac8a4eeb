"""Until when a stop may be declared, and what was declared in time.

Source: arrêté du 18 février 2003, article 5; choices I-05, I-07, I-17, I-21, I-30.

>>> from datetime import date
>>> compute_echeance(date(2026, 1, 12), tolere=True), compute_echeance(date(2026, 1, 12), False)
(datetime.date(2026, 3, 2), datetime.date(2026, 2, 12))
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from pipelines.intemperies.regles.valeurs import DELAI, read_valeur
from specs.connaissances import Connaissances
from specs.jours_feries import jours_feries
from specs.periodes import Mois

SAMEDI = 5
UN_JOUR = timedelta(days=1)
DELAI_MOIS, TOLERANCE_JOURS = 1, 30


def compute_echeance(
    reprise: date, tolere: bool, mois: int = DELAI_MOIS, jours: int = TOLERANCE_JOURS
) -> date:
    """Last day to declare a stop whose work resumed on `reprise`, that day included.

    `mois` after it, never moved; `tolere`: at least the first working day from the end of the
    month of `jours` days after it.
    """
    stricte = shift_months(reprise, mois)
    if not tolere:
        return stricte
    fin = Mois.from_date(reprise + timedelta(days=jours)).last_day
    while fin.weekday() >= SAMEDI or fin in jours_feries(fin.year):
        fin += UN_JOUR
    return max(stricte, fin)


def shift_months(jour: date, nombre: int) -> date:
    """The same day `nombre` months later, or the last of that month."""
    mois = Mois.from_date(jour).shift(nombre)
    return mois.first_day.replace(day=min(jour.day, monthrange(mois.annee, mois.numero)[1]))


def compute_fenetre(premier_perdu: date, mois: int = 2) -> tuple[date, date]:
    """First and last day in which the hours before a stop are counted (I-07).

    >>> compute_fenetre(date(2026, 4, 30))
    (datetime.date(2026, 2, 28), datetime.date(2026, 4, 29))
    """
    return shift_months(premier_perdu, -mois), premier_perdu - UN_JOUR


def received_on(instant: pl.Expr) -> pl.Expr:
    """The Paris day of an instant written in ISO 8601, UTC."""
    lu = instant.str.to_datetime("%Y-%m-%dT%H:%M:%S%#z", time_zone="UTC", time_unit="us")
    return lu.dt.convert_time_zone("Europe/Paris").dt.date()


def read_echeances(reprises: pl.Series, savoir: Connaissances) -> pl.DataFrame:
    """derniere_reprise, echeance: the deadline that each day of resumption gives."""
    lignes = []
    for reprise in reprises.unique().drop_nulls().sort():
        mois = Mois.from_date(reprise)
        tolere = savoir.option_at("tolerance_declaration", mois) == "reseau"
        delais = [read_valeur(savoir, DELAI, s, mois) for s in ("delai_mois", "tolerance_jours")]
        lignes.append((reprise, compute_echeance(reprise, tolere, *delais)))
    return pl.DataFrame(lignes, {"derniere_reprise": pl.Date, "echeance": pl.Date}, orient="row")


def compute_tenues(jours: pl.DataFrame, echeances: pl.DataFrame) -> pl.DataFrame:
    """Hours of each day that a file received in time held: the most, over the files of its chain.

    `jours`: siren, declaration, chaine, salarie, date, perdues_centiemes (net), depot and recu_jour
    (Paris day), one row a day and stop of every file of the chain; `echeances`: siren, declaration,
    chaine, echeance. Key: siren, declaration, chaine, salarie, date; tenues_centiemes.
    """
    cle = ["siren", "declaration", "chaine"]
    du_jour = [*cle, "salarie", "date"]
    return (
        jours.join(echeances, on=cle)
        .filter(pl.col("recu_jour") <= pl.col("echeance"))
        .group_by(*du_jour, "depot")
        .agg(pl.col("perdues_centiemes").sum())
        .group_by(du_jour)
        .agg(pl.col("perdues_centiemes").max().alias("tenues_centiemes"))
    )
