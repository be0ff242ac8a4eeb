"""What the fund gave, as the history tells it: answers of tests apart, what became of all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from reporting.lecture import read_table
from specs.contrats import Lecteur
from warehouse.instants import format_instant
from warehouse.remises import Remise, record_posees

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, SIREN = "A80001", "800000010"
RCP = "RCP_R_0001234_20251201000000_0001.txt"


def told(frame: pl.DataFrame) -> set[tuple[object, ...]]:
    """Kind, deposit answered, publication, state of each file."""
    return set(frame.select("nature", "depot", "publication", "mode", "etat").rows())


def test_every_file_given_is_in_the_history(
    caisse: Caisse,
    soir: datetime,
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """Published with the night that owes it; taken or at its term, the next publication says it."""
    caisse.drop(ADHERENT, "a_reel.dsn", as_real(normale))
    caisse.drop(ADHERENT, "b_essai.dsn", normale)
    caisse.pass_night(soir)
    publies = caisse.read("fichiers_emis")
    assert set(publies["siren"]) == {SIREN}
    assert told(publies) == {
        ("ACK", "D00000001", None, "reel", "REMIS"),
        ("CONTROLE", "D00000001", None, "reel", "A_REMETTRE"),
        ("RAPPORT", "D00000001", 1, "reel", "A_REMETTRE"),
        *(
            (n, None, 1, None, "A_REMETTRE")
            for n in ("APPEL", "RELEVE", "RECAPITULATIF", "CERTIFICATS")
        ),
    }
    assert set(publies.filter(nature="APPEL")["cdg"]) == {"C8000101"}
    du_jour = read_table(caisse.maison, "fichiers_emis", lecteur=Lecteur.EXPLOITANT)
    assert set(du_jour["etat"]) == {"REMIS"}
    assert {(d, n) for n, d, _, mode, _ in told(du_jour) if mode == "essai"} == {
        ("D00000002", nature) for nature in ("ACK", "CONTROLE", "RAPPORT")
    }
    noms = {nom.split("/")[-1] for nom in caisse.returned()}
    assert set(du_jour["nom"]) == noms

    retour = caisse.box(ADHERENT, "retour")
    (retour / "RAPPORT_D00000001.pdf").unlink()
    (retour / RCP).write_bytes(b"")
    with caisse.maison.moteur.begin() as connexion:
        jadis = format_instant(soir - timedelta(days=91))
        record_posees(connexion, [Remise(ADHERENT, RCP, "0" * 64)], jadis)
    caisse.drop(ADHERENT, "c_corrige.dsn", as_real(remplace))
    caisse.pass_night(soir + timedelta(days=1))
    publies = caisse.read("fichiers_emis").filter(pl.col("publication").ne_missing(2))
    etats = {nom: etat for nom, etat in publies.select("nom", "etat").rows() if etat != "REMIS"}
    assert etats == {
        "RAPPORT_D00000001.pdf": "RETIRE",
        RCP: "EXPIRE",
        "CONTROLE_D00000003.xml": "A_REMETTRE",
    }
    assert "APPEL_C8000101-202603-01.pdf" in set(publies.filter(publication=1)["nom"])
    assert not (retour / RCP).exists()
