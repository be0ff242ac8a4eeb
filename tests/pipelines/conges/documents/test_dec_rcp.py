"""The story's statements as DEC and RCP files: read back in both forms, to the centime."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from parsers.echanges.composition import compose_fichier
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.fixe import read_fixe
from parsers.echanges.xml import read_xml
from pipelines.conges.documents.dec_rcp import compute_dec, compute_rcp
from pipelines.conges.regles.paiement.calcul import Publies
from tests.pipelines.conges.test_calcul import H1_DECOMPTES, one, story

ENTETE = {
    "mode": "R", "convention": "1", "siren": "999090020", "cdg": "C9990901",
    "created": "20260701000000", "operation": "N", "software": "Caisse",
}  # fmt: skip
DROITS = pl.DataFrame(
    {
        "salarie": ["P1"] * 3, "exercice": [2025, 2026, 2027], "jours_legaux": [30, 30, 5],
        "indemnite_btp_centimes": [284_878, 290_445, 46_550],
        "indemnite_dixieme_centimes": [281_212, 292_887, 47_263],
    }
)  # fmt: skip
PERSONNES = pl.DataFrame(
    {
        "siren": ["S"], "salarie": ["P1"], "nir": ["185052A004012"], "nir_key": ["70"],
        "surname": ["VOYAGEUR"], "first_name": ["Basile"], "birth": [date(1985, 5, 1)],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def publies() -> Publies:
    """H-1, every payment made."""
    return story().play(date(2026, 7, 1))


def read_back(genre: str, details: dict[str, pl.DataFrame]) -> None:
    """Both forms are read without a fault, and hold the same."""
    entete: dict[str, Any] = {**ENTETE, "file_id": f"{genre}-1"}
    fichier = compose_fichier(genre, entete, details)
    octets = write_fixe(fichier)
    for lu in (read_fixe(0, octets), read_xml(0, write_xml(fichier))):
        assert lu.anomalies.is_empty(), lu.anomalies.to_dicts()
        assert lu.fichier is not None
        assert write_fixe(lu.fichier) == octets


def test_statements_are_sent_to_the_company(publies: Publies) -> None:
    """DEC: both daily amounts, each withholding under its statement, totals that are its own."""
    details = compute_dec(publies.decomptes, publies.lignes, DROITS, PERSONNES)
    tetes, retenues = details["60"], details["61"]
    premier = tetes.row(0, named=True)
    assert (premier["daily_btp"], premier["daily_tenth"], premier["method"]) == (9_496, 9_374, "A")
    assert tetes["gross"].to_list() == [d[5] + d[6] for d in H1_DECOMPTES]
    assert tetes["net"].to_list() == [d[12] for d in H1_DECOMPTES]
    sommes = retenues.group_by("dec_id").agg(pl.col("amount").sum())
    ecart = pl.col("gross") - pl.col("amount") - pl.col("net")
    assert set(tetes.join(sommes, on="dec_id").select(ecart).to_series()) == {0}
    read_back("DEC", details)


def test_payments_are_told_to_payroll(publies: Publies) -> None:
    """RCP: gross less contributions, CSG, CRDS and tax is the net."""
    details = compute_rcp(publies.decomptes, publies.lignes, PERSONNES)
    lignes = details["50"]
    restes = lignes.select(
        pl.col("gross") - pl.col("social") - pl.col("csg_crds") - pl.col("pas") - pl.col("net")
    )
    assert set(restes.to_series()) == {0}
    assert set(lignes["motive"]) == {"PA"}
    assert lignes["nature"].to_list() == [d[1] for d in H1_DECOMPTES]
    read_back("RCP", details)


def test_a_mirror_is_told_without_sign_of_days() -> None:
    """Its amounts are negative, its days are not, and its motive says so."""
    fonds = one().know("annulations", demande="R1", connu_le=date(2026, 9, 15))
    publies = fonds.play(date(2026, 9, 16))
    details = compute_rcp(publies.decomptes, publies.lignes, PERSONNES)
    assert details["50"].sort("gross").select("motive", "days", "gross").rows() == [
        ("AN", 1200, -142_480), ("PA", 1200, 142_480),
    ]  # fmt: skip
    read_back("RCP", details)
    droits = DROITS.with_columns(exercice=2026 + pl.int_range(pl.len(), dtype=pl.Int64))
    read_back("DEC", compute_dec(publies.decomptes, publies.lignes, droits, PERSONNES))
