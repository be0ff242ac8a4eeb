"""A double has the answers of the file that it repeats, again, and hears what took its place."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.nuit.passage import plan_temps, run_temps
from tests.conftest import BONS, SOIR
from tests.parsers.echanges.fabrique import DEMANDE, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.conftest import Caisse

BOITE = "A09001"
HEURE = timedelta(hours=1)


def demande(file_id: str, **entete: str) -> bytes:
    """A real request of leave of this reference."""
    tete = {"mode": "R", "file_id": file_id, "created": "20260401080000"} | entete
    lignes = [] if tete.get("operation") == "A" else [("20", DEMANDE)]
    return write("DMC", lignes, **tete)


def scan(caisse: Caisse, instant: datetime, rang: int, octets: bytes, suffixe: str = "") -> str:
    """Drop a file, then a scan of the day: received, controlled, handed over; its state."""
    nom = f"DMC_R_0001234_20260401080000_{rang:04}.txt{suffixe}"
    caisse.drop(BOITE, nom, octets)
    passage = caisse.passage(instant)
    for tache in map(passage.find_temps, ("recevoir", "controler", "remettre")):
        for argument in plan_temps(passage, tache) if tache.plans else [None]:
            run_temps(passage, tache, argument)
    return caisse.journal()[nom].etat


def returned(caisse: Caisse) -> dict[str, bytes]:
    """The files of the folder of answers, which is then emptied."""
    retour = caisse.box(BOITE, "retour")
    vus = {chemin.name: chemin.read_bytes() for chemin in retour.iterdir()}
    for chemin in retour.iterdir():
        chemin.unlink()
    return vus


def read(vus: dict[str, bytes], nom: str) -> dict[str, Any]:
    """An answer in JSON."""
    lu: dict[str, Any] = json.loads(vus[f"{nom}_DMC_R_F1.json"])
    return lu


@pytest.mark.parametrize("operation", ["R", "A"])
def test_a_double_is_answered_as_its_original(
    make_caisse: Callable[..., Caisse], operation: str
) -> None:
    """Seen by the reception (same bytes) or by the control (compressed): the very bytes, again."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    caisse.drop(BOITE, "DMC_R_0001234_20260401080000_0001.txt", demande("F1"))
    caisse.pass_night(SOIR)
    dites = returned(caisse)
    redites = {nom for nom in dites if nom.startswith(("CRT_", "CRM_"))}
    assert redites == {f"{n}_DMC_R_F1.{forme}" for n in ("CRT", "CRM") for forme in ("txt", "json")}
    compresse = gzip.compress(demande("F1"), mtime=0)
    for rang, octets, suffixe in ((2, demande("F1"), ""), (3, compresse, ".gz")):
        assert scan(caisse, SOIR + rang * HEURE, rang, octets, suffixe) == "DOUBLON"
        vus = returned(caisse)
        assert read(vus, "ACK")["a1"][0]["verdict"] == "DOUBLON"
        assert {nom: vus[nom] for nom in redites} == {nom: dites[nom] for nom in redites}
    suite = demande("F2", operation=operation, replaces="F1")
    assert scan(caisse, SOIR + 4 * HEURE, 4, suite) == "CONFORME"
    returned(caisse)
    autre = gzip.compress(demande("F1"), 1, mtime=1)
    for rang, octets, suffixe in ((5, demande("F1"), ""), (6, autre, ".gz")):
        assert scan(caisse, SOIR + rang * HEURE, rang, octets, suffixe) == "DOUBLON"
        vus = returned(caisse)
        crt, avant = read(vus, "CRT"), read(dites, "CRT")
        (signal,) = crt["c2"]
        assert (signal["record_no"], signal["code"], signal["severity"], signal["value"]) == (
            0, "F011", "S", "F2",
        )  # fmt: skip
        assert crt["c1"] == [avant["c1"][0] | {"n_signals": 1}]
        assert crt["entete"] == avant["entete"]
        lignes = vus["CRT_DMC_R_F1.txt"].splitlines()
        assert lignes[2].startswith(b"C2000000")
        assert b"F2" in lignes[2]
        assert vus["CRM_DMC_R_F1.json"] == dites["CRM_DMC_R_F1.json"]
