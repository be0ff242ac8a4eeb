"""Business days of the banks: the TARGET calendar.

Closed on Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December
(European Central Bank, long-term calendar in force since 2002).

    >>> next_business_day(date(2026, 12, 25))
    datetime.date(2026, 12, 28)
"""

from __future__ import annotations

from datetime import date, timedelta

FERMES = ((1, 1), (5, 1), (12, 25), (12, 26))  # month, day
SAMEDI = 5
JOUR = timedelta(days=1)
VENDREDI_SAINT, LUNDI_DE_PAQUES = timedelta(days=-2), timedelta(days=1)


def is_business_day(jour: date) -> bool:
    """Whether banks settle on that day."""
    paques = compute_paques(jour.year)
    return (
        jour.weekday() < SAMEDI
        and (jour.month, jour.day) not in FERMES
        and jour not in {paques + VENDREDI_SAINT, paques + LUNDI_DE_PAQUES}
    )


def next_business_day(jour: date) -> date:
    """The day itself when banks are open, else the next one when they are."""
    while not is_business_day(jour):
        jour += JOUR
    return jour


def previous_business_day(jour: date) -> date:
    """The day itself when banks are open, else the last one when they were."""
    while not is_business_day(jour):
        jour -= JOUR
    return jour


def add_business_days(jour: date, nombre: int) -> date:
    """The `nombre`-th business day after `jour`."""
    for _ in range(nombre):
        jour = next_business_day(jour + JOUR)
    return jour


def compute_paques(annee: int) -> date:
    """Easter Sunday of the Gregorian calendar (the computation of Meeus, on integers)."""
    siecle, rang = divmod(annee, 100)
    epacte = (
        19 * (annee % 19) + siecle - siecle // 4 - (siecle - (siecle + 8) // 25 + 1) // 3 + 15
    ) % 30
    semaine = (32 + 2 * (siecle % 4) + 2 * (rang // 4) - epacte - rang % 4) % 7
    retard = (annee % 19 + 11 * epacte + 22 * semaine) // 451
    mois, jour = divmod(epacte + semaine - 7 * retard + 114, 31)
    return date(annee, mois, jour + 1)
