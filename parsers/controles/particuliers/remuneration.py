"""Payments (S21.G00.50 and below): what the language of conditions can't say."""

from __future__ import annotations

import polars as pl

from parsers.controles.arbre import CLE_INDIVIDU, RANG, key_of
from parsers.controles.langage import Cadre
from parsers.controles.particuliers.inscription import particulier

MENSUELLE, PREVOYANCE = "01", "31"


@particulier("S21.G00.78.005/CCH-12")
def affiliations_of_unpaid_contracts(cadre: Cadre) -> pl.DataFrame:
    """Monthly bases 31 whose affiliation is the individual's, but of no contract paid there."""
    arbre, versement, contrat = cadre.arbre, key_of("S21.G00.50"), key_of("S21.G00.40")
    bases = cadre.lignes.filter(
        pl.col("r78_001") == PREVOYANCE, pl.col("usage").str.head(2) == MENSUELLE
    )
    contrats = arbre.frame("S21.G00.40").select(*contrat, numero="r40_009")
    affiliations = (
        arbre.frame("S21.G00.70")
        .join(contrats, on=contrat)
        .select(*CLE_INDIVIDU, "numero", r78_005="r70_012")
    )
    payes = arbre.frame("S21.G00.51").select(*versement, numero="r51_010").unique()
    couvertes = bases.join(payes, on=versement).join(
        affiliations, on=[*CLE_INDIVIDU, "numero", "r78_005"], how="semi"
    )
    connues = bases.join(affiliations, on=[*CLE_INDIVIDU, "r78_005"], how="semi")
    return connues.join(couvertes, on=RANG, how="anti")
