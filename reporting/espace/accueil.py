"""The home of a company, or of one of its centres: what is due, what is missing, what came.

Everything is published; nothing is computed here but which rows are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from reporting.espace.droits import Acces
from reporting.espace.lecture import (
    DECLARATIONS,
    DEPOTS,
    Tables,
    read_tables_of,
    scan_in,
    scan_siennes,
)
from reporting.lecture import read_publication
from specs.contrats import codes_of
from specs.espace import find_table
from warehouse.maison import Maison
from warehouse.publications import Publication

LIGNES = 8  # of each part of the page: whole lists are a link away
SOLDEE, ECHUE, A_ECHOIR = codes_of("creances", "etat", "SOLDEE", "ECHUE", "A_ECHOIR")
(RECUE,) = codes_of("declarations_attendues", "etat", "RECUE")
REFUS = codes_of("depots", "etat", "NON_CONFORME", "ILLISIBLE", "MIS_A_L_ECART", "EN_ATTENTE")
FINIES = codes_of("echeances", "etat", "LEVEE", "PASSEE")
RESUMEES = ("declarations_attendues", DECLARATIONS, DEPOTS, "creances")
Rangees = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Partie:
    """Rows of a table, how many there are in all; `vide`: what is said when there is none."""

    table: str
    titre: str
    vide: str
    lignes: Rangees
    nombre: int


@dataclass(frozen=True, slots=True)
class Accueil:
    """Values of the page of a company; `cdg`: the centre that was chosen, None for all."""

    publication: Publication | None
    centres: Rangees
    cdg: str | None
    parties: Sequence[Partie]


@dataclass(frozen=True, slots=True)
class _Choix:
    """Which rows of a table a part shows, and in which order."""

    table: str
    titre: str
    vide: str
    lignes: pl.Expr
    tri: str
    descendant: bool = False


def read_accueil(maison: Maison, acces: Acces, cdg: str | None, jour: date) -> Accueil:
    """What the user reads of the company by the last publication."""
    lisibles = [c for c in _list_choix(jour) if acces.can_read(find_table(c.table))]
    centres = scan_siennes(maison, acces, find_table("centres_gestion")).collect().sort("cdg")
    return Accueil(
        publication=read_publication(maison),
        centres=centres.to_dicts(),
        cdg=cdg,
        parties=[_read(maison, acces, choix, cdg) for choix in lisibles],
    )


def _list_choix(jour: date) -> list[_Choix]:
    etat = pl.col("etat")
    return [
        _Choix("creances", "À payer", "Rien n'est dû.", etat != SOLDEE, "date_exigibilite"),
        _Choix(
            "declarations_attendues", "Déclarations qui manquent", "Rien ne manque.",
            _is_missing(jour), "date_limite",
        ),
        _Choix(
            "depots", "Fichiers à reprendre", "Aucun fichier n'attend.", etat.is_in(REFUS),
            "depot", descendant=True,
        ),
        _Choix(
            "echeances", "Arrêts pour intempéries à déclarer", "Aucun arrêt à déclarer.",
            ~etat.is_in(FINIES), "echeance",
        ),
        _Choix(
            "calendriers", "Prochaines dates du calendrier", "Aucune date à venir.",
            pl.col("date") >= jour, "date",
        ),
        _Choix(
            "fichiers_emis", "Derniers documents", "Aucun document.",
            pl.col("nom").str.contains(r"\.(?:pdf|xlsx)$"), "emis_le", descendant=True,
        ),
    ]  # fmt: skip


def _is_missing(jour: date) -> pl.Expr:
    """Whether a declaration that was expected by now is not there whole."""
    return (pl.col("etat") != RECUE) & (pl.col("date_limite") < jour)


def _read(maison: Maison, acces: Acces, choix: _Choix, cdg: str | None) -> Partie:
    lignes = scan_siennes(maison, acces, find_table(choix.table)).filter(choix.lignes)
    if cdg is not None and "cdg" in lignes.collect_schema():
        lignes = lignes.filter((pl.col("cdg") == cdg) | pl.col("cdg").is_null())
    lues = lignes.collect().sort(choix.tri, descending=choix.descendant, nulls_last=True)
    return Partie(choix.table, choix.titre, choix.vide, lues.head(LIGNES).to_dicts(), lues.height)


@dataclass(frozen=True, slots=True)
class Resume:
    """What is late or refused in a company; None for what the rights of the user do not open.

    `manquantes`: declarations that lack; `refuses`: files to do again; `echu_centimes`: due and
    late, `limite`: the next day by which something is to be done.
    """

    acces: Acces
    manquantes: Rangees | None
    refuses: Rangees | None
    echu_centimes: int | None
    limite: date | None

    @property
    def en_retard(self) -> bool:
        """Whether there is something to do about this company."""
        return bool(self.manquantes or self.refuses or self.echu_centimes)


def read_resumes(maison: Maison, acces: Mapping[str, Acces], jour: date) -> list[Resume]:
    """A line a company that the user reads, those with something to do first.

    Each table is read once, whatever the number of companies.
    """
    tables = read_tables_of(maison, acces.values(), RESUMEES)
    resumes = [_sum_up(tables, siens, jour) for siens in acces.values()]
    return sorted(resumes, key=lambda r: (not r.en_retard, r.acces.raison_sociale, r.acces.siren))


def _sum_up(tables: Tables, acces: Acces, jour: date) -> Resume:
    def read(nom: str) -> pl.DataFrame | None:
        table = find_table(nom)
        return scan_in(tables, acces, table).collect() if acces.can_read(table) else None

    attendues, depots, creances = map(read, ("declarations_attendues", DEPOTS, "creances"))
    a_venir = [
        lues.filter(attente)[colonne].min()
        for lues, attente, colonne in (
            (attendues, (pl.col("etat") != RECUE) & (pl.col("date_limite") >= jour), "date_limite"),
            (creances, pl.col("etat") == A_ECHOIR, "date_exigibilite"),
        )
        if lues is not None
    ]
    return Resume(
        acces,
        None if attendues is None else _rows(attendues.filter(_is_missing(jour)), "mois"),
        None if depots is None else _rows(depots.filter(pl.col("etat").is_in(REFUS)), "depot"),
        None if creances is None else int(creances.filter(etat=ECHUE)["reste_centimes"].sum()),
        min((quand for quand in a_venir if isinstance(quand, date)), default=None),
    )


def _rows(lignes: pl.DataFrame, tri: str) -> Rangees:
    return lignes.sort(tri, descending=True).to_dicts()
