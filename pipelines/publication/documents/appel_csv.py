"""The contribution call for spreadsheets: CSV that a French Excel opens without a question.

UTF-8 with its byte order mark, `;`, decimal comma, CRLF. One row a line of the call, a row
« Total », then « Publication » with its number and « Empreinte » with the SHA-256 of every byte
before that row. A text cell that a spreadsheet would run as a formula is preceded by an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from hashlib import sha256
from io import StringIO

from pipelines.publication.documents.formats import format_decimal, printable
from pipelines.publication.documents.valeurs import Appel, LigneAppel

COLONNES = (
    "Appel", "Nature", "Adhérent", "Raison sociale", "SIREN", "Centre de gestion", "Mois d'appel",
    "Échéance", "Mois de rattachement", "Cotisation", "Libellé", "Base (€)", "Taux (%)",
    "Montant (€)", "Salariés", "Lignes de DSN",
)  # fmt: skip
FORMULES = ("=", "+", "-", "@")
NATURES = {"INITIAL": "initial", "COMPLEMENTAIRE": "complémentaire"}


def render_appel_csv(appel: Appel) -> bytes:
    """The call as CSV; the same call always gives the same bytes."""
    lignes = [_describe_ligne(appel, ligne) for ligne in appel.lignes]
    vides = [""] * (COLONNES.index("Montant (€)") - 1)
    total = ["Total", *vides, format_decimal(appel.montant_centimes), str(appel.salaries), ""]
    corps = _write_rows([COLONNES, *lignes, total, ["Publication", str(appel.publication)]])
    octets = corps.encode("utf-8-sig")
    return octets + _write_rows([["Empreinte", sha256(octets).hexdigest()]]).encode()


def _describe_ligne(appel: Appel, ligne: LigneAppel) -> list[str]:
    annee, mois = appel.mois_appel.split("-")
    annee_rattachement, mois_rattachement = ligne.mois_rattachement.split("-")
    return [
        neutralise_formule(appel.appel),
        NATURES[appel.nature],
        neutralise_formule(appel.adherent),
        neutralise_formule(appel.raison_sociale),
        neutralise_formule(appel.siren),
        neutralise_formule(appel.cdg),
        f"{mois}/{annee}",
        f"{appel.date_exigibilite:%d/%m/%Y}",
        f"{mois_rattachement}/{annee_rattachement}",
        neutralise_formule(ligne.cotisation),
        neutralise_formule(ligne.libelle),
        format_decimal(ligne.base_centimes),
        _format_pourcent(ligne.taux_ppm),
        format_decimal(ligne.montant_centimes),
        "" if ligne.salaries is None else str(ligne.salaries),
        "" if ligne.lignes_dsn is None else str(ligne.lignes_dsn),
    ]


def neutralise_formule(texte: str) -> str:
    """`texte` on one line, that no spreadsheet takes for a formula, spaces in front or not."""
    cellule = printable(texte)
    return f"'{cellule}" if cellule.lstrip().startswith(FORMULES) else cellule


def _format_pourcent(taux_ppm: int) -> str:
    """202000 -> « 20,2000 »: four decimals, exact for any rate in parts per million."""
    entier, reste = divmod(taux_ppm, 10_000)
    return f"{entier},{reste:04d}"


def _write_rows(lignes: Sequence[Sequence[str]]) -> str:
    sortie = StringIO(newline="")
    csv.writer(sortie, delimiter=";", lineterminator="\r\n").writerows(lignes)
    return sortie.getvalue()
