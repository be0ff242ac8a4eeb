"""Who deposited: the owner of a file is a user of the company, whose rights are its file's."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.echanges.hors_droits import refuse_lignes
from pipelines.echanges.regles.droits import DROITS
from tests.conftest import BONS, SOIR
from tests.parsers.echanges.fabrique import LIGNES, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Caisse

BOITE, CHANTIER = "A09001", "A09001-CHANTIER"
FICHIER = {"fichier": pl.UInt32}
DROITS_O_C1 = pl.DataFrame([("D1", "O", "C1")], DROITS, orient="row")
CENTRES = pl.DataFrame({"siret": ["1", "2"], "cdg": ["C1", "C2"]})


def answer(caisse: Caisse, nom: str) -> dict[str, Any]:
    """An answer of the box, in JSON."""
    lu: dict[str, Any] = json.loads((caisse.box(BOITE, "retour") / f"{nom}.json").read_bytes())
    return lu


def test_a_user_deposits_within_its_rights(
    make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site enters the days of its workers alone; the rest is refused, told where."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    monkeypatch.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_name=CHANTIER.lower()))
    autre = {"matricule": "M002", "surname": "MARTIN", "category": "E"}
    lignes = [
        (code, champs | {"n_workers": 2} if code == "30" else champs)
        for code, champs in LIGNES["ARI"]
    ]
    lignes += [
        (code, champs | {nom: v for nom, v in autre.items() if nom in champs})
        for code, champs in LIGNES["ARI"]
        if code != "30"
    ]
    arret = write("ARI", lignes, mode="R", created="20260120080000")
    caisse.drop(BOITE, "ARI_R_0001234_20260120080000_0001.txt", arret)
    conges = write("DMC", LIGNES["DMC"], mode="R", created="20260120080000")
    caisse.drop(BOITE, "DMC_R_0001234_20260120080000_0001.txt", conges)
    caisse.pass_night(SOIR)
    assert {(d.utilisateur, d.nature, d.etat) for d in caisse.journal().values()} == {
        (CHANTIER, "ARI", "INTEGRE"),
        (CHANTIER, "DMC", "NON_CONFORME"),
    }
    crt = answer(caisse, "CRT_ARI_R_ARI-2026-0001")
    assert crt["c1"][0]["verdict"] == "CONFORME"
    refus = [e for e in crt["c2"] if e["code"] == "F007"]
    assert [(e["record_no"], e["record_type"], e["field"], e["value"]) for e in refus] == [
        (7, "31", "CATEGORY", "E")
    ]
    crm = answer(caisse, "CRM_ARI_R_ARI-2026-0001")
    assert {(m["line_no"], m["verdict"]) for m in crm["m1"]} >= {(7, "R")}
    assert [m["line_no"] for m in crm["m2"] if m["code"] == "F007"] == [7]
    (faute,) = answer(caisse, "CRT_DMC_R_DMC-2026-0001")["c2"]
    assert (faute["code"], faute["record_no"]) == ("F007", 1)
    assert caisse.read("depots")["utilisateur"].to_list() == [CHANTIER] * 2


def test_each_kind_says_the_category_and_the_centre_of_its_lines() -> None:
    """Certificates and wage returns too; a category left blank is all of them."""
    tables = {
        "certificats_lus": pl.DataFrame(
            {"fichier": [1, 1, 1], "rang": [2, 3, 4], "siret": ["1", "2", "inconnu"]}
            | {"category": ["O", "O", "C"]},
            schema_overrides=FICHIER,
        ),
        "releves_lus": pl.DataFrame(
            {"fichier": [2, 2], "rang": [2, 5], "siret": ["1", "1"]}, schema_overrides=FICHIER
        ),
        "bases_relevees": pl.DataFrame(
            {"fichier": [2, 2], "ligne": [2, 5], "category": ["O", None]},
            schema_overrides=FICHIER,
        ),
    }
    droits = pl.concat([DROITS_O_C1, DROITS_O_C1.with_columns(depot=pl.lit("D2"))])
    dites, refusees = refuse_lignes(tables, {"D1": 1, "D2": 2, "D3": 3}, droits, CENTRES)
    assert dites.select("fichier", "ligne", "bloc", "rubrique", "valeur").rows() == [
        (1, 3, "10", "SIRET", "C2"),
        (2, 5, "45", None, None),
    ]
    assert refusees.rows() == [(1, 3), (2, 5)]
    tous = droits.with_columns(categorie=pl.lit("*"), cdg=pl.lit("*"))
    assert all(f.is_empty() for f in refuse_lignes(tables, {"D1": 1, "D2": 2}, tous, CENTRES))
