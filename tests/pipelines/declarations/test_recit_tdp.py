"""A month told by a wage return, then by its DSN: told by files, as the company lives it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from typer.testing import CliRunner

from cli.application import application
from parsers.echanges.ecriture import write_fixe
from pipelines.explications.demandes import Demande, explain
from pipelines.metiers import METIERS
from sample_files.generateur.entreprises import compute_siret
from specs.montants import round_half_away
from tests.conftest import BONS
from tests.parsers.echanges.fabrique import BASE, RELEVE, compose, spoil
from tests.parsers.echanges.test_cas_publics import sealed
from tests.pipelines.echanges.test_recit import assert_no_test

if TYPE_CHECKING:
    from tests.conftest import Caisse

BOITE, SIREN, SIRET, CDG = "A80001", "800000010", "80000001000010", "C8000101"
INCONNU = compute_siret(SIREN, 9)
NUITS = [datetime(2026, 4, jour, 20, tzinfo=UTC) for jour in (4, 5, 20)]
FEVRIER, MARS = f"{CDG}-202602-01", f"{CDG}-202603-01"
ECHEANCE = date(2026, 4, 27)  # the 25th is a Saturday
pytestmark = pytest.mark.nuit


def releve(mois: str, *bases: dict[str, Any], **autres: Any) -> list[tuple[str, dict[str, Any]]]:
    """A return of this month and its bases."""
    cle = {"siret": autres.pop("siret", SIRET), "month": mois}
    tete = ("45", RELEVE | cle | autres)
    return [tete, *(("46", BASE | cle | {"att_month": mois} | base) for base in bases)]


def drop(
    caisse: Caisse,
    file_id: str,
    mode: str,
    lignes: list[Any],
    abime: tuple[int, bytes] | None = None,
    **entete: Any,
) -> None:
    """Drop a file of the company; `abime`: a record, and what its zone BASE holds instead."""
    tete = {"mode": mode, "convention": "0080001", "siren": SIREN, "file_id": file_id}
    fichier = compose("TDP", lignes, **tete | {"created": "20260404080000"} | entete)
    nom = f"TDP_{mode}_0080001_20260404080000_{int(file_id[1:]):04}.txt"
    octets = write_fixe(fichier)
    if abime:
        octets = sealed(spoil(octets, "TDP", abime[0], "BASE", abime[1]))
    caisse.drop(BOITE, nom, octets)


def report(caisse: Caisse, nom: str, genre: str = "CRM") -> dict[str, Any]:
    """The business report of a file, or another answer: records by code."""
    rendus = caisse.returned()
    rendu: dict[str, Any] = json.loads(rendus[f"{BOITE}/retour/{genre}_TDP_{nom}.json"])
    return rendu


def assert_re_07(caisse: Caisse) -> None:
    """RE-07: an amount that is no amount refuses its line, not its file; its place is told."""
    dit = report(caisse, "R_F5", "CRT")
    assert (dit["c1"][0]["verdict"], dit["c1"][0]["n_errors"]) == ("CONFORME", 1)
    place = {"record_no": 4, "field": "BASE", "start": 32, "length": 13, "code": "F013"}
    assert place.items() <= dit["c2"][0].items()
    assert told(caisse, "R_F5") == ("R", ["F013"])
    assert "2026-04" not in caisse.read("releves_tdp")["mois_appel"].to_list()


def orphans(caisse: Caisse, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """SIRET that an officer is asked to make known."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    lus = CliRunner().invoke(application, ["registre", "orphelins"]).stdout.splitlines()
    return [ligne["siret"] for ligne in csv.DictReader(lus, delimiter=";")]


def told(caisse: Caisse, nom: str) -> tuple[str, list[str]]:
    """Verdict of the one line of a file, and the codes that it bears."""
    rendu = report(caisse, nom)
    return rendu["m1"][0]["verdict"], [dit["code"] for dit in rendu.get("m2", [])]


def values(caisse: Caisse, nom: str) -> dict[str, tuple[int | None, int, int | None]]:
    """Declared, computed and present values of the one line of a file, by name."""
    dites = report(caisse, nom)["m3"]
    return {v["name"]: (v.get("declared"), v["computed"], v.get("present")) for v in dites}


