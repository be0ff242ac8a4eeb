"""Any message that its schema allows is read: five hundred a run, drawn from the schemas."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import etree

from parsers.banque.lecteur import LectureBanque, read_banque
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from sample_files.generateur.hasard import stream
from sample_files.generateur.messages import MessageValide
from specs.banque import ESPACE_ISO, Message, read_messages
from specs.caisse import read_caisse

PAR_SCHEMA = 63
SCHEMAS = [(m, v) for m in read_messages().values() for v in m.schemas]
NOMS = [f"{m.nom}.{v:02}" for m, v in SCHEMAS]


def test_five_hundred_messages_are_drawn() -> None:
    """The number of messages of a run."""
    assert PAR_SCHEMA * len(SCHEMAS) >= 500


@pytest.mark.parametrize(("message", "version"), SCHEMAS, ids=NOMS)
def test_a_message_that_its_schema_allows_is_read(message: Message, version: int) -> None:
    """None is refused, and the money of a statement is what a plain reading of it finds."""
    schema = etree.XMLSchema(etree.fromstring(message.read_schema(version)))
    mouvements = 0
    for graine in range(PAR_SCHEMA):
        octets = MessageValide(message.nom, version, stream(graine, message.nom)).octets()
        racine = etree.fromstring(octets)
        schema.assertValid(racine)
        lecture = read_banque(0, octets)
        assert lecture.version is not None, graine
        refus = lecture.anomalies.filter(severite="bloquante")
        assert refus.is_empty(), (graine, refus.rows())
        assert "B013" not in lecture.anomalies["code"], graine
        assert lecture.mouvements.schema == SCHEMA_MOUVEMENTS
        if message.detail:
            _check_money(lecture, racine, f"{{{ESPACE_ISO}{message.nom}.001.{version:02}}}")
        mouvements += lecture.mouvements.height
    assert mouvements > 5


def _check_money(lecture: LectureBanque, racine: etree._Element, ns: str) -> None:
    """Booked entries in euros of the fund's account, added up without the reader."""
    total = Decimal(0)
    iban = read_caisse().creancier.iban
    for compte in racine.iter(f"{ns}Acct"):
        if compte.findtext(f"{ns}Id/{ns}IBAN") != iban or compte.getparent() is None:
            continue
        for entree in compte.getparent().iterchildren(f"{ns}Ntry"):
            montant = entree.find(f"{ns}Amt")
            statut = entree.find(f"{ns}Sts")
            lu = (statut.findtext(f"{ns}Cd") if len(statut) else statut.text) or ""
            if montant.get("Ccy") == "EUR" and lu.strip() == "BOOK":
                credit = entree.findtext(f"{ns}CdtDbtInd") == "CRDT"
                total += Decimal(montant.text.strip()) * (1 if credit else -1)
    assert lecture.mouvements["montant_centimes"].sum() == total * 100
    assert (
        lecture.mouvements["montant_centimes"]
        == lecture.mouvements["montant_brut_centimes"] - lecture.mouvements["frais_centimes"]
    ).all()
