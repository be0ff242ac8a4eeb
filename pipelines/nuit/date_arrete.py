"""The date that a night may bear: not before the last publication's, nor far after what arrived.

A night closed in the past books a debit before its own call; one closed years ahead reminds every
company of months that have not come. An officer may still want one: the audit trail says who and
why, and such a night emits no debit, however many times it is run again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from warehouse.maison import Maison

# Airflow reads this module to know the exception: nothing heavy is imported at its top.
PARIS = ZoneInfo("Europe/Paris")
AVANCE_MAX = timedelta(days=7)
NUIT_FORCEE = "NUIT_FORCEE"


class DateRefusee(ValueError):  # noqa: N818 - named in French
    """A night may not bear this date; the message says why, in French."""


def check_date_arrete(maison: Maison, date_arrete: date, maintenant: datetime) -> None:
    """DateRefusee when the date is before the last publication's, or more than a week ahead.

    Ahead of the later of two days, in Paris: that of `maintenant` (with its time zone), that of the
    newest deposit. Both bounds are admitted.
    """
    from warehouse.journal import read_derniere_arrivee
    from warehouse.publications import read_publication

    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
        arrivee = read_derniere_arrivee(connexion)
    if derniere and date_arrete < derniere.date_arrete:
        raise DateRefusee(
            f"date d'arrêté {date_arrete:%d/%m/%Y} : avant celle de la dernière publication "
            f"(n° {derniere.numero}, arrêtée au {derniere.date_arrete:%d/%m/%Y})"
        )
    jour = maintenant.astimezone(PARIS).date()
    if arrivee:
        jour = max(jour, datetime.fromisoformat(arrivee).astimezone(PARIS).date())
    if date_arrete > jour + AVANCE_MAX:
        raise DateRefusee(
            f"date d'arrêté {date_arrete:%d/%m/%Y} : plus d'une semaine après le {jour:%d/%m/%Y} "
            "(dernier fichier reçu, ou instant du passage)"
        )


def admit_nuit(maison: Maison, date_arrete: date, maintenant: datetime) -> None:
    """DateRefusee when the date is out of bounds and no officer forces it."""
    if not is_forcee(maison, date_arrete):
        check_date_arrete(maison, date_arrete, maintenant)


def force_nuit(
    maison: Maison, date_arrete: date, *, auteur: str, motif: str, instant: datetime
) -> None:
    """Write in the audit trail who wants the next publication at this date, and why.

    ValueError when no reason is given.
    """
    from warehouse.alertes import next_publication
    from warehouse.audit import record_audit
    from warehouse.instants import format_instant

    with maison.moteur.begin() as connexion:
        record_audit(
            connexion,
            auteur=auteur,
            action=NUIT_FORCEE,
            objet=_objet(next_publication(connexion), date_arrete),
            motif=motif,
            instant=format_instant(instant),
        )


def is_forcee(maison: Maison, date_arrete: date) -> bool:
    """Whether an officer wanted the next publication at this date, or one already made at it."""
    from warehouse.alertes import next_publication
    from warehouse.publications import read_numeros

    with maison.moteur.connect() as connexion:
        numeros = [next_publication(connexion), *read_numeros(connexion, date_arrete)]
    return not set(read_forcages(maison)).isdisjoint(_objet(n, date_arrete) for n in numeros)


def read_forcages(maison: Maison) -> list[str]:
    """The nights that officers forced, in the order of their acts."""
    from warehouse.audit import read_objets

    with maison.moteur.connect() as connexion:
        return read_objets(connexion, NUIT_FORCEE)


def _objet(publication: int, date_arrete: date) -> str:
    """A night as the audit trail names it: the publication that it prepares, and its date."""
    return f"publication {publication} au {date_arrete.isoformat()}"
