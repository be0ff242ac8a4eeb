"""Alerts of the operators, and the companies that a night holds at what was last published of them.

A night is known by the publication that it prepares and by its date: when it is run again, it
holds the same companies; the next one tries them again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, func, insert, select

from specs.contrats import codes_of
from warehouse.moteur import lock_writers
from warehouse.tables_sql import ALERTES, PUBLICATIONS, RESERVES

ENTREPRISE, DEPOT = codes_of("alertes", "nature", "ENTREPRISE", "DEPOT")


@dataclass(frozen=True, slots=True)
class Alerte:
    """What an operator must look at: a deposit set aside (`depot`), a company held (`siren`)...

    `etape` is where it happened, `cause` what happened, in words that name no person.
    """

    date_arrete: date
    nature: str
    etape: str
    cause: str
    depot: str | None = None
    siren: str | None = None

    @property
    def alerte(self) -> str:
        """Its name, the same whenever the same night is run again."""
        objet = self.depot or self.siren or self.nature
        return f"{self.date_arrete:%Y%m%d}-{self.etape}-{objet}"


@dataclass(frozen=True, slots=True)
class Reserve:
    """A company held: by the night that prepares `publication` at `date_arrete`."""

    publication: int
    date_arrete: date
    siren: str
    alerte: str


def record_alerte(c: Connection, alerte: Alerte, instant: str) -> None:
    """Write an alert; written again by the same night, the first one stays."""
    lock_writers(c, "alertes")
    connue = select(ALERTES.c.alerte).where(ALERTES.c.alerte == alerte.alerte)
    if c.scalar(connue) is None:
        c.execute(insert(ALERTES).values(alerte=alerte.alerte, instant=instant, **asdict(alerte)))


def record_reserve(c: Connection, alerte: Alerte, instant: str) -> None:
    """Hold the company of the alert until the end of the night."""
    if alerte.siren is None:
        raise ValueError("une entreprise est attendue")
    record_alerte(c, alerte, instant)
    nuit = next_publication(c), alerte.date_arrete
    if alerte.siren not in read_tenues(c, alerte.date_arrete):
        c.execute(insert(RESERVES).values((*nuit, alerte.siren, alerte.alerte)))


def next_publication(c: Connection) -> int:
    """Number of the publication that is being prepared."""
    return (c.scalar(select(func.max(PUBLICATIONS.c.numero))) or 0) + 1


def read_reserves(c: Connection) -> list[Reserve]:
    """Every company ever held, by night then SIREN."""
    table = RESERVES.c
    colonnes = (table.publication, table.date_arrete, table.siren, table.alerte)
    return [Reserve(*ligne) for ligne in c.execute(select(*colonnes).order_by(*colonnes))]


def read_tenues(c: Connection, date_arrete: date) -> frozenset[str]:
    """SIREN of the companies that the night of `date_arrete` holds."""
    table = RESERVES.c
    nuit = (table.publication == next_publication(c)) & (table.date_arrete == date_arrete)
    return frozenset(c.scalars(select(table.siren).where(nuit)))


def read_alertes(c: Connection) -> list[tuple[str, Alerte]]:
    """Every alert with its name, in the order of the names."""
    table = ALERTES.c
    colonnes = (table.date_arrete, table.nature, table.etape, table.cause, table.depot, table.siren)
    lues = c.execute(select(table.alerte, *colonnes).order_by(table.alerte))
    return [(nom, Alerte(*valeurs)) for nom, *valeurs in lues]
