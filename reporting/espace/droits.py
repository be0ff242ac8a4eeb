"""Who may read what of whom: one function decides, for pages, JSON, exports and documents.

A user reads his company, a firm of accountants those that gave it a mandate to deposit. The
administrator of an ANET convention in force has every right; without such a convention nobody of
the company has any. What is not to be read does not exist. Source: F01, F02; exchange.md 6.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from specs.contrats import codes_of
from specs.espace import DEPOT, NATURE, TOUS, Table, natures_of
from warehouse.maison import Maison
from warehouse.registre import (
    read_adherents,
    read_conventions,
    read_droits_utilisateurs,
    read_mandats_depot,
    read_utilisateurs,
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

    def can_read(self, table: Table) -> bool:
        """Whether a table of the space exists for this user."""
        return bool(self.list_droits(table.service))


def read_acces(maison: Maison, utilisateur: str, jour: date) -> Mapping[str, Acces]:
    """The companies that a user may read on a day, by SIREN, sorted; none for an unknown one.

    As the registry says by now: a right that is taken away is so at once.
    """
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion)
        conventions = _in_force(read_conventions(connexion), jour)
        mandats = _in_force(read_mandats_depot(connexion), jour)
        siens = _in_force(read_utilisateurs(connexion), jour).filter(utilisateur=utilisateur)
        accordes = _in_force(read_droits_utilisateurs(connexion), jour)
    droits: dict[str, set[Droit]] = {}
    anet = conventions.filter(pl.col("nature") == ANET)
    for siren in siens["siren"]:
        sienne = anet.filter(siren=siren)
        if sienne.is_empty():
            continue
        if utilisateur in sienne["administrateur"]:
            droits.setdefault(siren, set()).add(ENTIER)
        lus = accordes.filter(utilisateur=utilisateur).iter_rows(named=True)
        droits.setdefault(siren, set()).update(
            Droit(d["service"], d["categorie"], d["cdg"], d["droit"] == SAISIE) for d in lus
        )
    for siren, service in mandats.filter(mandataire=utilisateur).select("siren", "service").rows():
        droits.setdefault(siren, set()).add(Droit(service, saisie=True))
    connus = {a["siren"]: a for a in adherents.iter_rows(named=True)}
    return {
        siren: Acces(
            utilisateur,
            siren,
            connus[siren]["raison_sociale"],
            connus[siren]["numero_adherent"],
            frozenset(accordees),
            mandataire=siens.is_empty(),
        )
        for siren, accordees in sorted(droits.items())
        if accordees and siren in connus
    }


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


def _in_force(frame: pl.DataFrame, jour: date) -> pl.DataFrame:
    fin = pl.col("fin").is_null() | (pl.col("fin") >= jour)
    return frame.filter((pl.col("debut") <= jour) & fin)
