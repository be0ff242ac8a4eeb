"""Who may read what of whom: one function decides, for pages, JSON, exports and documents.

A user reads his company, a firm of accountants those that gave it a mandate to deposit. The
administrator of an ANET convention in force has every right; without such a convention nobody of
the company has any. What is not to be read does not exist. Source: F01, F02; exchange.md 6.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter

import polars as pl
from sqlalchemy import Connection

from specs.contrats import codes_of
from specs.espace import DEPOT, NATURE, TOUS, Table, natures_of
from specs.espace.actes import ADMINISTRATEUR, DEPOSANT, SOI, Acte
from warehouse.maison import Maison
from warehouse.registre.choisies import read_choisies, read_en_cours
from warehouse.tables_registre import (
    ADHERENTS,
    CONVENTIONS,
    DROITS_UTILISATEURS,
    MANDATS_DEPOT,
    UTILISATEURS,
)

(ANET,) = codes_of("conventions", "nature", "ANET")
(SAISIE,) = codes_of("droits_utilisateurs", "droit", "saisie")


@dataclass(frozen=True, slots=True)
class Droit:
    """A right on a service, `*` for all; of a category of employees and of a centre, `*` for all.

    `saisie`: it lets enter and deposit, not only read.
    """

    service: str
    categorie: str = TOUS
    cdg: str = TOUS
    saisie: bool = False

    @property
    def entier(self) -> bool:
        """Whether it is on every employee and every centre."""
        return self.categorie == self.cdg == TOUS


ENTIER = Droit(TOUS, saisie=True)


@dataclass(frozen=True, slots=True)
class Acces:
    """What a user may do with a company.

    `boite`: that of the company, `mandataire`: the user is the box of a firm that deposits for it.
    """

    utilisateur: str
    siren: str
    raison_sociale: str
    boite: str
    droits: frozenset[Droit]
    mandataire: bool = False

    @property
    def boites(self) -> frozenset[str]:
        """Boxes whose files it may read: that of the firm too, when the user is one."""
        return frozenset({self.boite, self.utilisateur} if self.mandataire else {self.boite})

    def list_droits(self, service: str) -> frozenset[Droit]:
        """Rights on a service; those on any service, when it is TOUS."""
        if service == TOUS:
            return self.droits
        return frozenset(d for d in self.droits if d.service in (service, TOUS))

    @property
    def entier(self) -> bool:
        """Whether nothing is out of its rights: such a user alone deposits from the space.

        What it drops there is dropped by the company's own account.
        """
        return ENTIER in self.droits

    def can_ask(self, acte: Acte) -> bool:
        """Whether an act of the space exists for this user.

        A firm of accountants deposits files; it does not change what the registry says.
        """
        if acte.droit == DEPOSANT:
            return self.entier
        if self.mandataire:
            return False
        if acte.droit == SOI:
            return bool(self.droits)
        if acte.droit == ADMINISTRATEUR:
            return self.entier
        return any(d.saisie and d.entier for d in self.list_droits(acte.droit))

    def narrow(self, services: frozenset[str]) -> Acces:
        """The same to read alone, of these services (TOUS: all): it enters and deposits nothing."""
        lus = {
            replace(droit, service=service, saisie=False)
            for droit in self.droits
            for service in (services if droit.service == TOUS else {droit.service})
            if services & {TOUS, service}
        }
        return replace(self, droits=frozenset(lus))

    def can_read(self, table: Table) -> bool:
        """Whether a table of the space exists for this user."""
        return bool(self.list_droits(table.service))


def read_acces(maison: Maison, utilisateur: str, jour: date) -> Mapping[str, Acces]:
    """The companies that a user may read on a day, by SIREN, sorted; none for an unknown one.

    As the registry says by now: a right that is taken away is so at once.
    """
    with maison.moteur.connect() as connexion:
        siennes = [
            e["siren"]
            for e in read_en_cours(
                connexion, UTILISATEURS, "utilisateur", utilisateur, jour, "siren"
            )
        ]
        droits = {siren: _read_accordes(connexion, utilisateur, siren, jour) for siren in siennes}
        mandats = read_en_cours(
            connexion, MANDATS_DEPOT, "mandataire", utilisateur, jour, "siren", "service"
        )
        for mandat in mandats:
            droits.setdefault(mandat["siren"], set()).add(Droit(mandat["service"], saisie=True))
        noms = "siren", "raison_sociale", "numero_adherent"
        connus = read_choisies(connexion, ADHERENTS, "siren", droits, *noms)
    return {
        a["siren"]: Acces(
            utilisateur,
            a["siren"],
            a["raison_sociale"],
            a["numero_adherent"],
            frozenset(droits[a["siren"]]),
            mandataire=not siennes,
        )
        for a in sorted(connus, key=itemgetter("siren"))
        if droits[a["siren"]]
    }


def _read_accordes(c: Connection, utilisateur: str, siren: str, jour: date) -> set[Droit]:
    """Rights of a user of a company; none without an ANET convention in force."""
    conventions = read_en_cours(c, CONVENTIONS, "siren", siren, jour, "nature", "administrateur")
    administrateurs = {v["administrateur"] for v in conventions if v["nature"] == ANET}
    if not administrateurs:
        return set()
    noms = "service", "categorie", "cdg", "droit"
    lus = read_en_cours(c, DROITS_UTILISATEURS, "utilisateur", utilisateur, jour, *noms)
    accordes = {Droit(d["service"], d["categorie"], d["cdg"], d["droit"] == SAISIE) for d in lus}
    return accordes | {ENTIER} if utilisateur in administrateurs else accordes


@dataclass(frozen=True, slots=True)
class Siens:
    """What the rows of a company are judged by: its employees by category, deposits to read."""

    categories: Mapping[str, pl.Series]
    depots: pl.Series


def restrict(acces: Acces, table: Table, colonnes: Iterable[str], siens: Siens) -> pl.Expr:
    """Which rows of a table this user reads; none when its rights name what a row does not tell.

    A right on one category is on the rows of its employees alone, a right on one centre on those of
    this centre.
    """
    noms = frozenset(colonnes)
    permises = pl.lit(value=False)
    for droit in acces.list_droits(table.service):
        permise = _is_of_service(table, droit, siens)
        if droit.cdg != TOUS:
            permise &= pl.col("cdg") == droit.cdg if "cdg" in noms else pl.lit(value=False)
        if droit.categorie != TOUS:
            permise &= _is_of(droit.categorie, noms, siens.categories)
        permises |= permise
    return permises.fill_null(value=False)


def _is_of_service(table: Table, droit: Droit, siens: Siens) -> pl.Expr:
    """Whether the file that a row is about is of the service of the right."""
    if table.selon is None or (table.selon == NATURE and droit.service == TOUS):
        return pl.lit(value=True)
    natures = pl.col("nature").is_in(sorted(natures_of(droit.service)))
    if table.selon == NATURE:
        return natures
    lisible = pl.col("depot").is_in(siens.depots.implode())
    if table.selon == DEPOT:
        return lisible
    sienne = pl.lit(value=True) if droit.service == TOUS else natures
    return pl.when(pl.col("depot").is_null()).then(sienne).otherwise(lisible)


def _is_of(categorie: str, noms: frozenset[str], categories: Mapping[str, pl.Series]) -> pl.Expr:
    if "salarie" not in noms:
        return pl.lit(value=False)
    salaries = categories.get(categorie, pl.Series(dtype=pl.String))
    return pl.col("salarie").is_in(salaries.implode())
