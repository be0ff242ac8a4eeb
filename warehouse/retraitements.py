"""Requests of reprocessing as they are kept: a decision, and its effect in the archive.

with maison.moteur.connect() as connexion:
demandes = list_demandes(connexion)
effet = read_effet(maison, demandes[0])
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl
from pydantic import TypeAdapter
from sqlalchemy import Connection

from specs.contrats import codes_of, columns_titles
from specs.typographie import format_compte
from warehouse.decisions import DecisionRefusee, read_decisions
from warehouse.maison import Maison

Acte = Literal["RECONTROLE", "RETRAIT"]
RECONTROLE: Acte = "RECONTROLE"
RETRAIT: Acte = "RETRAIT"
VERBES: Mapping[Acte, str] = {RECONTROLE: "contrôler de nouveau", RETRAIT: "retirer"}
DEMANDE, ACCORD, REFUS = codes_of(
    "decisions", "nature", "DEMANDE_RETRAITEMENT", "ACCORD_RETRAITEMENT", "REFUS_RETRAITEMENT"
)
ATTEND, APPROUVEE, REFUSEE = "en attente", "approuvée", "refusée"
ARGENT = ("prelevements", "reglements")  # orders given to a bank


@dataclass(frozen=True, slots=True)
class Changement:
    """Rows of a table that change, of a company, of an employee, or of the fund (both None).

    `plus`, `moins`: rows that appear, that disappear; `autres`: rows of the same key that are not
    the same. `montants`: total of each column of amounts before and after, in centimes, when they
    differ.
    """

    table: str
    siren: str | None
    salarie: str | None
    plus: int
    moins: int
    autres: int
    montants: Mapping[str, tuple[int, int]]

    @property
    def a_la_banque(self) -> bool:
        """Whether these rows are orders given to a bank."""
        return self.table in ARGENT


@dataclass(frozen=True, slots=True)
class Montant:
    """The total of a column of amounts, `titre`, before and after a change, in centimes."""

    changement: Changement
    titre: str
    avant: int
    apres: int

    @property
    def ecart(self) -> int:
        """After less before."""
        return self.apres - self.avant


@dataclass(frozen=True, slots=True)
class Effet:
    """What would change, on the last publication `publication`, the night of `date_arrete`.

    `documents`: files that would be given besides (box, name); `retenus`: that would not any more.
    """

    publication: int
    date_arrete: date
    changements: tuple[Changement, ...]
    documents: tuple[tuple[str, str], ...]
    retenus: tuple[tuple[str, str], ...]

    @property
    def nul(self) -> bool:
        """Whether nothing would change."""
        return not (self.changements or self.documents or self.retenus)

    @property
    def argent(self) -> tuple[Changement, ...]:
        """The changes that are orders given to a bank."""
        return tuple(c for c in self.changements if c.a_la_banque)


@dataclass(frozen=True, slots=True)
class Demande:
    """A request: its number, what it would do to which deposits, by whom, where it stands.

    `effet`: SHA-256 of its effect, in the archive; `publication`: the one that it was computed on.
    """

    numero: int
    acte: Acte
    perimetre: str
    depots: tuple[str, ...]
    publication: int
    effet: str
    auteur: str
    compte: str
    motif: str
    instant: str
    etat: str
    par: str | None

    @property
    def objet(self) -> str:
        """In French."""
        return describe_objet(self.acte, self.perimetre, self.depots)


_EFFET: TypeAdapter[Effet] = TypeAdapter(Effet)


def format_effet(effet: Effet) -> bytes:
    """An effect as JSON."""
    return _EFFET.dump_json(effet)


def parse_effet(octets: bytes) -> Effet:
    """What `format_effet` wrote."""
    return _EFFET.validate_json(octets)


def list_montants(changement: Changement) -> Iterator[Montant]:
    """The amounts of a change, each with the title of its column."""
    titres = columns_titles(changement.table)
    for colonne, (avant, apres) in changement.montants.items():
        yield Montant(changement, titres[colonne], avant, apres)


def describe_objet(acte: Acte, perimetre: str, depots: Sequence[str]) -> str:
    """What is asked, in French."""
    return f"{VERBES[acte]} {format_compte(len(depots), 'dépôt')} : {perimetre}"


def list_demandes(connexion: Connection) -> list[Demande]:
    """Every request, first to last, with where it stands."""
    prises = read_decisions(connexion).filter(pl.col("nature").is_in((DEMANDE, ACCORD, REFUS)))
    suites: dict[int, tuple[str, str]] = {}
    for prise in prises.filter(pl.col("nature") != DEMANDE).iter_rows(named=True):
        etat = APPROUVEE if prise["nature"] == ACCORD else REFUSEE
        suites[json.loads(prise["contenu"])["demande"]] = etat, prise["auteur"]
    return [
        _parse(prise, *suites.get(prise["numero"], (ATTEND, None)))
        for prise in prises.filter(nature=DEMANDE).iter_rows(named=True)
    ]


def find_demande(connexion: Connection, numero: int) -> Demande:
    """A request by its number; DecisionRefusee when there is none."""
    trouvee = next((d for d in list_demandes(connexion) if d.numero == numero), None)
    if trouvee is None:
        raise DecisionRefusee([f"demande de retraitement inconnue : {numero}"])
    return trouvee


def read_effet(maison: Maison, demande: Demande) -> Effet:
    """What the request showed."""
    return parse_effet(maison.archive.read(demande.effet))


def _parse(prise: Mapping[str, Any], etat: str, par: str | None) -> Demande:
    contenu = json.loads(prise["contenu"])
    return Demande(
        prise["numero"],
        contenu["acte"],
        contenu["perimetre"],
        tuple(contenu["depots"]),
        contenu["publication"],
        contenu["effet"],
        prise["auteur"],
        contenu["compte"],
        prise["motif"],
        prise["instant"],
        etat,
        par,
    )
