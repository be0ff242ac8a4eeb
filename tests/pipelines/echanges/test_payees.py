"""A file whose leave was paid is neither replaced nor cancelled; its lines are, one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.echanges import payees
from tests.conftest import BONS, SOIR
from tests.parsers.echanges.fabrique import DEMANDE, LIGNES, write
from tests.pipelines.echanges.test_recit import answers, drop, refusals

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.nuit


def requests(file_id: str, *demandes: str, **entete: Any) -> bytes:
    """A real file of requests under these keys, each a week after the one before."""
    lignes = [
        ("20", DEMANDE | {"req_id": cle} | {nom: DEMANDE[nom] + n * timedelta(28) for nom in DATES})
        for n, cle in enumerate(demandes)
    ]
    return write("DMC", lignes, mode="R", created="20260401080000", file_id=file_id, **entete)


DATES = ("from", "to", "resume")


def test_a_file_that_was_paid_stays(
    make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """X-04: each paid line is told; the file goes on being in force."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    certificat = write("CERT", LIGNES["CERT"], mode="R", created="20260401080000")
    drop(caisse, certificat, "R", 1, "CERT")
    drop(caisse, requests("F1", "R1", "R2", "R3"), "R", 2)
    caisse.pass_night(SOIR)
    paye = pl.when(pl.col("demande") != "R2").then(pl.lit("PAYEE")).otherwise("etat")
    demandes = caisse.read("demandes_conges").with_columns(paye.alias("etat"))
    assert demandes.height == 3
    monkeypatch.setattr(payees, "read_table_publiee", lambda *_: demandes.lazy())
    drop(caisse, requests("F2", "R4", operation="R", replaces="F1"), "R", 3)
    drop(caisse, requests("F3", operation="A", replaces="F1"), "R", 4)
    caisse.pass_night(SOIR + timedelta(days=1))
    assert refusals(caisse) == {"CRT_DMC_R_F2": ["F011"] * 2, "CRT_DMC_R_F3": ["F011"] * 2}
    dites = answers(caisse)["CRT_DMC_R_F2"]["c2"]
    assert [(dit["field"], dit["value"]) for dit in dites] == [
        ("REPLACES", "R1"),
        ("REPLACES", "R3"),
    ]
    assert caisse.journal()["DMC_R_0001234_20260401080000_0002.txt"].etat == "INTEGRE"
