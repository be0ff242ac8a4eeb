"""The nights, and what each of them reads of the registry and of the decisions of officers.

A night reads what had been imported and decided when it opened, whatever is since: its steps agree
with one another, and it can be read again.

    with maison.moteur.begin() as connexion:
        record_nuit(connexion, date_arrete, instant)
    with maison.moteur.connect() as connexion:
        vue = read_vue(connexion, date_arrete)
        adherents = read_adherents(connexion, vue.registre)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, func, insert, select

from warehouse.alertes import next_publication
from warehouse.decisions import read_derniere_decision
from warehouse.journal import CleEtape, find_etape, record_etape
from warehouse.moteur import lock_writers
from warehouse.registre.versions import read_version
from warehouse.tables_sql import NUITS, PUBLICATIONS


@dataclass(frozen=True, slots=True)
class Vue:
    """The last import and the last decision that are read, by number; None: up to now."""

    registre: int | None = None
    decisions: int | None = None


PRESENT = Vue()
ETAPE = "nuit"  # in the journal of the steps: that a night is over
_VUE = (NUITS.c.registre, NUITS.c.decisions)


class NuitInconnue(LookupError):  # noqa: N818 - named in French
    """No night that was opened prepared this publication."""


@dataclass(frozen=True, slots=True)
class Moteur:
    """The engine that a night runs with: its version, the SHA-256 of its sources in the archive."""

    version: str
    sources: str


def record_fin(c: Connection, numero: int) -> None:
    """Write that a night is over; twice does no harm."""
    record_etape(c, _fin(numero), resultat={}, empreinte="", duree_ms=0)


def is_finie(c: Connection, numero: int) -> bool:
    """Whether it is."""
    return find_etape(c, _fin(numero)) is not None


def _fin(numero: int) -> CleEtape:
    return CleEtape(ETAPE, str(numero), "", "", "")


def record_nuit(
    c: Connection, date_arrete: date, instant: str, moteur: Moteur | None = None
) -> None:
    """Fix what the night of `date_arrete` reads; done again, it reads what is known by then.

    `instant`: when it opens (UTC, ISO); `moteur`: what it runs with, when it is kept.
    """
    lock_writers(c, "nuits")
    numero = (c.scalar(select(func.max(NUITS.c.numero))) or 0) + 1
    nuit = {"publication": next_publication(c), "date_arrete": date_arrete, "instant": instant}
    vue = Vue(read_version(c), read_derniere_decision(c))
    sien = asdict(moteur) if moteur else {}
    c.execute(insert(NUITS).values(numero=numero, **nuit, **asdict(vue), **sien))


def find_moteur(c: Connection, version: str) -> Moteur | None:
    """The engine of this version, when a night has kept its sources."""
    sources = c.scalar(select(NUITS.c.sources).where(NUITS.c.version == version).limit(1))
    return None if sources is None else Moteur(version, sources)


def find_version(c: Connection, publication: int) -> str | None:
    """Version of the engine that made a publication; None when it was not kept."""
    siennes = select(NUITS.c.version).where(NUITS.c.publication == publication)
    return c.scalar(siennes.order_by(NUITS.c.numero.desc()).limit(1))


def read_derniere_nuit(c: Connection) -> tuple[int, str] | None:
    """Number of the last night that was opened, and when (UTC, ISO); None before the first."""
    derniere = select(NUITS.c.numero, NUITS.c.instant).order_by(NUITS.c.numero.desc()).limit(1)
    ligne = c.execute(derniere).one_or_none()
    return None if ligne is None else (ligne[0], ligne[1])


@dataclass(frozen=True, slots=True)
class Tenue:
    """A night that was opened; `publie_le`: when it published, None when it did not (yet)."""

    numero: int
    publication: int
    date_arrete: date
    instant: str
    publie_le: str | None
    finie: bool


def list_nuits(c: Connection, limite: int) -> list[Tenue]:
    """The last nights, the last one first; run again, a night is there as many times."""
    lues = (
        select(
            NUITS.c.numero,
            NUITS.c.publication,
            NUITS.c.date_arrete,
            NUITS.c.instant,
            PUBLICATIONS.c.publie_le,
        )
        .outerjoin(PUBLICATIONS, PUBLICATIONS.c.numero == NUITS.c.publication)
        .order_by(NUITS.c.numero.desc())
        .limit(limite)
    )
    vues: set[int] = set()
    tenues = []
    for numero, publication, jour, instant, publie_le in c.execute(lues):
        publiee = None if publication in vues else publie_le
        vues.add(publication)
        finie = is_finie(c, numero)
        tenues.append(Tenue(numero, publication, jour, instant, publiee, finie))
    return tenues


def has_new_acts(c: Connection) -> bool:
    """Whether something was imported or decided since the last night opened."""
    derniere = select(*_VUE).order_by(NUITS.c.numero.desc()).limit(1)
    ligne = c.execute(derniere).one_or_none()
    lus = Vue(*ligne) if ligne else Vue(0, 0)
    return lus != Vue(read_version(c), read_derniere_decision(c))


def read_vue(c: Connection, date_arrete: date) -> Vue:
    """What the night of `date_arrete` reads; the present when the last one opened is not it."""
    derniere = select(NUITS.c.date_arrete, *_VUE).order_by(NUITS.c.numero.desc()).limit(1)
    ligne = c.execute(derniere).one_or_none()
    return Vue(*ligne[1:]) if ligne and ligne[0] == date_arrete else PRESENT


def read_vue_publiee(c: Connection, publication: int) -> Vue:
    """What the night that made a publication read.

    Raises:
        NuitInconnue: the publication was made before nights were kept, or not yet.
    """
    siennes = select(*_VUE).where(NUITS.c.publication == publication)
    ligne = c.execute(siennes.order_by(NUITS.c.numero.desc()).limit(1)).one_or_none()
    if ligne is None:
        raise NuitInconnue(f"publication {publication} : sa nuit n'a pas été gardée")
    return Vue(*ligne)
