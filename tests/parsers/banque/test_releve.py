"""Statements and advices of the bank: movements to the cent, and what is wrong said."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from parsers.banque.lecteur import read_banque
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS, compose_texte
from sample_files.generateur.banque import Ligne, write_releve
from specs.caisse import read_caisse

VIREMENT = Ligne(
    123_456,
    reference="appel C900101-202603-01",
    reference_banque="BQ-1",
    bout_en_bout="NOTPROVIDED",
    iban="FR1420041010050500013M02606",
    nom="TRAVAUX  DU VAL",
)
LOT = (
    Ligne(20_000, "PRELEVEMENT", bout_en_bout="P1", rum="RUM-1", remise="PRLV-1-B"),
    Ligne(30_050, "PRELEVEMENT", bout_en_bout="P2", rum="RUM-2", remise="PRLV-1-B"),
)
RETOUR = Ligne(
    -20_000, "RETOUR", bout_en_bout="P1", rum="RUM-1", code="AM04", jour=date(2026, 4, 30)
)
FRAIS = Ligne(-1_200, "AUTRE", reference="frais de tenue de compte")
TOUT = (VIREMENT, LOT, RETOUR, FRAIS)
MONTANTS = [123_456, 20_000, 30_050, -20_000, -1_200]


def codes(octets: bytes) -> list[tuple[str, str | None]]:
    """Code and variant of each anomaly."""
    return read_banque(0, octets).anomalies.select("code", "variante").rows()


def altered(avant: str, apres: str, ecritures: tuple[object, ...] = TOUT) -> bytes:
    """The good statement with one text changed, the first time it stands."""
    octets = write_releve(ecritures)  # type: ignore[arg-type]
    assert avant.encode() in octets
    return octets.replace(avant.encode(), apres.encode(), 1)


@pytest.mark.parametrize("message", ["camt.053", "camt.054"])
def test_each_detail_is_a_movement(message: str) -> None:
    """An entry of two debits gives two movements; signs, dates and references are those written."""
    lecture = read_banque(7, write_releve(TOUT, message))
    assert lecture.version == f"{message}.001.08"
    assert lecture.anomalies.is_empty()
    assert lecture.mouvements.schema == SCHEMA_MOUVEMENTS
    colonnes = ("rang", "montant_centimes", "nature", "bout_en_bout", "rum", "remise", "code_motif")
    assert lecture.mouvements.select(colonnes).rows() == [
        (1, 123_456, "VIREMENT", None, None, None, None),
        (2, 20_000, "PRELEVEMENT", "P1", "RUM-1", "PRLV-1-B", None),
        (3, 30_050, "PRELEVEMENT", "P2", "RUM-2", "PRLV-1-B", None),
        (4, -20_000, "RETOUR", "P1", "RUM-1", None, "AM04"),
        (5, -1_200, "AUTRE", None, None, None, None),
    ]
    assert lecture.mouvements["date_operation"].to_list()[3] == date(2026, 4, 30)
    assert lecture.mouvements["iban_tiers"][0] == VIREMENT.iban
    assert lecture.mouvements["reference_banque"][0] == "BQ-1"
    assert lecture.mouvements["nom_masque"].to_list() == ["TRA… D… VA…", None, None, None, None]


def test_a_batch_without_details_is_one_movement() -> None:
    """Debits credited at once, told by their batch alone, keep the reference of the batch."""
    octets = altered("<TxDtls>", "<Btch>", (Ligne(50_050, "PRELEVEMENT", remise="PRLV-1-B"),))
    octets = (
        octets.replace(b"</TxDtls>", b"</Btch>").replace(b"<Refs>", b"").replace(b"</Refs>", b"")
    )
    octets = octets.replace(b"<NtryDtls>", b"<NtryDtls>", 1).replace(b"BBDD", b"ESDD")
    mouvements = read_banque(0, octets).mouvements
    assert mouvements.select("montant_centimes", "nature", "remise", "bout_en_bout").rows() == [
        (50_050, "PRELEVEMENT", "PRLV-1-B", None)
    ]


@pytest.mark.parametrize(
    ("ligne", "nature"),
    [
        (Ligne(100, nature=None), "VIREMENT"),
        (Ligne(100, nature=None, rum="RUM-1"), "PRELEVEMENT"),
        (Ligne(-100, nature=None, code="MD01"), "RETOUR"),
        (Ligne(-100, nature=None), "AUTRE"),
        (Ligne(-100, nature="VIREMENT"), "AUTRE"),
    ],
)
def test_without_a_code_the_sign_and_the_references_tell(ligne: Ligne, nature: str) -> None:
    """Banks that give their own codes are read by what the entry refers to."""
    assert read_banque(0, write_releve([ligne])).mouvements["nature"].to_list() == [nature]


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [
        ("1234.56", "1 234,56", "B004"),
        ("<Cd>BOOK</Cd>", "<Cd>BOOKED</Cd>", "B012"),
        ("CRDT</CdtDbtInd>\n        <Sts>", "</CdtDbtInd>\n        <Sts>", "B003"),
        ("<BookgDt>\n          <Dt>2026-04-28", "<BookgDt>\n          <Dt>28/04/2026", "B004"),
    ],
)
def test_a_file_that_its_schema_forbids_is_refused_for_what_the_fund_needs(
    avant: str, apres: str, attendu: str
) -> None:
    """An amount, a sign, a status or a day that cannot be: the bank must send the file again."""
    anomalies = read_banque(0, altered(avant, apres)).anomalies
    assert "B013" in anomalies["code"].to_list()
    assert anomalies.filter(severite="bloquante")["code"].to_list() == [attendu]


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ("<MsgId>RELEVE-1</MsgId>", ""),
        ("<AcctSvcrRef>BQ-1<", f"<AcctSvcrRef>{'B' * 40}<"),
        ("<Cd>PMNT</Cd>", "<Cd>PAIEMENTS</Cd>"),
    ],
)
def test_a_file_that_its_schema_forbids_is_read_for_the_rest(avant: str, apres: str) -> None:
    """What the fund does not need may be wrong: said, and every movement is there."""
    lecture = read_banque(0, altered(avant, apres))
    assert lecture.anomalies.select("code", "severite").unique().rows() == [("B013", "signal")]
    assert lecture.mouvements["montant_centimes"].to_list() == MONTANTS


@pytest.mark.parametrize(
    ("avant", "apres", "code", "perdus"),
    [
        ('<Amt Ccy="EUR">1234.56</Amt>', '<Amt Ccy="USD">1234.56</Amt>', "B005", 1),
        (">1234.56<", ">1234.567<", "B004", 1),
        ("<Dt>2026-04-28</Dt>\n        </BookgDt>", "<Dt>1999-04-28</Dt></BookgDt>", "B004", 1),
        ("<NbOfNtries>4<", "<NbOfNtries>5<", "B006", 0),
        ("<Sum>1735.06<", "<Sum>1735.07<", "B006", 0),
    ],
)
def test_an_oddity_leaves_its_entry_aside_and_no_other(
    avant: str, apres: str, code: str, perdus: int
) -> None:
    """What a schema allows never refuses the file: dollars, a third decimal, a strange total."""
    lecture = read_banque(0, altered(avant, apres))
    assert lecture.anomalies.select("code", "severite").rows() == [(code, "signal")]
    assert lecture.mouvements["montant_centimes"].to_list() == MONTANTS[perdus:]


def test_entries_must_explain_the_balances() -> None:
    """A statement that lost an entry says that its closing balance is not explained."""
    octets = write_releve(TOUT)
    debut = octets.index(b"<Ntry>")
    fin = octets.index(b"</Ntry>") + len(b"</Ntry>")
    assert ("B006", "solde") in codes(octets[:debut] + octets[fin:])


def test_details_must_add_up_to_their_entry() -> None:
    """An entry whose details do not make its amount is one movement, of its batch."""
    lecture = read_banque(0, altered(">300.50<", ">300.51<"))
    assert lecture.anomalies.select("code", "variante").rows() == [("B006", "detail")]
    entier = lecture.mouvements.row(1, named=True)
    assert (entier["montant_centimes"], entier["portee"]) == (50_050, "LOT")
    assert (entier["remise"], entier["bout_en_bout"], entier["rum"]) == ("PRLV-1-B", None, None)


def test_the_account_must_be_the_fund_s() -> None:
    """A file without any statement of the fund is refused; another account beside is left."""
    compte = read_caisse().creancier.iban
    assert codes(altered(compte, "FR1420041010050500013M02606")) == [("B008", None)]
    octets = write_releve(TOUT)
    debut, fin = octets.index(b"<Stmt>"), octets.index(b"</Stmt>") + len(b"</Stmt>")
    autre = octets[debut:fin].replace(compte.encode(), b"FR1420041010050500013M02606")
    lecture = read_banque(0, octets[:debut] + 3 * autre + octets[debut:fin] + octets[fin:])
    anomalies = lecture.anomalies.select("code", "severite", "nombre").rows()
    assert anomalies == [("B008", "signal", 3)]
    assert lecture.mouvements["montant_centimes"].to_list() == MONTANTS


def test_an_entry_that_is_not_booked_is_left() -> None:
    """A pending entry brings no movement, and is told as a remark."""
    lecture = read_banque(0, write_releve([VIREMENT, Ligne(500, statut="PDNG")]))
    assert lecture.mouvements["montant_centimes"].to_list() == [123_456]
    assert lecture.anomalies.select("code", "severite").rows() == [("B012", "signal")]


def test_an_unlisted_reason_is_told() -> None:
    """A reason of return that the fund does not list is read, with a remark."""
    lecture = read_banque(0, write_releve([Ligne(-5, "RETOUR", code="ZZ99")]))
    assert lecture.mouvements["code_motif"].to_list() == ["ZZ99"]
    assert lecture.anomalies.select("code", "severite").rows() == [("B009", "signal")]


def test_no_account_number_stays_in_a_text() -> None:
    """An account written in the text of a transfer is removed; a reference of call is not."""
    texte = (
        "de FR76 3000 6000 0112 3456 7890 189 pour C900101-202603-01 FR7630006000011234567890189"
    )
    assert compose_texte([texte]) == "de (compte) pour C900101-202603-01 (compte)"


def test_blanks_and_prefixes_change_nothing() -> None:
    """A document whose namespace has a prefix says the same."""
    octets = write_releve(TOUT).decode()
    prefixe = octets.replace("<", "<b:").replace("<b:/", "</b:").replace("<b:?xml", "<?xml")
    prefixe = prefixe.replace("xmlns=", "xmlns:b=")
    lues = [read_banque(0, texte.encode()).mouvements for texte in (octets, prefixe)]
    assert lues[0].equals(lues[1])
    assert lues[0].height == 5
    assert isinstance(lues[0], pl.DataFrame)
