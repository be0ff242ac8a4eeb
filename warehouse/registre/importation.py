"""Imports of the registry: a file is taken whole, or refused with everything wrong in it.

A file completes and corrects what is known. Nothing is removed by being absent: neither a row
that it does not give, nor a column that it does not have; what ends gets an end date. What it
corrects is kept beside, as it was (`versions`), and so are the bytes of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from specs.registre import read_tables
from warehouse.archive import Archive
from warehouse.audit import record_audit
from warehouse.iban import contains_iban
from warehouse.instants import paris_day
from warehouse.moteur import lock_writers
from warehouse.points_arret import crashpoint
from warehouse.registre.calendriers import CALENDRIERS, check_calendriers
from warehouse.registre.controles import check_etat
from warehouse.registre.entrees import Erreur
from warehouse.registre.etat import Etat, Rangees, describe, merge_lignes, read_rangees, sql_table
from warehouse.registre.fichier_csv import parse_csv
from warehouse.registre.fichier_yaml import parse_yaml
from warehouse.registre.lignes import Cle, Rangee, parse_entrees
from warehouse.registre.versions import record_import, replace_rows
from warehouse.tables_registre import IBANS

CSV, YAML = "csv", "yaml"
COMPTES = "comptes_bancaires"
CLES_AU_JOURNAL = 200


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


def import_registre(
    c: Connection,
    contenu: bytes,
    *,
    archive: Archive,
    auteur: str,
    motif: str,
    instant: str,
    forme: str = CSV,
    table: str | None = None,
    a_blanc: bool = False,
) -> Import:
    """Import a file of the registry: every row, or nothing and the list of what is wrong.

    Args:
        c: connection, in a transaction.
        contenu: the file, as received.
        archive: where its bytes are kept, before anything is written.
        auteur: who imports.
        motif: why; goes to the audit trail with the counts and the keys.
        instant: when (UTC, ISO).
        forme: `csv` (one table) or `yaml` (a section a table).
        table: table of a CSV, when its columns are not enough to tell.
        a_blanc: write nothing, only tell what would change.

    Returns:
        An Import; its `erreurs` are French sentences with their place, in the order of the file.
        A file that brings nothing new changes nothing and leaves no trace.
    """
    lock_writers(c, "registre")
    lecture = parse_yaml(contenu) if forme == YAML else parse_csv(contenu, table)
    lignes, erreurs = parse_entrees(lecture.entrees)
    connu = read_rangees(c)
    etat, contradictions = merge_lignes(connu, lignes)
    # What links rows together is looked at when each row is right: one cause, one error.
    erreurs = [*lecture.erreurs, *erreurs] or contradictions
    erreurs = erreurs or [*check_etat(etat), *_check_dates(etat, connu, instant)]
    refus = (*_check_acte(auteur, motif), *_format_erreurs(erreurs))
    if refus:
        return Import(len(lecture.entrees), (), refus)
    changements = tuple(_compare(connu, etat.rangees))
    if changements and not a_blanc:
        sha256 = archive.write(contenu)
        crashpoint("registre.avant_ecriture")
        acte = {"auteur": auteur, "motif": motif, "instant": instant}
        numero = record_import(c, sha256=sha256, **acte, forme=forme, nom_table=table)
        _write(c, changements, etat.rangees, numero)
        objet = _describe(changements, sha256)
        record_audit(c, action="import_registre", objet=objet, **acte)
        crashpoint("registre.ecrit")
    return Import(len(lecture.entrees), changements, ())


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


def _write(c: Connection, changements: tuple[Changement, ...], voulu: Rangees, numero: int) -> None:
    """A new version of each row that changes, and of its IBAN when that is what changes."""
    for nom in read_tables():
        for table in (sql_table(nom), *((IBANS,) if nom == COMPTES else ())):
            colonnes = table.columns.keys()
            touchees = [
                voulu[nom][x.cle]
                for x in changements
                if x.table == nom and (x.avant is None or not x.apres.keys().isdisjoint(colonnes))
            ]
            replace_rows(c, table, touchees, numero)


def _describe(changements: tuple[Changement, ...], sha256: str) -> str:
    """What the audit trail keeps: counts, keys with their columns, fingerprint of the file."""
    ajouts = sum(changement.avant is None for changement in changements)
    comptes = f"registre : {ajouts} ajouts, {len(changements) - ajouts} corrections"
    cles = [
        f"+ {describe(x.table, x.cle)}"
        if x.avant is None
        else f"~ {describe(x.table, x.cle)} ({', '.join(x.apres)})"
        for x in changements[:CLES_AU_JOURNAL]
    ]
    if len(changements) > CLES_AU_JOURNAL:
        cles.append(f"et {len(changements) - CLES_AU_JOURNAL} autres")
    return f"{comptes} ; {' ; '.join(cles)} ; fichier {sha256}"
