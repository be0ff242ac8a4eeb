"""Bank accounts: the RB codes that the file alone decides (10): key, length, country of an IBAN."""

from __future__ import annotations

import string
from datetime import date

import polars as pl

from parsers.echanges.controles.examen import Examen, Fait
from specs.echanges.listes import longueur_iban, read_sepa

COMPTE, IBAN = "40", "IBAN"
MODULO = 97
_NOMBRES = {ord(lettre): str(rang) for rang, lettre in enumerate(string.ascii_uppercase, 10)}


def check_affaires(examen: Examen) -> None:
    """RB-001 for a wrong IBAN, else RB-002 out of SEPA on the first day of use."""
    comptes = examen.lignes.filter(pl.col("iban").is_not_null())
    faux = [numero for numero in comptes["iban"].unique() if not is_iban(numero)]
    est_faux = pl.col("iban").is_in(faux)
    premiers = {code: pays.depuis or date.min for code, pays in read_sepa().items()}
    depuis = pl.col("iban").str.head(2).replace_strict(premiers, default=None, return_dtype=pl.Date)
    dehors = depuis.is_null() | (depuis > pl.col("v_effective"))
    examen.tell(
        comptes,
        COMPTE,
        Fait("RB-001", IBAN, None, est_faux),
        Fait("RB-002", IBAN, None, ~est_faux & dehors, pl.col("iban").str.head(2)),
    )


def is_iban(numero: str) -> bool:
    """Whether its key is right, and its length that of its country (any, when it has none).

    >>> is_iban("HR1210010051863000160"), is_iban("FR76"), is_iban("SANTANDER")
    (True, False, False)
    """
    chiffres = (numero[4:] + numero[:4]).translate(_NOMBRES)
    longueur = longueur_iban(numero[:2])
    return chiffres.isdecimal() and int(chiffres) % MODULO == 1 and longueur in (None, len(numero))
