"""Files of the bank come in as any deposit: their box, their states, their movements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from sample_files.generateur.banque import Ligne, write_releve, write_statut
from specs.caisse import read_caisse
from specs.fichiers import read_yaml

if TYPE_CHECKING:
    from tests.conftest import Caisse

BOITE = "BANQUE"
ENTREPRISE = "A80001"
IBAN = "FR1420041010050500013M02606"
COMPTE = read_caisse().creancier.iban.encode()
RELEVE = write_releve(
    [
        Ligne(12_345, reference=f"virement de {IBAN} C8000101-202603-01", iban=IBAN),
        Ligne(-5_000, "RETOUR", bout_en_bout="P1", code="AM04"),
    ]
)


def test_the_bank_has_its_box(caisse: Caisse) -> None:
    """The box of the bank is made with those of the companies."""
    assert read_yaml("specs", "caisse")["boite_banque"] == BOITE
    assert caisse.box(BOITE, "depot").is_dir()
    assert caisse.box(BOITE, "retour").is_dir()


def test_a_statement_is_integrated_and_its_movements_are_kept(caisse: Caisse) -> None:
    """A statement ends INTEGRE; the lake holds its movements without any account number."""
    caisse.drop(BOITE, "releve.xml", RELEVE)
    caisse.pass_night()
    depot = caisse.journal()["releve.xml"]
    assert (depot.etat, depot.version, depot.lignes) == ("INTEGRE", "camt.053.001.08", 2)
    mouvements = caisse.maison.lac.read("mouvements_banque").collect().sort("rang")
    assert mouvements["montant_centimes"].to_list() == [12_345, -5_000]
    assert mouvements["reference"].to_list() == ["virement de (compte) C8000101-202603-01", None]
    assert IBAN not in mouvements.write_csv()
    assert len(mouvements["compte_tiers"][0]) == 32


def test_the_same_statement_twice_is_a_double(caisse: Caisse) -> None:
    """A statement dropped again under another name is a DOUBLON and brings nothing."""
    for nom in ("releve.xml", "releve_bis.xml"):
        caisse.drop(BOITE, nom, RELEVE)
    caisse.pass_night()
    assert caisse.journal()["releve_bis.xml"].etat == "DOUBLON"
    assert caisse.maison.lac.read("mouvements_banque").collect().height == 2


@pytest.mark.parametrize(
    ("boite", "nom", "octets", "code", "etat"),
    [
        (ENTREPRISE, "releve.xml", RELEVE, "B010", "ILLISIBLE"),
        (BOITE, "mars.dsn", b"S10.G00.00.001,'x'\n", "B011", "ILLISIBLE"),
        (BOITE, "coupe.xml", RELEVE[:900], "B001", "ILLISIBLE"),
        (BOITE, "avril.zip", b"PK\x03\x04" + bytes(40), "B011", "ILLISIBLE"),
        (BOITE, "ailleurs.xml", RELEVE.replace(COMPTE, IBAN.encode()), "B008", "NON_CONFORME"),
        (BOITE, "dollar.xml", RELEVE.replace(b"EUR", b"USD"), "B005", "INTEGRE"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    caisse: Caisse, boite: str, nom: str, octets: bytes, code: str, etat: str
) -> None:
    """A file in another's box, cut, of another account, in dollars: nothing taken, and why."""
    caisse.drop(boite, nom, octets)
    caisse.pass_night()
    depot = caisse.journal()[nom]
    assert depot.etat == etat
    assert code in caisse.read("anomalies")["code"].to_list()
    assert caisse.maison.lac.read("mouvements_banque").collect().is_empty()
    rapport = (caisse.box(boite, "retour") / f"RAPPORT_{depot.depot}.xml").read_bytes()
    assert code.encode() in rapport


def test_a_report_to_the_bank_s_box_keeps_its_form(caisse: Caisse) -> None:
    """The report of a bank deposit is valid against the schema of every report."""
    caisse.drop(BOITE, "rejets.xml", write_statut("PRLV-1", groupe="RJCT", code="ZZ99"))
    caisse.pass_night()
    depot = caisse.journal()["rejets.xml"]
    rapport = etree.fromstring(
        (caisse.box(BOITE, "retour") / f"RAPPORT_{depot.depot}.xml").read_bytes()
    )
    schema = etree.XMLSchema(etree.parse("specs/xsd/rapport.xsd"))
    schema.assertValid(rapport)
    assert b"B009" in etree.tostring(rapport)


def test_a_statement_is_complete_when_its_root_is_closed(caisse: Caisse, soir: datetime) -> None:
    """Without a digest, a statement still arriving waits; whole, it is taken at once."""
    depot = caisse.box(BOITE, "depot") / "releve.xml"
    depot.write_bytes(RELEVE[:-20])
    assert [vu.nom for vu in caisse.receive(soir).attente] == ["releve.xml"]
    depot.write_bytes(RELEVE)
    assert [d.nom for d in caisse.receive(soir + timedelta(seconds=1)).depots] == ["releve.xml"]