def called(caisse: Caisse, mois: str) -> list[tuple[str, int]]:
    """Calls of a month with the amount of their lines of paid leave."""
    lignes = caisse.read("lignes_appel").filter(mois_appel=mois, cotisation="CP")
    sommes = lignes.group_by("appel").agg(pl.col("montant_centimes").sum())
    return list(sommes.sort("appel").iter_rows())


MARS_TDP = releve(
    "2026-03",
    {"base": 480_000},
    {"base": -12_000, "att_month": "2026-02"},
    {"base": 480_000, "base_code": "34"},
    hours_temp=1_000,
)


def test_a_wage_return_then_its_dsn(
    make_caisse: Callable[..., Caisse],
    monkeypatch: pytest.MonkeyPatch,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """The return is called and debited as it asks; the DSN wins when it comes, by difference."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    drop(caisse, "T1", "T", MARS_TDP)
    caisse.pass_night(NUITS[0])
    assert told(caisse, "T_T1") == ("A", [])
    dites = values(caisse, "T_T1")
    assert dites["BASE_20"] == (468_000, 468_000, None)
    assert dites["BASE_024"] == (1_000, 1_000, None)
    assert dites["CP"] == (None, 98_280, None)  # 21 % of 4,680.00
    assert caisse.read("bases").is_empty()

    drop(caisse, "T2", "T", releve("2026-03", {"base": 999_999}))
    drop(caisse, "F1", "R", MARS_TDP)
    drop(caisse, "F2", "R", releve("2026-02", {"base": 100_000}, pay="N"))
    drop(caisse, "F3", "R", releve("2026-03", {"base": 100_000}, siret=INCONNU))
    fausse = releve("2026-04", {"base": 480_000}, {"att_month": "2026-02", "base": 0})
    drop(caisse, "F5", "R", fausse, abime=(4, b"000000000000-"))
    caisse.pass_night(NUITS[1])
    assert values(caisse, "R_F1") == dites
    assert told(caisse, "R_F3") == ("V", ["TD-004"])
    assert caisse.read("bases").select("source", "statut").unique().sort("statut").rows() == [
        ("TDP", "EN_ATTENTE"),
        ("TDP", "RETENUE"),
    ]
    assert_re_07(caisse)
    assert orphans(caisse, monkeypatch) == [INCONNU]
    assert called(caisse, "2026-03") == [(MARS, 98_280)]
    assert caisse.read("appels").select("appel", "telepaiement").rows() == [
        (FEVRIER, False),
        (MARS, True),
    ]
    explication = explain(caisse.maison, Demande(f"{MARS}/2026-03/CP"), METIERS)
    texte = " ".join(explication.phrases)
    assert "4\u202f800,00\u202f€ par télédéclaration de paie (TDP)" in texte
    assert explication.ecarts == ()

    caisse.drop(BOITE, "mars.dsn", as_real(normale))
    drop(caisse, "F4", "R", [], operation="A", replaces="F2")
    drop(caisse, "T3", "T", MARS_TDP)
    caisse.pass_night(NUITS[2])
    assert told(caisse, "R_F1") == told(caisse, "T_T3") == ("V", ["TD-001"])
    dsn = caisse.read("bases").filter(source="DSN", code_base="20")
    assert sum(montant for _, montant in called(caisse, "2026-03")) == round_half_away(
        dsn.filter(mois_rattachement="2026-03")["quantite"].sum() * 21, 100
    ) + round_half_away(dsn.filter(mois_rattachement="2026-02")["quantite"].sum() * 21, 100)
    assert called(caisse, "2026-02") == [(FEVRIER, 21_000), (f"{CDG}-202602-02", -21_000)]
    releves = caisse.read("releves_tdp").select("siret", "statut", "motif").rows()
    assert releves == [(SIRET, "ECARTEE", "TD-001"), (INCONNU, "EN_ATTENTE", "TD-004")]
    debits = caisse.read("prelevements").select("date_echeance", "reference_paiement").rows()
    assert debits == [(ECHEANCE, MARS)]
    assert_no_test(caisse)
