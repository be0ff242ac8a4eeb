"""The REG exchange file: whom the fund pays, for how much, and what the bank said of it."""

from __future__ import annotations

from datetime import date

import polars as pl

from parsers.echanges.fixe import read_fixe
from parsers.echanges.valeurs import select_valeurs, with_valeurs
from pipelines.echanges.sortants import (
    Sortant,
    compose_entete,
    compose_lettres_sortants,
    rank_lignes,
)
from pipelines.reglements.documents.reg import LIGNE, REG, compute_lignes
from specs.contrats import read_contrat, schema_polars

JOUR, SIREN = date(2026, 11, 10), "999090012"
COMMUN = {
    "siren": SIREN, "origine": "D1", "montant_centimes": 100_683, "bout_en_bout": "E2E",
    "date_execution": JOUR,
}  # fmt: skip
REGLEMENTS = [
    COMMUN | {"reglement": "V1", "nature": "CON", "salarie": "a" * 32, "etat": "EMIS"},
    COMMUN | {"reglement": "V2", "nature": "INT", "etat": "RETO", "motif": "AC04"},
    COMMUN | {"reglement": "V3", "nature": "CON", "salarie": "b" * 32, "etat": "PAYE"},
]  # fmt: skip
BENEFICIAIRES = pl.DataFrame(
    {
        "reglement": ["V1", "V2", "V3"],
        "nir_siren": ["182047399009622", SIREN, "182047399009622"],
        "name": ["Voyageur Basile", "CHAUSSEES DU NORD", "X" * 60],
        "iban_masked": ["FR76…0178", "FR76…0275", "FR76…0178"],
    }
).with_columns(pl.col("nir_siren").str.head(13))


def test_a_payment_is_told_with_whom_it_goes_to_and_what_became_of_it() -> None:
    """An employee or the company; the reason of a failure alone; the file is read again."""
    reglements = pl.DataFrame(REGLEMENTS, schema_polars(read_contrat("reglements")))
    lignes = compute_lignes(reglements, BENEFICIAIRES)
    assert lignes.select("pay_id", "benef", "status", "reason", "name").rows() == [
        ("V1", "S", "EMIS", None, "VOYAGEUR BASILE"),
        ("V2", "E", "RETO", "AC04", "CHAUSSEES DU NORD"),
        ("V3", "S", "PAYE", None, "X" * 40),
    ]
    entete = compose_entete("REG", SIREN, "0009001", JOUR, 3)
    details = rank_lignes(LIGNE, lignes.drop("siren"))
    (lettre,) = compose_lettres_sortants(REG, [Sortant("A1", entete, details, None, 3)])
    ((nom, octets),) = lettre.draw()
    assert nom == "REG_R_0009001_20261110000000_0003.txt"
    lu = read_fixe(1, octets)
    assert lu.anomalies.is_empty(), lu.anomalies.to_dicts()
    assert lu.fichier is not None
    assert lu.fichier.genre is not None
    ligne = lu.fichier.genre.enregistrements["70"]
    lues = select_valeurs(ligne, with_valeurs(ligne, lu.fichier.enregistrements["70"]))
    assert lues["iban_masked"][0] == "FR76...0178"
    assert lues["amount"].to_list() == [100_683] * 3
    assert lues["exec_date"].to_list() == [JOUR] * 3
