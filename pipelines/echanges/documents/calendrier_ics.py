"""The calendar of a company as its agenda imports it: iCalendar (RFC 5545), one event a date.

Events last a day and keep their identifier from one calendar to the next: imported again, a date
that moved takes the place of the former one. Same rows, same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier
from specs.caisse import read_caisse
from specs.contrats import valeurs_of
from specs.typographie import format_mois

CALENDRIERS = "calendriers"
COLONNES = ("nature", "mois", "date", "etat")
OCTETS_LIGNE = 75  # line end left out
_RESERVES = re.compile(r"([\\;,])")
_COMMANDES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def render_calendrier(dossier: Dossier) -> Fichier:
    """`CALENDRIER_2026-11-10.ics`, from the published table `calendriers`."""
    lignes = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escape_text(read_caisse().sigle)}//Calendriers//FR",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escape_text(f'Fichiers de {dossier.entreprise.raison_sociale}')}",
        *_list_events(dossier),
        "END:VCALENDAR",
    ]
    octets = b"".join(fold_line(ligne) for ligne in lignes)
    return f"CALENDRIER_{dossier.date_arrete}.ics", octets


def escape_text(texte: str) -> str:
    """A value of type TEXT: its reserved characters and its line ends escaped."""
    lisible = _COMMANDES.sub("", texte.replace("\r\n", "\n"))
    return _RESERVES.sub(r"\\\1", lisible).replace("\n", "\\n")


def fold_line(ligne: str) -> bytes:
    """A content line in UTF-8, cut every 75 octets at most, never within a character."""
    morceaux, octets = [b""], OCTETS_LIGNE
    for caractere in ligne:
        code = caractere.encode()
        if len(morceaux[-1]) + len(code) > octets:
            morceaux.append(b"")
            octets = OCTETS_LIGNE - 1  # the space that begins a continuation
        morceaux[-1] += code
    return b"\r\n ".join(morceaux) + b"\r\n"


def _list_events(dossier: Dossier) -> Iterator[str]:
    """An event a date, which tells the months skipped before it."""
    etats = valeurs_of(CALENDRIERS, "etat")
    for du_genre in dossier.tables[CALENDRIERS].sort("nature", "mois").partition_by("nature"):
        dits: list[str] = []
        for nature, mois, jour, etat in du_genre.select(COLONNES).iter_rows():
            dits.append(format_mois(mois))
            if jour is not None:
                sujet = f"{nature} : {', '.join(dits)}"
                yield from _render_event(dossier, f"{nature}-{mois}", jour, sujet, etats[etat])
                dits.clear()


def _render_event(dossier: Dossier, nom: str, jour: date, sujet: str, texte: str) -> Iterator[str]:
    domaine = read_caisse().contact.courriel.rpartition("@")[2]
    yield "BEGIN:VEVENT"
    yield f"UID:{nom.lower()}-{dossier.entreprise.siren}@{domaine}"
    yield f"DTSTAMP:{dossier.date_arrete:%Y%m%d}T000000Z"
    yield f"SEQUENCE:{dossier.publication}"
    yield f"DTSTART;VALUE=DATE:{jour:%Y%m%d}"
    yield f"SUMMARY:{escape_text(sujet)}"
    yield f"DESCRIPTION:{escape_text(texte)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
