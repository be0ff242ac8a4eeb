"""An account told after the fund has ordered a payment on another one: RP-02, from files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.nuit.parts import open_part
from pipelines.salaries import comptes
from specs.contrats import read_contrat, schema_polars
from tests.conftest import BONS, SOIR
from tests.parsers.echanges.fabrique import LIGNES, write

if TYPE_CHECKING:
    from tests.conftest import Caisse

EFFECTIVE, PAYE_LE = date(2026, 9, 1), date(2026, 9, 5)
pytestmark = pytest.mark.nuit


@pytest.fixture(scope="module")
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that has published the account of an employee."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    for genre in ("CERT", "RIB"):
        octets = write(genre, LIGNES[genre], mode="R", created="20260401080000")
        caisse.drop("A09001", f"{genre}_R_0001234_20260401080000_0001.txt", octets)
    caisse.pass_night(SOIR)
    return caisse


def serve(caisse: Caisse) -> tuple[date, list[str]]:
    """First day of the account that a night gives, and the codes told of its line."""
    part = open_part(caisse.maison, 0, SOIR.date())
    tables = comptes.prepare_comptes(caisse.maison, part, SOIR.date()).produce().tables
    return tables["comptes_salaries"]["debut"].item(), tables["constats_rib"]["code"].to_list()


@pytest.mark.parametrize(
    ("compte", "etat", "attendu"),
    [
        ("autre", "EMIS", (date(2026, 9, 6), ["RB-003"])),
        ("autre", "PAYE", (date(2026, 9, 6), ["RB-003"])),
        ("autre", "RETO", (EFFECTIVE, [])),
        (None, "PAYE", (EFFECTIVE, [])),
    ],
)
def test_a_payment_moves_the_accounts_told_after_it(
    caisse: Caisse,
    monkeypatch: pytest.MonkeyPatch,
    compte: str | None,
    etat: str,
    attendu: tuple[date, list[str]],
) -> None:
    """Of another account, that the bank did not return; an account of a former night stays."""
    (connu,) = caisse.read("comptes_salaries").to_dicts()
    paiement = {"salarie": connu["salarie"], "etat": etat, "date_execution": PAYE_LE}
    paiement |= {"compte_credite": compte or connu["compte"]}
    comptes_dits, paiements = (
        schema_polars(read_contrat(table)) for table in ("comptes_salaries", "reglements")
    )
    lus = {
        "comptes_salaries": pl.DataFrame(schema=comptes_dits),
        "reglements": pl.DataFrame([paiement], paiements),
    }

    def publiee(_maison: Any, table: str) -> pl.LazyFrame:
        return lus[table].lazy()

    monkeypatch.setattr(comptes, "read_table_publiee", publiee)
    assert serve(caisse) == attendu
    lus["comptes_salaries"] = pl.DataFrame([connu], comptes_dits)
    assert serve(caisse) == (EFFECTIVE, [])
