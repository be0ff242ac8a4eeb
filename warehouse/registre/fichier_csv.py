"""The CSV form of an import: `;`, UTF-8, one table a file, told by its columns.

numero_adherent;siren;raison_sociale;cdg;siret;debut;fin
004217;732829320;TRAVAUX DU NORD;12345-01;73282932000074;2020-04-01;
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from specs.registre import TableRegistre, read_tables
from warehouse.registre.entrees import Entree, Erreur, Lecture, Lieu, format_nom

TITRES = Lieu(1, "ligne 1")


def parse_csv(contenu: bytes, table: str | None = None) -> Lecture:
    """Rows of the file, for the table named or the one whose columns these are."""
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        rang = contenu.count(b"\n", 0, erreur.start) + 1
        return Lecture([], [Erreur(_lieu(rang), "le fichier n'est pas en UTF-8")])
    try:
        rangees = list(_read_rangees(texte))
    except csv.Error:
        return _refuse("le fichier n'est pas un CSV lisible (guillemet non fermé ?)")
    if not rangees:
        return _refuse("le fichier est vide")
    (lieu, entete), *donnees = rangees
    decrite = read_tables()[table] if table else _find_table(entete)
    if decrite is None:
        return _refuse("ces colonnes ne disent pas quelle est la table : donner --table", lieu)
    erreurs = [Erreur(lieu, message) for message in _check_entete(entete, decrite)]
    if not erreurs and not donnees:
        return _refuse("aucune ligne après celle des titres", lieu)
    return Lecture([], erreurs) if erreurs else _parse_rangees(decrite.nom, entete, donnees)


def _refuse(message: str, lieu: Lieu = TITRES) -> Lecture:
    return Lecture([], [Erreur(lieu, message)])


def _lieu(rang: int) -> Lieu:
    return Lieu(rang, f"ligne {rang}")


def _read_rangees(texte: str) -> Iterator[tuple[Lieu, list[str]]]:
    """Place and fields of each line that is not blank."""
    lecteur = csv.reader(StringIO(texte, newline=""), delimiter=";", strict=True)
    debut = 1
    for champs in lecteur:
        if champs:
            yield _lieu(debut), [champ.strip() for champ in champs]
        debut = lecteur.line_num + 1


def _find_table(entete: list[str]) -> TableRegistre | None:
    """The table that has the most of these columns, its key among them, or that has no other.

    None when two have.
    """
    titres = set(entete)
    possibles = {
        nom: (len(titres & table.champs.keys()), titres == table.champs.keys())
        for nom, table in read_tables().items()
        if titres.issuperset(table.exigees)
    }
    meilleures = [nom for nom, n in possibles.items() if n == max(possibles.values())]
    return read_tables()[meilleures[0]] if len(meilleures) == 1 else None


def _check_entete(entete: list[str], table: TableRegistre) -> Iterator[str]:
    for nom in sorted(set(entete) - table.champs.keys()):
        connues = ", ".join(table.champs)
        yield f"colonne inconnue{format_nom(nom)} ; colonnes de {table.nom} : {connues}"
    for nom in table.champs:
        if nom in table.exigees and nom not in entete:
            yield f"la colonne « {nom} » manque"
        elif entete.count(nom) > 1:
            yield f"la colonne « {nom} » est répétée"


def _parse_rangees(table: str, entete: list[str], donnees: list[tuple[Lieu, list[str]]]) -> Lecture:
    erreurs = [
        Erreur(lieu, f"{len(entete)} colonnes attendues, {len(champs)} lues")
        for lieu, champs in donnees
        if len(champs) != len(entete)
    ]
    entrees = [
        Entree(table, lieu, {nom: champ or None for nom, champ in zip(entete, champs, strict=True)})
        for lieu, champs in donnees
        if len(champs) == len(entete)
    ]
    return Lecture(entrees, erreurs)
