"""A row told in plain words to the employee whom it is about, by the business that publishes it.

    tell_recit(maison, Demande("decomptes", salarie, {"decompte": "D00000037-2-261"}, 3), METIERS)

An amount is never computed here: it is the published one, or that of an explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.explications.lecture import DemandeRefusee, Lecteur, open_lecteur
from pipelines.metier import Metier, find
from specs.salarie import read_mots
from specs.typographie import FINE, bind_signs, printable
from warehouse.maison import Maison

DIX_MILLE = 10_000
ABSENTE = "Cette ligne n'est pas publiée pour ce salarié."
SIEN = "votre employeur"


@dataclass(frozen=True, slots=True)
class Demande:
    """What is asked: a row of a table by its key, which must be of this employee."""

    table: str
    salarie: str
    cle: Mapping[str, Any]
    publication: int


def tell_recit(maison: Maison, demande: Demande, metiers: Sequence[Metier]) -> tuple[str, ...]:
    """Its sentences; DemandeRefusee when no row of the employee has this key, or none tells it."""
    lieux = {recit.table: recit.raconte for metier in metiers for recit in metier.recits}
    if demande.table not in lieux:
        raise DemandeRefusee(ABSENTE)
    lecteur = open_lecteur(maison, demande.publication)
    sienne = [pl.col(nom) == valeur for nom, valeur in demande.cle.items()]
    lues = lecteur.read(demande.table, pl.col("salarie") == demande.salarie, *sienne).collect()
    if lues.height != 1:
        raise DemandeRefusee(ABSENTE)
    return tuple(begin(find(lieux[demande.table])(lecteur, lues.row(0, named=True))))


def name_employeur(lecteur: Lecteur, siren: str) -> str:
    """The name of a company, as the registry has it."""
    trouve = lecteur.find("adherents", "siren", siren)
    return printable(trouve["raison_sociale"]) if trouve else SIEN


def write_mot(liste: str, code: str) -> str:
    """A code in plain words, in the middle of a sentence."""
    dit = str(read_mots()[liste][code])
    return f"{dit[:1].lower()}{dit[1:]}"


def write_aide(liste: str, code: str) -> str:
    """What a word of the trade means."""
    return str(read_mots()[liste][code]["aide"])


def write_tarif(dix_milliemes: int) -> str:
    """Ten-thousandths of a euro, without useless zeros: « 15,00 € », « 94,9593 € »."""
    entier, reste = divmod(dix_milliemes, DIX_MILLE)
    decimales = f"{reste:04d}"
    court = decimales[:2] if decimales.endswith("00") else decimales
    return f"{entier},{court}{FINE}€"


def begin(phrases: Iterable[str]) -> Iterator[str]:
    """Sentences that begin as such, whatever stands under what, and break as French does."""
    for phrase in phrases:
        texte = bind_signs(phrase.lstrip())
        retrait = phrase[: len(phrase) - len(phrase.lstrip())]
        yield f"{retrait}{texte[:1].upper()}{texte[1:]}"


def under(*phrases: str) -> Iterator[str]:
    """Sentences that detail the one before."""
    yield from (f"  {phrase}" for phrase in phrases)


def join_mots(mots: Iterable[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    *debut, dernier = mots
    return f"{', '.join(debut)} et {dernier}" if debut else dernier
