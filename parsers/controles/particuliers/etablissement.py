"""Controls of the headers and of the establishment that no condition says."""

from __future__ import annotations

import polars as pl

from parsers.controles.langage import Cadre
from parsers.controles.particuliers.inscription import particulier


@particulier("S20.G00.05.009/CCH-11")
def judge_identifiant_metier(cadre: Cadre) -> pl.DataFrame:
    """Declarations named by the NIR of an individual; without that NIR, which no report shows."""
    autre = cadre.evaluate("aucun(b30, r30_001 == moi.r05_009)")
    return cadre.lignes.filter(~autre).drop("r05_009")
