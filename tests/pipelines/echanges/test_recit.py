"""A company's story with exchange files, told by its files: tests, then real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.xml import read_xml
from pipelines.nuit.passage import run_temps
from tests.conftest import SOIR
from tests.parsers.echanges.fabrique import DEMANDE, LIGNES, compose, write

if TYPE_CHECKING:
    from tests.conftest import Caisse

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
BOITE = "A09001"
pytestmark = [pytest.mark.nuit, pytest.mark.recit]


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows the company of the samples and its conventions.

    Its employee is in another shard than the company itself.
    """
    caisse = make_caisse(nombre_parts=5)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    return caisse


def answers(caisse: Caisse, debut: str = "") -> dict[str, Any]:
    """The answers in JSON of the company's folder, by name."""
    rendus = caisse.returned()
    return {
        nom.split("/")[-1].removesuffix(".json"): json.loads(octets)
        for nom, octets in rendus.items()
        if nom.startswith(f"{BOITE}/retour/{debut}") and nom.endswith(".json")
    }


def drop(caisse: Caisse, octets: bytes, mode: str, rang: int, genre: str = "DMC") -> None:
    """Drop a file in the company's box, under a name of its form."""
    caisse.drop(BOITE, f"{genre}_{mode}_0001234_20260401080000_{rang:04}.txt", octets)


def demande(file_id: str, mode: str = "R", fin_de_ligne: bytes = b"\n", **autres: Any) -> bytes:
    """A request of leave, in a file of this reference."""
    entete = {"mode": mode, "file_id": file_id, "created": "20260401080000"}
    tete = entete | {nom: autres.pop(nom) for nom in ("operation", "replaces") if nom in autres}
    lignes = [] if tete.get("operation") == "A" else [("20", DEMANDE | autres)]
    return write_fixe(compose("DMC", lignes, **tete), fin_de_ligne)


def test_an_exchange_file_from_its_first_test_to_its_cancellation(caisse: Caisse) -> None:
    """Each file has its three answers; only what is in force counts."""
    certificat = write("CERT", LIGNES["CERT"], mode="R", created="20260401080000")
    drop(caisse, certificat, "R", 20, "CERT")  # the employee is known
    faux = demande("F0", "T", pay_to="E")
    drop(caisse, faux, "T", 1)
    drop(caisse, demande("FZ", "T", surname="Durand"), "T", 12)
    caisse.pass_night(SOIR)
    dits = answers(caisse)
    assert dits["ACK_DMC_T_F0"]["a1"][0]["verdict"] == "RECU"
    assert [(e["field"], e["code"]) for e in dits["CRT_DMC_T_F0"]["c2"]] == [("PAY_TO", "D111")]
    assert dits["CRT_DMC_T_FZ"]["c2"][0]["correction"] == {
        "enregistrement": 2, "debut": 33, "longueur": 30, "texte": "DURAND".ljust(30),
    }  # fmt: skip
    assert dits["CRM_DMC_T_F0"]["m0"][0] | {"deposit_id": ""} == {
        "file_id": "F0", "deposit_id": "", "n_accepted": 0, "n_reserved": 0, "n_refused": 1,
    }  # fmt: skip
    for octets, mode, rang in ((demande("F1", "T"), "T", 2), (demande("F1"), "R", 3)):
        drop(caisse, octets, mode, rang)
        passage = caisse.passage(SOIR + timedelta(days=1, minutes=rang))
        run_temps(passage, passage.find_temps("recevoir"))
    caisse.pass_night(SOIR + timedelta(days=1, hours=3))
    dits = answers(caisse)
    crees = [dits[f"{genre}_DMC_R_F1"]["entete"]["created"] for genre in ("ACK", "CRT", "CRM")]
    assert crees == ["20260406220300", "20260406220300", "20260407010000"]
    for dit in ("m1", "m2"):
        assert dits["CRM_DMC_T_F1"][dit] == dits["CRM_DMC_R_F1"][dit]
    assert [dit["code"] for dit in dits["CRM_DMC_R_F1"]["m2"]] == ["D112"]
    jours = {"line_no": 2, "name": "JOURS", "unit": "CJ", "declared": 1_100, "computed": 1_100}
    assert dits["CRM_DMC_R_F1"]["m3"] == [jours | {"trace_id": "R1"}]
    # The real one, that came after the test, is what the company has once the night is over.
    assert dits["CRM_DMC_T_F1"]["m3"] == [jours | {"present": 1_100, "trace_id": "R1"}]
    lignes = caisse.read("lignes_echange").filter(nature="DMC")
    assert lignes.select("cle", "mode", "verdict").rows() == [("R1", "R", "ACCEPTEE_RESERVE")]
    caisse.drop(BOITE, "DMC_R_0001234_20260402080000_0009.txt", demande("F1"))
    drop(caisse, demande("F1", fin_de_ligne=b"\r\n"), "R", 4)
    drop(caisse, demande("F2", operation="R", replaces="F1", days=1000), "R", 5)
    drop(caisse, demande("F3", operation="R", replaces="F1"), "R", 6)
    drop(caisse, demande("F4"), "R", 7)
    caisse.pass_night(SOIR + timedelta(days=2))
    etats = {nom[-8:-4]: depot.etat for nom, depot in caisse.journal().items()}
    assert {rang: etats[rang] for rang in ("0003", "0004", "0005", "0006", "0007", "0009")} == {
        "0003": "REMPLACE", "0004": "NON_CONFORME", "0005": "INTEGRE", "0006": "NON_CONFORME",
        "0007": "INTEGRE", "0009": "DOUBLON",
    }  # fmt: skip
    assert refusals(caisse) == {"CRT_DMC_R_F1": ["F006"], "CRT_DMC_R_F3": ["F011"]}
    assert verdicts(caisse) == [
        ("R1", "REMPLACEE", "D00000007"), ("R1", "ACCEPTEE_RESERVE", None), ("R1", "REFUSEE", None),
    ]  # fmt: skip
    assert answers(caisse)["CRM_DMC_R_F4"]["m2"][0]["code"] == "D114"
    drop(caisse, demande("F5", operation="A", replaces="F2"), "R", 10)
    drop(caisse, demande("F6", operation="A", replaces="F2"), "R", 11)
    caisse.pass_night(SOIR + timedelta(days=3))
    assert caisse.journal()["DMC_R_0001234_20260401080000_0005.txt"].etat == "ANNULE"
    assert refusals(caisse)["CRT_DMC_R_F6"] == ["F011"]
    etats = [verdict for _, verdict, _ in verdicts(caisse)]
    assert etats == ["REMPLACEE", "ANNULEE", "ACCEPTEE_RESERVE"]
    assert answers(caisse)["CRM_DMC_R_F4"]["m1"][0]["verdict"] == "V"
    (demande_tenue,) = caisse.read("demandes_conges").select("etat", "jours_centiemes").rows()
    assert demande_tenue == ("ACCEPTEE", 1_100)
    assert_no_test(caisse)


