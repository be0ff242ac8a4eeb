"""An accountant whose mandate is for the accounts alone: wage returns, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.conftest import BONS, SOIR
from tests.parsers.echanges.fabrique import BASE, DEMANDE, RELEVE, write

if TYPE_CHECKING:
    from tests.conftest import Caisse

BUREAU, SIREN, SIRET = "CABINET-02", "800000010", "80000001000010"
MANDAT = f"mandataire;siren;service;debut\n{BUREAU};{SIREN};comptabilite;2026-03-01\n"
TETE = {"mode": "R", "convention": "0080001", "siren": SIREN, "created": "20260404080000"}
pytestmark = pytest.mark.nuit


def test_a_mandate_for_the_accounts_deposits_wage_returns_only(
    make_caisse: Callable[..., Caisse], normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """Its return counts and is called; its request of leave is refused, its DSN waits (CP-04)."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    caisse.learn(MANDAT.encode())
    cle = {"siret": SIRET, "month": "2026-02"}
    lignes = [("45", RELEVE | cle), ("46", BASE | cle | {"att_month": "2026-02", "base": 480_000})]
    releve = write("TDP", lignes, **TETE)
    caisse.drop(BUREAU, "TDP_R_0080001_20260404080000_0001.txt", releve)
    demande = write("DMC", [("20", DEMANDE)], **TETE)
    caisse.drop(BUREAU, "DMC_R_0080001_20260404080000_0001.txt", demande)
    caisse.drop(BUREAU, "mars.dsn", as_real(normale))
    caisse.pass_night(SOIR)
    etats = caisse.read("depots").select("adherent", "nature", "etat").rows()
    assert set(etats) == {
        (BUREAU, "TDP", "INTEGRE"),
        (BUREAU, "DMC", "NON_CONFORME"),
        (BUREAU, "DSN", "EN_ATTENTE"),
    }
    assert caisse.read("declarations").select("statut", "motif").rows() == [("EN_ATTENTE", "CP-04")]
    (releve_lu,) = caisse.read("releves_tdp").select("statut", "motif", "mois_appel").rows()
    assert releve_lu == ("RETENUE", None, "2026-02")
    appels = caisse.read("lignes_appel").filter(cotisation="CP")
    assert appels.select("mois_appel", pl.col("base_centimes")).rows() == [("2026-02", 480_000)]
    rendus = {chemin.name for chemin in caisse.box(BUREAU, "retour").iterdir()}
    assert {"CRM_TDP_R_TDP-2026-0001.txt", "CRT_DMC_R_DMC-2026-0001.txt"} <= rendus
    crm = json.loads((caisse.box(BUREAU, "retour") / "CRM_TDP_R_TDP-2026-0001.json").read_bytes())
    assert (crm["m1"][0]["verdict"], crm.get("m2")) == ("A", None)
    crt = json.loads((caisse.box(BUREAU, "retour") / "CRT_DMC_R_DMC-2026-0001.json").read_bytes())
    assert [e["code"] for e in crt["c2"]] == ["F007"]
