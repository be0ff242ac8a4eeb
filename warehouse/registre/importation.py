"""Imports of the registry: a file is taken whole, or refused with everything wrong in it.

What it corrects is kept beside, as it was (`versions`), and so are the bytes of the file;
`jugement` says what it would change.
"""

from __future__ import annotations

from sqlalchemy import Connection

from specs.registre import read_tables
from warehouse.archive import Archive
from warehouse.audit import record_audit
from warehouse.moteur import lock_writers
from warehouse.points_arret import crashpoint
from warehouse.registre.etat import Rangees, describe, sql_table
from warehouse.registre.jugement import CSV, Changement, Import, judge_import
from warehouse.registre.versions import record_import, replace_rows
from warehouse.tables_registre import IBANS

COMPTES = "comptes_bancaires"
CLES_AU_JOURNAL = 200


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
    siren: str | None = None,
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
        siren: of this company alone: rows of the others are neither read nor known.
        a_blanc: write nothing, only tell what would change.

    Returns:
        An Import; its `erreurs` are French sentences with their place, in the order of the file.
        A file that brings nothing new changes nothing and leaves no trace.
    """
    lock_writers(c, "registre")
    acte = {"auteur": auteur, "motif": motif, "instant": instant}
    jugement = judge_import(c, contenu, **acte, forme=forme, table=table, siren=siren)
    changements = jugement.bilan.changements
    if changements and not a_blanc:
        sha256 = archive.write(contenu)
        crashpoint("registre.avant_ecriture")
        numero = record_import(c, sha256=sha256, **acte, forme=forme, nom_table=table)
        _write(c, changements, jugement.voulu, numero)
        objet = _describe(changements, sha256)
        record_audit(c, action="import_registre", objet=objet, **acte)
        crashpoint("registre.ecrit")
    return jugement.bilan


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
