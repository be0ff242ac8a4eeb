"""What an import would do to the registry: its changes, or what is wrong in it; writes nothing.

A file completes and corrects what is known. Nothing is removed by being absent: neither a row
that it does not give, nor a column that it does not have; what ends gets an end date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from specs.registre import read_tables
from warehouse.iban import contains_iban
from warehouse.instants import paris_day
from warehouse.registre.calendriers import CALENDRIERS, check_calendriers
from warehouse.registre.controles import REGISTRE, check_etat
from warehouse.registre.entrees import Erreur
from warehouse.registre.etat import Etat, Rangees, merge_lignes, read_rangees
from warehouse.registre.fichier_csv import parse_csv
from warehouse.registre.fichier_yaml import parse_yaml
from warehouse.registre.lignes import Cle, Rangee, parse_entrees

CSV, YAML = "csv", "yaml"


@dataclass(frozen=True, slots=True)
class Changement:
    """A row added (`avant` is None) or corrected; `apres` has the columns that change."""

    table: str
    cle: Cle
    avant: Rangee | None
    apres: Rangee


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did, or would do: rows read, changes, or the errors that refused it."""

    lignes: int
    changements: tuple[Changement, ...]
    erreurs: tuple[str, ...]

    @property
    def ajouts(self) -> int:
        """Rows added."""
        return sum(changement.avant is None for changement in self.changements)

    @property
    def corrections(self) -> int:
        """Rows corrected."""
        return len(self.changements) - self.ajouts


@dataclass(frozen=True, slots=True)
class Jugement:
    """What an import did or would do, and the rows that it wants, every table included."""

    bilan: Import
    voulu: Rangees


def judge_import(
    c: Connection,
    contenu: bytes,
    *,
    auteur: str,
    motif: str,
    instant: str,
    forme: str = CSV,
    table: str | None = None,
    siren: str | None = None,
) -> Jugement:
    """What an import of this file would do now; see `importation.import_registre`."""
    lecture = parse_yaml(contenu) if forme == YAML else parse_csv(contenu, table)
    lignes, erreurs = parse_entrees(lecture.entrees)
    connu = read_rangees(c, siren=siren)
    etat, contradictions = merge_lignes(connu, lignes)
    # What links rows together is looked at when each row is right: one cause, one error.
    erreurs = [*lecture.erreurs, *erreurs] or contradictions
    erreurs = erreurs or [*_check_etat(etat, siren), *_check_dates(etat, connu, instant)]
    refus = (*_check_acte(auteur, motif), *_format_erreurs(erreurs))
    changements = () if refus else tuple(_compare(connu, etat.rangees))
    return Jugement(Import(len(lecture.entrees), changements, refus), etat.rangees)


def _check_etat(etat: Etat, siren: str | None) -> list[Erreur]:
    """What is wrong; of one company, in what the file touches: others name rows not read."""
    erreurs = check_etat(etat)
    return erreurs if siren is None else [e for e in erreurs if e.lieu != REGISTRE]


def _check_dates(etat: Etat, connu: Rangees, instant: str) -> list[Erreur]:
    """What the day of the import makes wrong; asked of an import that has dates of calendars."""
    if not any(table == CALENDRIERS for table, _ in etat.lieux):
        return []
    return check_calendriers(etat, connu, paris_day(instant))


def _check_acte(auteur: str, motif: str) -> list[str]:
    valeurs = {"auteur": auteur, "motif": motif}
    vides = [f"{nom} : obligatoire" for nom, valeur in valeurs.items() if not valeur.strip()]
    return vides or [
        f"{nom} : un IBAN ne s'écrit pas ici"
        for nom, valeur in valeurs.items()
        if contains_iban(valeur)
    ]


def _format_erreurs(erreurs: list[Erreur]) -> tuple[str, ...]:
    tries = sorted(erreurs, key=lambda erreur: (erreur.lieu.rang, erreur.message))
    return tuple(dict.fromkeys(map(str, tries)))


def _compare(connu: Rangees, voulu: Rangees) -> Iterator[Changement]:
    """Changes from one state to the other, parents before children."""
    for nom in read_tables():
        for cle in sorted(voulu[nom], key=str):
            avant, apres = connu[nom].get(cle), voulu[nom][cle]
            if avant is None:
                yield Changement(nom, cle, None, apres)
            elif avant != apres:
                change = {colonne: v for colonne, v in apres.items() if avant[colonne] != v}
                yield Changement(nom, cle, {colonne: avant[colonne] for colonne in change}, change)