def test_a_refused_line_takes_no_key(caisse: Caisse) -> None:
    """RE-11: an employee of nobody, then the right one under the same key; once accepted, no more.

    In test mode likewise: what a real file would be answered.
    """
    certificat = write("CERT", LIGNES["CERT"], mode="R", created="20260401080000")
    drop(caisse, certificat, "R", 20, "CERT")
    drop(caisse, demande("G1", req_id="R7", matricule="M999"), "R", 1)
    caisse.pass_night(SOIR)
    (refus,) = answers(caisse)["CRM_DMC_R_G1"]["m2"]
    assert (refus["code"], refus["severity"]) == ("D107", "B")
    drop(caisse, demande("G2", req_id="R7"), "R", 2)
    drop(caisse, demande("G3", req_id="R7"), "R", 3)
    drop(caisse, demande("G4", "T", req_id="R7"), "T", 4)
    caisse.pass_night(SOIR + timedelta(days=1))
    dits = {
        nom: [dit["code"] for dit in answers(caisse)[f"CRM_DMC_{nom}"]["m2"]]
        for nom in ("R_G2", "R_G3", "T_G4")
    }
    assert dits == {"R_G2": ["D112"], "R_G3": ["D114"], "T_G4": ["D114"]}


def refusals(caisse: Caisse) -> dict[str, list[str]]:
    """Codes of the files that were refused whole, by the name of their report."""
    return {
        nom: [erreur["code"] for erreur in dit["c2"]]
        for nom, dit in answers(caisse, "CRT").items()
        if dit["c1"][0]["verdict"] == "NON CONFORME"
    }


def verdicts(caisse: Caisse) -> list[tuple[str, str, str | None]]:
    """What became of the lines: key, verdict, deposit that took the place of theirs."""
    lignes = caisse.read("lignes_echange").filter(nature="DMC")
    return list(lignes.select("cle", "verdict", "remplace_par").iter_rows())


def assert_no_test(caisse: Caisse) -> None:
    """No row of a test reaches a published table, but as the draft that it is."""
    essais = {depot.depot for depot in caisse.journal().values() if depot.essai}
    brouillons = caisse.read("echeances").filter(origine="ARI_ESSAI")
    assert set(brouillons["depot"]) <= essais
    for table in caisse.versions().keys() - {"echeances"}:
        lignes = caisse.read(table)
        if "depot" in lignes.columns:
            assert not essais & set(lignes["depot"])


def test_an_answer_has_the_form_of_the_file_and_says_what_to_put_right(caisse: Caisse) -> None:
    """XML is answered in XML, that can be read back; a fault of form comes with its correction."""
    tete = {"mode": "T", "created": "20260116100000"}
    arrets = write_xml(compose("ARI", LIGNES["ARI"], **tete))
    caisse.drop(BOITE, "ARI_T_0001234_20260116100000_0001.xml", arrets)
    sans_fin = demande("F9", "T")[:-1]
    drop(caisse, sans_fin, "T", 2)
    caisse.pass_night(SOIR)
    rendus = {nom.split("/")[-1]: octets for nom, octets in caisse.returned().items()}
    for genre in ("ACK", "CRT", "CRM"):
        octets = rendus[f"{genre}_ARI_T_ARI-2026-0001.xml"]
        assert read_xml(0, octets).anomalies.is_empty()
    (ligne,) = answers(caisse)["CRM_ARI_T_ARI-2026-0001"]["m1"]
    # Nobody declared this employee, two months after the day.
    assert (ligne["line_no"], ligne["key"], ligne["verdict"]) == (4, "D1", "R")
    (erreur,) = answers(caisse)["CRT_DMC_T_F9"]["c2"]
    assert (erreur["code"], erreur["record_no"]) == ("F003", 3)
    assert erreur["correction"] == {
        "enregistrement": 3, "debut": 321, "longueur": 0, "texte": "\n",
    }  # fmt: skip
