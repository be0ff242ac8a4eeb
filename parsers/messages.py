"""Anomalies put into words: the message and the remedy of each row."""

from __future__ import annotations

from typing import Any

import polars as pl

from parsers.anomalies import LONGUEUR_VALEUR
from parsers.controles.lecture import controles_by_code
from specs.dsn import VERSIONS, read_norme
from specs.echanges.regles import read_codes
from specs.logiciel_de_paie import read_lieux
from specs.messages import read_message, render_borne, render_message

BLOC = len("S21.G00.06")
DE_VALEUR = ("CSL-", "CST-03", "CST-06")  # what a person typed, or did not
LONGUEUR_MESSAGE = 120  # of MESSAGE, in a CRT
CHAMPS = ("rubrique", "bloc", "valeur", "attendu", "nombre", "ligne")


def described(anomalies: pl.DataFrame, version: str | None) -> pl.DataFrame:
    """`anomalies` (see `parsers.anomalies`) with `message` and `remede`, in French.

    `version` gives the labels of rubrics and blocks; None or unknown: no label.
    """
    libelles = _labels(version) if version in VERSIONS else {}
    lignes = list(anomalies.iter_rows(named=True))
    messages = [_message(ligne, libelles) for ligne in lignes]
    remedes = [_remedy(ligne) for ligne in lignes]
    return anomalies.with_columns(
        pl.Series("message", messages, pl.String), pl.Series("remede", remedes, pl.String)
    )


def _message(ligne: dict[str, Any], libelles: dict[str, str]) -> str:
    """Of a control of the norm or of the fund, its own words; else those of the code."""
    controle = controles_by_code().get(ligne["code"])
    if controle is not None:
        return controle.message.replace("{valeur}", ligne["valeur"] or "")
    champs = {champ: ligne[champ] for champ in CHAMPS} | {"lus": _count(ligne["valeur"])}
    if ligne["code"] in read_codes():  # of exchange files, whose answers have short zones
        return render_borne(ligne["code"], ligne["variante"], LONGUEUR_MESSAGE, **champs)
    libelle = libelles.get(ligne["rubrique"] or ligne["bloc"] or "")
    return render_message(ligne["code"], ligne["variante"], libelle=libelle, **champs)


def _count(valeur: str | None) -> int | None:
    """Characters of a value; None of one that reports cut short."""
    return len(valeur) if valeur and len(valeur) < LONGUEUR_VALEUR else None


def _remedy(ligne: dict[str, Any]) -> str:
    """What to do, and where payroll software has what is to be corrected."""
    controle = controles_by_code().get(ligne["code"])
    remede = (controle or read_message(ligne["code"], ligne["variante"])).remede
    lieu = read_lieux().get((ligne["rubrique"] or "")[:BLOC])
    if lieu is None or not (controle or ligne["code"].startswith(DE_VALEUR)):
        return remede
    return f"{remede} Dans le logiciel de paie : {lieu}."


def _labels(version: str | None) -> dict[str, str]:
    norme = read_norme(version or "")
    return dict(norme.rubriques.select("rubrique", "libelle").iter_rows()) | dict(
        norme.blocs.select("bloc", "libelle").iter_rows()
    )
