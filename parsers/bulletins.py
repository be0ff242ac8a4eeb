r"""The bases of payslips that a payroll clerk exports: a CSV of matricule, mois, base.

>>> lu = parse_bulletins(b"matricule;mois;base\nM1;2026-03;2 300,50\n")
>>> lu.lignes.row(0), lu.fautes
(('M1', '2026-03', 230050), ())
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import polars as pl

COLONNES = ("matricule", "mois", "base")
BULLETINS = pl.Schema({"matricule": pl.String, "mois": pl.String, "bulletin_centimes": pl.Int64})
SEPARATEURS = ";,\t"
_MOIS = re.compile(r"(?P<annee>\d{4})-(?P<mois>0[1-9]|1[0-2])", re.ASCII)
_MONTANT = re.compile(r"(-?)(\d{1,9})(?:[.,](\d{1,2}))?", re.ASCII)
_BLANCS = re.compile(r"[\s\u00a0\u202f]")
FAUTES_MAX = 20


@dataclass(frozen=True, slots=True)
class Bulletins:
    """`lignes`: BULLETINS, in the order of the file; `fautes`: what is wrong, in French."""

    lignes: pl.DataFrame
    fautes: tuple[str, ...]


def parse_bulletins(octets: bytes) -> Bulletins:
    """Every line that can be read, and a sentence a line that cannot, the first ones alone."""
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252", errors="replace")
    lignes, fautes = [], []
    for numero, lue in _rows(texte):
        if isinstance(lue, str):
            fautes.append(f"ligne {numero} : {lue}")
        else:
            lignes.append(lue)
    return Bulletins(pl.DataFrame(lignes, BULLETINS, orient="row"), tuple(fautes[:FAUTES_MAX]))


def _rows(texte: str) -> Iterator[tuple[int, tuple[str, str, int] | str]]:
    """Number of each line, and what it tells or what is wrong with it."""
    tete, *_ = texte.splitlines() or [""]
    separateur = max(SEPARATEURS, key=tete.count)
    lecteur = csv.reader(StringIO(texte, newline=""), delimiter=separateur)
    titres = [titre.strip().lower() for titre in next(lecteur, [])]
    if manquants := [nom for nom in COLONNES if nom not in titres]:
        yield 1, f"il manque la colonne {', '.join(manquants)} (attendues : {';'.join(COLONNES)})"
        return
    places = [titres.index(nom) for nom in COLONNES]
    for ligne in lecteur:
        if any(cellule.strip() for cellule in ligne):
            cellules = [ligne[p].strip() if p < len(ligne) else "" for p in places]
            yield lecteur.line_num, _read(*cellules)


def _read(matricule: str, mois: str, base: str) -> tuple[str, str, int] | str:
    if not matricule:
        return "matricule absent"
    if _MOIS.fullmatch(mois) is None:
        return "mois illisible, il faut AAAA-MM"
    lu = _MONTANT.fullmatch(_BLANCS.sub("", base))
    if lu is None:
        return "base illisible, il faut des euros, comme 2300,50"
    centimes = int(lu[2]) * 100 + int(f"{lu[3] or '':0<2}")
    return matricule, mois, -centimes if lu[1] else centimes
