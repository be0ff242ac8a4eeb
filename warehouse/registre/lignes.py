"""Rows of an import with their values, spread over the tables that keep them.

A row of `etablissements` says also its centre and its member: it gives three rows, so that the
file of establishments alone is enough to begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from specs.registre import Champ, TableRegistre, read_tables
from warehouse.registre.entrees import Entree, Erreur, Lieu
from warehouse.registre.formes import Valeur, ValeurRefusee, format_extrait, parse_valeur

Cle = tuple[Valeur, ...]
Rangee = dict[str, Valeur]


@dataclass(frozen=True, slots=True)
class Ligne:
    """Values of some columns of a row; `deduite` when it comes with the row of another table."""

    table: str
    lieu: Lieu
    valeurs: Mapping[str, Valeur]
    deduite: bool = False

    @property
    def cle(self) -> Cle:
        """Values of the key of the table."""
        return key_of(self.table, self.valeurs)


def key_of(table: str, valeurs: Mapping[str, Valeur]) -> Cle:
    """Values of the key of a row."""
    return tuple(valeurs[nom] for nom in read_tables()[table].cle)


def parse_entrees(entrees: Iterable[Entree]) -> tuple[list[Ligne], list[Erreur]]:
    """Rows with their values, those they imply included, and what is wrong with the texts."""
    lignes: list[Ligne] = []
    erreurs: list[Erreur] = []
    for entree in entrees:
        table = read_tables()[entree.table]
        valeurs, messages = _parse_textes(table, entree.textes)
        erreurs += [Erreur(entree.lieu, message) for message in messages]
        if not messages:
            lignes += _spread(table, entree.lieu, valeurs)
    return lignes, erreurs


def _parse_textes(
    table: TableRegistre, textes: Mapping[str, str | None]
) -> tuple[Rangee, list[str]]:
    valeurs: Rangee = {}
    messages: list[str] = []
    for nom, ecrit in {**textes, **{nom: textes.get(nom) for nom in table.cle}}.items():
        champ = table.champs[nom]
        texte = champ.defaut if ecrit is None and champ.obligatoire else ecrit
        if texte is not None:
            try:
                valeurs[nom] = parse_valeur(champ, texte)
            except ValeurRefusee as refus:
                messages.append(f"{nom}{format_extrait(champ, texte)} : {refus}")
        elif champ.obligatoire:
            messages.append(f"{nom} : obligatoire")
        else:
            valeurs[nom] = None
    return valeurs, messages


def _spread(table: TableRegistre, lieu: Lieu, valeurs: Rangee) -> Iterator[Ligne]:
    if table.nom == "etablissements":
        a_part = {nom: v for nom, v in valeurs.items() if table.champs[nom].a_part == "adherents"}
        if a_part and "siren" in valeurs:
            yield Ligne("adherents", lieu, a_part | {"siren": valeurs["siren"]}, deduite=True)
        yield from _spread_options(table, lieu, valeurs)
        if {"siren", "cdg"} <= valeurs.keys():
            centre = {nom: valeurs[nom] for nom in ("cdg", "siren")}
            yield Ligne("centres_gestion", lieu, centre, deduite=True)
    propres = {nom: v for nom, v in valeurs.items() if nom in table.propres}
    yield Ligne(table.nom, lieu, propres)


def _spread_options(table: TableRegistre, lieu: Lieu, valeurs: Rangee) -> Iterator[Ligne]:
    """Options of the company that a row gives, from its `debut` on."""
    for nom, champ in table.champs.items():
        if champ.option and valeurs.get(nom) is not None and {"siren", "debut"} <= valeurs.keys():
            cle = {"siren": valeurs["siren"], "option": champ.option, "debut": valeurs["debut"]}
            yield Ligne(
                champ.a_part or table.nom, lieu, cle | {"valeur": valeurs[nom]}, deduite=True
            )


def complete_rangee(table: TableRegistre, valeurs: Mapping[str, Valeur]) -> Rangee:
    """A new row: what it does not give has its default, or no value."""
    return {nom: valeurs.get(nom, _defaut(table.champs[nom])) for nom in table.propres}


def _defaut(champ: Champ) -> Valeur:
    return champ.defaut
