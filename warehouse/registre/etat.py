"""The registry in memory, before and after an import, and the rows that an import touches.

`merge_lignes` gives the state that the import wants, or what is contradictory in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, select

from specs.registre import Champ, TableRegistre, read_tables
from warehouse.metadonnees import METADATA
from warehouse.registre.entrees import Erreur, Lieu
from warehouse.registre.formes import Valeur, format_extrait, format_valeur
from warehouse.registre.lignes import Cle, Ligne, Rangee, complete_rangee, key_of
from warehouse.registre.versions import at
from warehouse.tables_registre import IBANS

Rangees = dict[str, dict[Cle, Rangee]]
# Tables without a SIREN: the column that leads to it, and the table that knows it.
LIENS = {"utilisateur": "utilisateurs", "cdg": "centres_gestion", "rum": "mandats"}


@dataclass(slots=True)
class Etat:
    """Rows of every table by key, and the places of the file that touch them."""

    rangees: Rangees
    lieux: dict[tuple[str, Cle], list[Lieu]] = field(default_factory=dict)


def read_rangees(c: Connection, version: int | None = None, siren: str | None = None) -> Rangees:
    """Rows of the registry as an import left it, or now, with the IBAN of the accounts.

    `siren`: those of this company alone; those of no company are then left out.
    """
    rangees: Rangees = {}
    for nom, table in read_tables().items():
        siennes = None if siren is None else _find_siennes(table, siren, rangees)
        rangees[nom] = _read_table(c, table, version, siennes)
    return rangees


def read_rangees_de(c: Connection, table: TableRegistre, siren: str) -> dict[Cle, Rangee]:
    """Rows of a table that are of a company, as they stand."""
    lues: Rangees = {}
    for nom in (*(LIENS[lien] for lien in LIENS if lien in table.propres), table.nom):
        lue = read_tables()[nom]
        lues[nom] = _read_table(c, lue, None, _find_siennes(lue, siren, lues))
    return lues[table.nom]


def sql_table(nom: str) -> Table:
    """The SQL table that keeps a table of the registry."""
    return METADATA.tables[nom]


def merge_lignes(connu: Rangees, lignes: list[Ligne]) -> tuple[Etat, list[Erreur]]:
    """The registry once these rows are written, without a look at what links rows together."""
    etat = Etat({nom: dict(rangees) for nom, rangees in connu.items()})
    erreurs: list[Erreur] = []
    premieres: dict[tuple[str, Cle], list[Ligne]] = {}
    # What a row says of its own table is written before what others imply of it.
    for ligne in sorted(lignes, key=lambda ligne: (ligne.deduite, ligne.lieu.rang)):
        vues = premieres.setdefault((ligne.table, ligne.cle), [])
        erreurs += [Erreur(ligne.lieu, message) for message in _check_repetition(ligne, vues)]
        vues.append(ligne)
        ancienne = connu[ligne.table].get(ligne.cle)
        erreurs += [Erreur(ligne.lieu, message) for message in _check_figes(ligne, ancienne)]
        _write_ligne(etat, ligne)
    erreurs += _check_completes(etat, connu)
    return etat, erreurs


def _find_siennes(table: TableRegistre, siren: str, lues: Rangees) -> tuple[str, list[Valeur]]:
    """The column by which rows are of a company, and its values."""
    if "siren" in table.propres:
        return "siren", [siren]
    lien = next((colonne for colonne in LIENS if colonne in table.propres), None)
    return (table.cle[0], []) if lien is None else (lien, [cle[0] for cle in lues[LIENS[lien]]])


def _read_table(
    c: Connection,
    table: TableRegistre,
    version: int | None,
    siennes: tuple[str, list[Valeur]] | None,
) -> dict[Cle, Rangee]:
    propres, ibans = at(sql_table(table.nom), version), at(IBANS, version)
    gardes = "iban" in table.propres
    source = propres.join(ibans, propres.c.compte == ibans.c.compte) if gardes else propres
    colonnes = [(ibans if nom == "iban" else propres).c[nom] for nom in table.propres]
    requete = select(*colonnes).select_from(source)
    if siennes is not None:
        colonne, valeurs = siennes
        requete = requete.where(propres.c[colonne].in_(valeurs))
    lues = c.execute(requete).mappings()
    rangees = [dict(lue) for lue in lues]
    return {key_of(table.nom, rangee): rangee for rangee in rangees}


def _write_ligne(etat: Etat, ligne: Ligne) -> None:
    rangees, table = etat.rangees[ligne.table], read_tables()[ligne.table]
    presente = rangees.get(ligne.cle)
    rangees[ligne.cle] = (
        complete_rangee(table, ligne.valeurs) if presente is None else {**presente, **ligne.valeurs}
    )
    etat.lieux.setdefault((ligne.table, ligne.cle), []).append(ligne.lieu)


def _check_repetition(ligne: Ligne, vues: list[Ligne]) -> Iterator[str]:
    """A key given twice, or two values of one column, when a row also comes with others."""
    for vue in vues[:1]:
        if not ligne.deduite and not vue.deduite:
            yield f"{describe(ligne.table, ligne.cle)} : déjà donné ({vue.lieu.texte})"
    for nom, valeur in ligne.valeurs.items():
        autre = next((v for v in vues if v.valeurs.get(nom, valeur) != valeur), None)
        if autre is not None and (ligne.deduite or autre.deduite):
            sujet = describe(ligne.table, ligne.cle)
            yield f"{sujet} : {nom} : une autre valeur est donnée ({autre.lieu.texte})"


def _check_figes(ligne: Ligne, ancienne: Mapping[str, object] | None) -> Iterator[str]:
    for nom, valeur in ligne.valeurs.items():
        champ = read_tables()[ligne.table].champs[nom]
        if ancienne and champ.fige and ancienne[nom] != valeur:
            lu = format_extrait(champ, format_valeur(valeur))
            sujet = describe(ligne.table, ligne.cle)
            yield f"{nom}{lu} : {sujet} est déjà inscrit avec {ancienne[nom]}"


def _check_completes(etat: Etat, connu: Rangees) -> Iterator[Erreur]:
    """New rows that lack something."""
    for (nom, cle), lieux in etat.lieux.items():
        if cle in connu[nom]:
            continue
        rangee = etat.rangees[nom][cle]
        for champ in _manquants(read_tables()[nom], rangee):
            message = f"{champ.nom} : obligatoire pour inscrire {describe(nom, cle)}"
            yield Erreur(lieux[0], message)


def _manquants(table: TableRegistre, rangee: Rangee) -> Iterator[Champ]:
    for nom in table.propres:
        if table.champs[nom].obligatoire and rangee[nom] is None:
            yield table.champs[nom]


def describe(table: str, cle: Cle) -> str:
    """A row as a message names it: `adherents 999090012`; a key is never personal."""
    return f"{table} {'/'.join(map(format_valeur, cle))}"
