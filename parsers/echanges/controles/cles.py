"""Keys of lines within one file: the second line of a key is refused (X-12)."""

from __future__ import annotations

import polars as pl

from parsers.echanges.controles.examen import Examen
from parsers.echanges.controles.identite import SALARIE
from parsers.echanges.lignes import SALARIE_ARRETE
from parsers.echanges.zones import PIECE, RANG
from specs.echanges.regles import ARRET, DECLARATION, read_codes

AFFAIRES = 10  # first step of the business rules


def check_keys(examen: Examen, *, coherence: bool) -> None:
    """The code of the kind on each line whose key was met before in the file.

    Kinds without a code of their own tell it with what is incoherent (step 9), not after.
    """
    code = examen.genre.doublon
    if (read_codes()[code].etape < AFFAIRES) != coherence:
        return
    if ARRET in examen.frames:
        _check_declarations(examen)
        return
    ligne = examen.genre.ligne
    cle = [SALARIE if c in ("NIR", "MATRICULE") else c.lower() for c in ligne.cle]
    _tell(examen, examen.lignes, sorted(set(cle)), ligne.code, ligne.cle[-1])


def _check_declarations(examen: Examen) -> None:
    """A DECL_ID met again after another declaration; an employee twice under one."""
    arrets = examen.frames[ARRET]
    premiers = arrets.filter(pl.col(RANG) == pl.col(DECLARATION))
    _tell(examen, premiers, ["decl_id"], ARRET, "DECL_ID")
    salaries = examen.frames[SALARIE_ARRETE]
    _tell(examen, salaries, [DECLARATION, SALARIE], SALARIE_ARRETE, "DECL_ID", "salarie")


def _tell(
    examen: Examen,
    frame: pl.DataFrame,
    cle: list[str],
    bloc: str,
    champ: str,
    variante: str | None = None,
) -> None:
    connue = pl.all_horizontal(pl.col(c).is_not_null() for c in cle)
    deja = frame.filter(connue).filter(~pl.struct(PIECE, *cle).is_first_distinct())
    trouves = deja.select(RANG, valeur=champ.lower())
    examen.constats.add(trouves, examen.genre.doublon, bloc, champ, variante or "cle")
