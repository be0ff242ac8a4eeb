"""Dates that companies choose, checked on the rows that an import changes.

A date is moved or skipped until its eve: on the day itself the file is produced. A calendar that
comes with its company, as a registry imported again, is taken as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from specs.baremes.echanges import date_rcp
from specs.contrats import codes_of
from specs.periodes import Mois
from warehouse.registre.constats import is_before
from warehouse.registre.entrees import Erreur
from warehouse.registre.etat import Etat, Rangees
from warehouse.registre.formes import Valeur
from warehouse.registre.lignes import Rangee

CALENDRIERS, CONVENTIONS = "calendriers", "conventions"
(RCP,), (CONVENTION_RCP,) = (codes_of(t, "nature", "RCP") for t in (CALENDRIERS, CONVENTIONS))
(PREVU,) = codes_of(CALENDRIERS, "etat", "PREVU")
UN_JOUR = timedelta(days=1)

Conventions = dict[Valeur, list[Rangee]]


def check_calendriers(etat: Etat, connu: Rangees, jour: date) -> list[Erreur]:
    """What is wrong with the dates that an import changes on the day `jour`."""
    touchees = [cle for table, cle in etat.lieux if table == CALENDRIERS]
    conventions, suivies = _list_conventions(etat.rangees), _list_conventions(connu)
    erreurs = []
    for cle in touchees:
        avant, rangee = connu[CALENDRIERS].get(cle), etat.rangees[CALENDRIERS][cle]
        if avant == rangee:
            continue
        messages = _check_rcp(rangee, conventions) if rangee["nature"] == RCP else iter(())
        tenue = avant is not None or _has_convention(rangee, suivies)
        if tenue and (avant is None or avant["date"] != rangee["date"]):
            messages = chain(messages, _check_eve(avant, rangee, jour))
        erreurs += [Erreur(etat.lieux[CALENDRIERS, cle][-1], message) for message in messages]
    return erreurs


def _check_rcp(rangee: Rangee, conventions: Conventions) -> Iterator[str]:
    """What a date of RCP is, whenever it is chosen."""
    mois, etat, choisie = _month(rangee), rangee["etat"], rangee["date"]
    if not _has_convention(rangee, conventions):
        yield f"mois {mois} : aucune convention RCP de cette entreprise ne vaut ce mois-là"
    if etat != PREVU:
        yield f"etat « {etat} » : la caisse tient celui d'un calendrier RCP ; ne rien dire"
    if isinstance(choisie, date) and choisie <= mois.last_day:
        yield f"date « {choisie} » : les paiements de {mois} ne sont pas terminés ce jour-là"


def _check_eve(avant: Rangee | None, rangee: Rangee, jour: date) -> Iterator[str]:
    """A date of a calendar that runs changes until its eve, and for a day to come."""
    mois, choisie = _month(rangee), rangee["date"]
    fixee = avant["date"] if avant else None
    if fixee is None and rangee["nature"] == RCP:
        fixee = date_rcp(mois)
    if isinstance(fixee, date) and fixee <= jour:
        yield f"mois {mois} : sa date, le {fixee}, ne se changeait que jusqu'à la veille"
    elif isinstance(choisie, date) and choisie <= jour:
        yield f"date « {choisie} » : à choisir à partir du {jour + UN_JOUR}"


def _list_conventions(rangees: Rangees) -> Conventions:
    """The conventions RCP of each company."""
    siennes: Conventions = defaultdict(list)
    for rangee in rangees[CONVENTIONS].values():
        if rangee["nature"] == CONVENTION_RCP:
            siennes[rangee["siren"]].append(rangee)
    return siennes


def _has_convention(rangee: Rangee, conventions: Conventions) -> bool:
    """Whether the company has a convention RCP on a day of the month of its date."""
    mois = _month(rangee)
    return rangee["nature"] == RCP and any(
        not is_before(mois.last_day, c["debut"]) and not is_before(c["fin"], mois.first_day)
        for c in conventions.get(rangee["siren"], ())
    )


def _month(rangee: Rangee) -> Mois:
    return Mois.parse(str(rangee["mois"]))
