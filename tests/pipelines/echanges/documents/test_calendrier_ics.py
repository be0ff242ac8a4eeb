"""The calendar that an agenda imports: RFC 5545, whatever the names hold."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.echanges.documents.calendrier_ics import escape_text, fold_line, render_calendrier
from pipelines.editique.dossiers import Dossier
from pipelines.editique.valeurs import Entreprise
from specs.contrats import read_contrat, schema_polars

SIREN = "999090012"
LIGNES = [
    (SIREN, "RCP", "2026-09", date(2026, 10, 1), "RETIRE"),
    (SIREN, "RCP", "2026-10", None, "PREVU"),
    (SIREN, "RCP", "2026-11", date(2026, 12, 8), "PREVU"),
    (SIREN, "RCP", "2026-12", None, "PREVU"),
    (SIREN, "CPRP", "2026-12", date(9999, 12, 31), "PREVU"),
]
NOM = "ROUTES ; VOIRIES, \\ ET TRÈS LONGS TRAVAUX D'EXEMPLE DE L'ÎLE-DE-FRANCE ET D'AILLEURS"
ATTENDU = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//CNETP//Calendriers//FR
CALSCALE:GREGORIAN
X-WR-CALNAME:Fichiers de ROUTES \\; VOIRIES\\, \\\\ ET TRÈS LONGS TRAVAUX D'EX
 EMPLE DE L'ÎLE-DE-FRANCE ET D'AILLEURS
BEGIN:VEVENT
UID:cprp-2026-12-999090012@cnetp.example
DTSTAMP:20261110T000000Z
SEQUENCE:3
DTSTART;VALUE=DATE:99991231
SUMMARY:CPRP : décembre 2026
DESCRIPTION:à venir
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:rcp-2026-09-999090012@cnetp.example
DTSTAMP:20261110T000000Z
SEQUENCE:3
DTSTART;VALUE=DATE:20261001
SUMMARY:RCP : septembre 2026
DESCRIPTION:fichier retiré par l'entreprise
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:rcp-2026-11-999090012@cnetp.example
DTSTAMP:20261110T000000Z
SEQUENCE:3
DTSTART;VALUE=DATE:20261208
SUMMARY:RCP : octobre 2026\\, novembre 2026
DESCRIPTION:à venir
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""


def _dossier(raison_sociale: str = NOM) -> Dossier:
    lignes = pl.DataFrame(LIGNES, schema_polars(read_contrat("calendriers")), orient="row")
    return Dossier(
        entreprise=Entreprise("A09001", SIREN, raison_sociale),
        tables={"calendriers": lignes},
        depots=pl.DataFrame(),
        date_arrete=date(2026, 11, 10),
        publication=3,
    )


def test_a_calendar_to_the_byte() -> None:
    """Lines end with CR-LF; what a text holds is escaped; a skipped month goes with the next."""
    nom, octets = render_calendrier(_dossier())
    assert nom == "CALENDRIER_2026-11-10.ics"
    assert octets.decode() == ATTENDU.replace("\n", "\r\n")


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_comes_back(texte: str) -> None:
    """Folded lines have 75 bytes at most, each valid UTF-8; unfolded, they say the same."""
    octets = fold_line(f"SUMMARY:{escape_text(texte)}")
    morceaux = octets.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(morceau) <= 75 and morceau.decode() for morceau in morceaux)
    assert all(morceau.startswith(b" ") for morceau in morceaux[1:])
    lue = "".join([morceaux[0].decode(), *(m.decode()[1:] for m in morceaux[1:])])
    valeur = re.sub(
        r"\\([\\;,n])", lambda m: "\n" if m[1] == "n" else m[1], lue.removeprefix("SUMMARY:")
    )
    gardes = texte.replace("\r\n", "\n")
    assert valeur == "".join(c for c in gardes if c in "\t\n" or not (c < " " or c == "\x7f"))
