"""« Pourquoi ce montant ? »: the sentences of the engine, from an amount to the lines of the DSN.

They are those of `caisse expliquer`, asked by the page of a row and read here as a company does: an
employee by the number that it knows, other employers unnamed, no word of the command line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from reporting.espace.droits import Acces
from reporting.espace.lecture import MATRICULE, SALARIE, SALARIES, scan_siennes
from reporting.guichet import ask_moteur, wait_reponse
from reporting.lecture import read_publication, scan_table
from specs.espace import Table, find_table
from warehouse.acces.demandes import (
    EXPLICATION,
    Contenu,
    find_reponse,
    fingerprint_demande,
    is_asked,
)
from warehouse.maison import Maison

SEPARATEUR = "/"  # between a call and the month and contribution of one of its lines
LIGNES_MAX = 24  # lines of a call that are told with it: the others have a page each
APPEL, LIGNES_APPEL = "appel", "lignes_appel"
RETRAIT = "  "
PSEUDONYME = re.compile(r"(?P<mot>[Ss]alarié) (?P<debut>[0-9a-f]{8})\b(?:, matricule [^,.]+)?")
SIREN = re.compile(r"SIREN (\d{3}\s?\d{3}\s?\d{3})")
COMMANDE = re.compile(r"caisse expliquer (?=\S)")
OPTION = re.compile(r"^\w+ = \w+ \([A-Z]+-\d+\) : ")
# How the house writes the base and the code it ran with: of no use to a company.
VERSION = re.compile(
    r" ; barèmes et options de la version [0-9a-f]+"
    r"(?:, celle d'aujourd'hui|\. Les sources citées [^.]*installée aujourd'hui)?"
)
MOIS_DE = ", mois de rattachement :"
AUTRE_EMPLOYEUR = "Un autre employeur : ce qu'il a déclaré ne se lit que chez lui."


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence; `details`: those that it is the sum of."""

    texte: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences under a title."""

    titre: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Explication:
    """Why an amount: its title, what introduces it, its parts, what was found again."""

    titre: str
    debut: tuple[str, ...]
    sections: tuple[Section, ...]
    fin: tuple[str, ...]

    @property
    def resume(self) -> str:
        """What stands for it when it is folded: of a line of call, its contribution and amount."""
        nom, _, montant = self.titre.partition(" : ")
        ligne = SEPARATEUR in nom and self.debut
        return (
            f"{self.debut[0].replace(MOIS_DE, ',').rstrip('.')} : {montant}"
            if ligne
            else self.titre
        )


@dataclass(frozen=True, slots=True)
class Pourquoi:
    """What a page says of its amount.

    `demande`: it was asked; `explications`: the answer, None when it is not there yet, empty when
    the engine has none.
    """

    demande: bool
    explications: Sequence[Explication] | None


def can_explain(acces: Acces, table: Table) -> bool:
    """Whether all that an explanation of such a row may tell is for this user.

    What it tells is not cut row by row: a right on one category or centre does not open it.
    """
    return bool(table.explique) and all(
        any(droit.entier for droit in acces.list_droits(service)) for service in table.cite
    )


def ask_pourquoi(
    maison: Maison, acces: Acces, table: Table, valeurs: Mapping[str, Any], maintenant: datetime
) -> None:
    """Ask why a row that this user reads is what it is."""
    contenu = _compose(maison, acces, table, valeurs)
    if contenu is not None:
        ask_moteur(maison, EXPLICATION, contenu, acces.utilisateur, maintenant)


def read_pourquoi(
    maison: Maison, acces: Acces, table: Table, valeurs: Mapping[str, Any], *, attend: bool = True
) -> Pourquoi | None:
    """What was answered of a row; None when there is nothing to explain of it for this user.

    `attend`: an answer that was asked for is waited for a few seconds.
    """
    contenu = _compose(maison, acces, table, valeurs)
    if contenu is None:
        return None
    empreinte = fingerprint_demande(EXPLICATION, contenu)
    with maison.moteur.connect() as connexion:
        demandee = is_asked(connexion, empreinte)
        reponse = find_reponse(connexion, empreinte)
    if demandee and attend and reponse is None:
        reponse = wait_reponse(maison, empreinte)
    if reponse is None:
        return Pourquoi(demandee, None)
    dites = json.loads(reponse.texte) if reponse.texte else []
    matricules = _read_matricules(maison, acces) if dites else {}
    lues = [parse_explication(_address(p, acces.siren, matricules)) for p in dites]
    return Pourquoi(demandee, list(_without_double(lues, contenu["identifiants"])))


def _without_double(
    explications: Sequence[Explication], identifiants: Sequence[str]
) -> Iterator[Explication]:
    """A call says nothing of the lines that are told whole after it."""
    dites = tuple(f"{identifiant} : " for identifiant in identifiants[1:])
    for explication in explications:
        gardees = [s for s in explication.sections if not s.titre.startswith(dites)]
        yield replace(explication, sections=tuple(gardees))


def _compose(
    maison: Maison, acces: Acces, table: Table, valeurs: Mapping[str, Any]
) -> Contenu | None:
    """What is asked: the row, and the lines of a call with it, as of the last publication."""
    publication = read_publication(maison)
    nommes = [valeurs[nom] for nom in table.explique]
    if publication is None or None in nommes or not can_explain(acces, table):
        return None
    identifiants = [SEPARATEUR.join(nommes)]
    if table.explique == (APPEL,):
        identifiants += _list_lignes(maison, acces, valeurs[APPEL])
    return {"publication": publication.numero, "identifiants": identifiants}


def _list_lignes(maison: Maison, acces: Acces, appel: str) -> Iterator[str]:
    table = find_table(LIGNES_APPEL)
    lues = scan_siennes(maison, acces, table).filter(appel=appel).select(table.explique)
    for noms in lues.collect().sort(table.explique).head(LIGNES_MAX).iter_rows():
        yield SEPARATEUR.join(noms)


def _read_matricules(maison: Maison, acces: Acces) -> Mapping[str, str]:
    """Numbers of the employees by the start of their pseudonyms, as explanations write it."""
    lus = scan_table(maison, SALARIES).filter(siren=acces.siren)
    debut = pl.col(SALARIE).str.head(8)
    return dict(lus.select(debut, MATRICULE).drop_nulls().collect().iter_rows())


def _address(phrases: Sequence[str], siren: str, matricules: Mapping[str, str]) -> list[str]:
    """The same sentences, to this company."""

    def name(trouve: re.Match[str]) -> str:
        matricule = matricules.get(trouve["debut"])
        return f"{trouve['mot']} {matricule}" if matricule else trouve["mot"]

    return [
        COMMANDE.sub("", VERSION.sub("", PSEUDONYME.sub(name, phrase)))
        for phrase in _hide_others(phrases, siren)
    ]


def _hide_others(phrases: Sequence[str], siren: str) -> Iterator[str]:
    """What is another employer's is not told, nor what details it."""
    cache: int | None = None
    for phrase in phrases:
        retrait = len(phrase) - len(phrase.lstrip())
        if cache is not None and retrait > cache:
            continue
        cache = None
        autres = {"".join(nom.split()) for nom in SIREN.findall(phrase)} - {siren}
        if autres:
            cache = retrait
            yield " " * retrait + AUTRE_EMPLOYEUR
        else:
            yield phrase


def parse_explication(phrases: Sequence[str]) -> Explication:
    """A title and sentences, then titles each with sentences of its own, then the end."""
    titre, *reste = phrases
    blocs: list[list[str]] = [[]]
    for phrase in reste:
        if phrase:
            blocs[-1].append(phrase)
        else:
            blocs.append([])
    debut, *suite = blocs
    sections = [bloc for bloc in suite if any(p.startswith(RETRAIT) for p in bloc)]
    fin = [phrase for bloc in suite if bloc not in sections for phrase in bloc]
    return Explication(titre, tuple(debut), tuple(map(_parse_section, sections)), tuple(fin))


def _parse_section(bloc: Sequence[str]) -> Section:
    titre, *reste = bloc
    phrases: list[tuple[str, list[str]]] = []
    for ligne in reste:
        texte = OPTION.sub("", ligne.strip())
        if phrases and ligne.startswith(RETRAIT * 2):
            phrases[-1][1].append(texte)
        else:
            phrases.append((texte, []))
    return Section(titre, tuple(Phrase(texte, tuple(details)) for texte, details in phrases))
