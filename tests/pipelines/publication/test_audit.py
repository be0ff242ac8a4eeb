"""The audit: what is lost or altered between files and calls refuses the publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.publication.audit import AuditRefuse, audit
from specs.contrats import read_contrat, schema_polars
from warehouse.lac import Lac

if TYPE_CHECKING:
    from tests.conftest import Caisse

FACTURE = {
    "part": 0,
    "facture": "FRAC-1",
    "rang": 1,
    "siren": "800000010",
    "siret": "80000001000010",
    "cdg": "C8000101",
    "mois_appel": "2026-03",
    "mois_rattachement": "2026-02",
    "salarie": "0" * 32,
    "montant_centimes": 11_869,
}
UN = pl.lit(1, pl.Int64)
ALTERATIONS: dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "une déclaration perdue": ("declarations", lambda f: f.head(0), "déclarations"),
    "une base perdue": (
        "bases",
        lambda f: f.filter(pl.col("quantite") != -12_000),
        "bases",
    ),
    "un appel qui n'est pas la somme de ses lignes": (
        "appels",
        lambda f: f.with_columns(pl.col("montant_centimes") + UN),
        "montants des appels",
    ),
    "une base brute qui n'est pas celle des DSN": (
        "lignes_appel",
        lambda f: f.with_columns(pl.col("base_brute_centimes") + UN),
        "assiettes appelées",
    ),
    "des heures qui ne sont pas celles des DSN": (
        "lignes_appel",
        lambda f: f.with_columns(pl.col("heures_centiemes") + UN),
        "assiettes appelées",
    ),
    "un abattement qui ne donne pas le montant": (
        "lignes_appel",
        lambda f: f.with_columns(pl.col("abattement_centimes") - 100_000),
        "montants des lignes",
    ),
    "un cumul qui n'est pas celui des lignes": (
        "cumuls_cotisations",
        lambda f: f.with_columns(pl.col("assiette_centimes") + UN),
        "cumuls",
    ),
    "une facture sans base": (
        "factures_fractionnement",
        lambda _: pl.DataFrame([FACTURE], schema_polars(read_contrat("factures_fractionnement"))),
        "factures",
    ),
}


def test_what_is_altered_or_lost_is_refused(
    caisse: Caisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """Each alteration of one table is named by its reconciliation; put right, the audit passes."""
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    caisse.pass_night()
    lac: Lac = caisse.maison.lac
    assert audit(caisse.maison).appels == 1
    for table, alter, quoi in ALTERATIONS.values():
        intacte = lac.read(table).collect()
        lac.write(table, alter(intacte), None)
        with pytest.raises(AuditRefuse, match=f"audit refusé : {quoi}, "):
            audit(caisse.maison)
        lac.write(table, intacte, None)
    assert audit(caisse.maison).appels == 1


def test_an_invoice_of_fractionnement_days_is_called(
    caisse: Caisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """What the leave work leaves in the lake is on the call of its month, and reconciles."""
    part = int(FACTURE["siren"]) % caisse.maison.reglages.nombre_parts
    facture = pl.DataFrame(
        [FACTURE | {"part": part}], schema_polars(read_contrat("factures_fractionnement"))
    )
    caisse.maison.lac.write("factures_fractionnement", facture, {"part": part})
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    caisse.pass_night()
    lignes = caisse.read("lignes_appel").filter(pl.col("cotisation") == "FRAC")
    assert lignes.select("mois_rattachement", "base_centimes", "montant_centimes").rows() == [
        ("2026-02", 11_869, 11_869)
    ]
    assert audit(caisse.maison).appels == 1
