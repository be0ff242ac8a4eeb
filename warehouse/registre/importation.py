"""The registry: members, their establishments, and the management centre of each.

It grows by imports of a CSV file (`;`, UTF-8), whole or not at all. A file completes and corrects
what is known; nothing is removed by being absent: an establishment that leaves gets an end date.

    numero_adherent;siren;raison_sociale;cdg;siret;debut;fin
    004217;732829320;TRAVAUX DU NORD;12345-01;73282932000074;2020-04-01;
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Table, insert, select, update

from warehouse.audit import record_audit
from warehouse.moteur import lock_writers
from warehouse.points_arret import crashpoint
from warehouse.registre.etablissements_csv import Ligne, parse_registre
from warehouse.tables_registre import ADHERENTS, CENTRES_GESTION, ETABLISSEMENTS


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did: lines read, rows added and corrected, or the errors that refused it."""

    lignes: int
    ajouts: int
    corrections: int
    erreurs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Registre:
    """Rows of the three tables, by key."""

    adherents: dict[str, dict[str, object]]
    centres: dict[str, dict[str, object]]
    etablissements: dict[str, dict[str, object]]


def import_registre(
    c: Connection, contenu_csv: bytes, *, auteur: str, motif: str, instant: str
) -> Import:
    """Import a CSV file of the registry: every line, or nothing and the list of what is wrong.

    Args:
        c: connection, in a transaction.
        contenu_csv: the file, as received.
        auteur: who imports.
        motif: why; goes to the audit trail with the counts.
        instant: when (UTC, ISO).

    Returns:
        An Import; its `erreurs` are French sentences with line numbers, sorted by line. A file
        that brings nothing new changes nothing and leaves no trace.
    """
    lock_writers(c, "registre")
    lignes, erreurs = parse_registre(contenu_csv)
    connu = _read_registre(c)
    erreurs = erreurs or _check_with_registre(lignes, connu)
    if erreurs:
        return Import(len(lignes), 0, 0, tuple(erreurs))
    crashpoint("registre.avant_ecriture")
    ajouts, corrections = _write_lignes(c, lignes, connu)
    if ajouts or corrections:
        objet = f"registre : {ajouts} ajouts, {corrections} corrections"
        record_audit(
            c, auteur=auteur, action="import_registre", objet=objet, motif=motif, instant=instant
        )
    crashpoint("registre.ecrit")
    return Import(len(lignes), ajouts, corrections, ())


def _read_registre(c: Connection) -> _Registre:
    def rows(table: Table, cle: str) -> dict[str, dict[str, object]]:
        return {ligne[cle]: dict(ligne) for ligne in c.execute(select(table)).mappings()}

    return _Registre(
        rows(ADHERENTS, "numero_adherent"),
        rows(CENTRES_GESTION, "cdg"),
        rows(ETABLISSEMENTS, "siret"),
    )


def _check_with_registre(lignes: Iterable[Ligne], connu: _Registre) -> list[str]:
    """Errors of valid lines that contradict what the registry knows."""
    numeros = {str(a["siren"]): numero for numero, a in connu.adherents.items()}
    sirens = {numero: str(a["siren"]) for numero, a in connu.adherents.items()}
    centres = {cdg: str(centre["siren"]) for cdg, centre in connu.centres.items()}
    controles: list[tuple[Callable[[Ligne], tuple[str, str | None]], str]] = [
        (lambda x: (x.siren, sirens.get(x.numero_adherent)), "l'adhérent {0.numero_adherent}"),
        (lambda x: (x.numero_adherent, numeros.get(x.siren)), "le SIREN {0.siren}"),
        (lambda x: (x.siren, centres.get(x.cdg)), "le centre de gestion {0.cdg}"),
    ]
    return [
        f"ligne {ligne.numero} : {sujet.format(ligne)} est déjà inscrit avec {inscrit}, pas {lu}"
        for ligne in lignes
        for valeurs, sujet in controles
        for lu, inscrit in [valeurs(ligne)]
        if inscrit not in {None, lu}
    ]


def _write_lignes(c: Connection, lignes: list[Ligne], connu: _Registre) -> tuple[int, int]:
    """Write the rows that are new or different; count those added and those corrected."""
    valeurs = [asdict(ligne) for ligne in lignes]
    parties = (
        (ADHERENTS, "numero_adherent", connu.adherents),
        (CENTRES_GESTION, "cdg", connu.centres),
        (ETABLISSEMENTS, "siret", connu.etablissements),
    )
    comptes = [_write_table(c, *partie, valeurs) for partie in parties]
    return sum(ajouts for ajouts, _ in comptes), sum(corrections for _, corrections in comptes)


def _write_table(
    c: Connection,
    table: Table,
    cle: str,
    connues: dict[str, dict[str, object]],
    valeurs: list[dict[str, object]],
) -> tuple[int, int]:
    noms = [nom for nom in valeurs[0] if nom in table.columns]
    voulues = {str(valeur[cle]): {nom: valeur[nom] for nom in noms} for valeur in valeurs}
    ajouts = [voulues[v] for v in sorted(voulues.keys() - connues.keys())]
    corrections = [
        v
        for v in sorted(voulues.keys() & connues.keys())
        if voulues[v].items() - connues[v].items()
    ]
    if ajouts:
        c.execute(insert(table), ajouts)
    for valeur in corrections:
        c.execute(update(table).where(table.c[cle] == valeur).values(**voulues[valeur]))
    return len(ajouts), len(corrections)
