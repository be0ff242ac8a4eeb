"""The file of direct debits handed to the bank: pain.008.001.08, written with lxml.

One batch (`PmtInf`) a scheme, day and sequence. Nothing comes from the clock or from chance: the
same debits give the same bytes. Texts are brought to the SEPA character set; addresses are
structured (the others are refused since November 2026). The file is checked against the schema of
ISO 20022 before it leaves. Why not sepaxml: docs/adr/0007.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby

from lxml import etree

from parsers.banque.valeurs import format_centimes
from specs.banque import ESPACE_ISO, PRELEVEMENTS, read_xsd
from specs.banque.texte import sepa_text, unwritable
from specs.caisse import Creancier

NOM_MAX, TEXTE_MAX, RUE_MAX, VILLE_MAX, CODE_POSTAL_MAX = 70, 140, 70, 35, 16
HEURE = "T20:00:00"
SANS_BIC, COMPTE_CHANGE = "NOTPROVIDED", "SMNDA"


class RemiseRefusee(RuntimeError):  # noqa: N818 - named in French
    """The file would not be valid: it is not handed over. The message quotes no value."""


@dataclass(frozen=True, slots=True)
class Prelevement:
    """One debit, with what only the registry knows; `iban` leaves for the bank and nowhere else.

    `lot` is its batch; `schema` is CORE or B2B; address fields are None when they are not known.
    """

    prelevement: str
    lot: str
    schema: str
    sequence: str
    date_echeance: date
    montant_centimes: int
    rum: str
    date_signature: date
    changement_compte: bool
    nom: str
    iban: str = ""
    bic: str | None = None
    rue: str | None = None
    code_postal: str | None = None
    ville: str | None = None
    pays: str | None = None
    texte: str = ""

    def __repr__(self) -> str:
        """Its identifier alone: no name or account in an exception."""
        return f"Prelevement({self.prelevement})"


def render_pain(
    remise: str, prelevements: Sequence[Prelevement], creancier: Creancier, date_arrete: date
) -> bytes:
    """The file `remise` with these debits, at least one; RemiseRefusee when it is not valid."""
    ordre = sorted(prelevements, key=lambda p: (p.lot, p.prelevement))
    racine = etree.Element("Document", xmlns=ESPACE_ISO + PRELEVEMENTS)
    corps = etree.SubElement(racine, "CstmrDrctDbtInitn")
    tete = etree.SubElement(corps, "GrpHdr")
    _fill(tete, {"MsgId": remise, "CreDtTm": f"{date_arrete}{HEURE}", **_totals(ordre)})
    _fill(tete, {"InitgPty/Nm": sepa_text(creancier.nom, NOM_MAX)})
    for lot, siens in groupby(ordre, key=lambda p: p.lot):
        _append_batch(corps, lot, list(siens), creancier)
    octets = etree.tostring(racine, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    check_pain(octets)
    return octets


def check_pain(octets: bytes) -> None:
    """Refuse (RemiseRefusee) a file that the schema of the message does not accept."""
    schema = _schema()
    if not schema.validate(etree.fromstring(octets)):
        lignes = sorted({erreur.line for erreur in schema.error_log})  # type: ignore[attr-defined]
        raise RemiseRefusee(f"fichier de prélèvements non conforme au schéma, lignes {lignes}")


def find_invalid(
    prelevements: Sequence[Prelevement], creancier: Creancier, date_arrete: date
) -> set[str]:
    """Debits that would make a file refused, each tried alone when all together are refused."""
    if _is_valid(prelevements, creancier, date_arrete):
        return set()
    return {p.prelevement for p in prelevements if not _is_valid([p], creancier, date_arrete)}


def _is_valid(prelevements: Sequence[Prelevement], creancier: Creancier, date_arrete: date) -> bool:
    try:
        render_pain("ESSAI", prelevements, creancier, date_arrete)
    except (RemiseRefusee, ValueError):  # ValueError: what XML itself can't hold
        return not prelevements
    return True


def _append_batch(
    corps: etree._Element, lot: str, prelevements: Sequence[Prelevement], creancier: Creancier
) -> None:
    premier = prelevements[0]
    bloc = etree.SubElement(corps, "PmtInf")
    _fill(bloc, {"PmtInfId": lot, "PmtMtd": "DD", "BtchBookg": "true", **_totals(prelevements)})
    _fill(
        bloc,
        {
            "PmtTpInf/SvcLvl/Cd": "SEPA",
            "PmtTpInf/LclInstrm/Cd": premier.schema,
            "PmtTpInf/SeqTp": premier.sequence,
            "ReqdColltnDt": str(premier.date_echeance),
            "Cdtr/Nm": sepa_text(creancier.nom, NOM_MAX),
        },
    )
    _append_address(
        bloc, "Cdtr", (creancier.rue, creancier.code_postal, creancier.ville, creancier.pays)
    )
    _fill(
        bloc,
        {
            "CdtrAcct/Id/IBAN": creancier.iban,
            "CdtrAgt/FinInstnId/Othr/Id": SANS_BIC,
            "ChrgBr": "SLEV",
            "CdtrSchmeId/Id/PrvtId/Othr/Id": creancier.ics,
            "CdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry": "SEPA",
        },
    )
    for prelevement in prelevements:
        _append_debit(bloc, prelevement)


def _append_debit(bloc: etree._Element, p: Prelevement) -> None:
    debit = etree.SubElement(bloc, "DrctDbtTxInf")
    _fill(debit, {"PmtId/EndToEndId": p.prelevement})
    montant = etree.SubElement(debit, "InstdAmt", Ccy="EUR")
    montant.text = format_centimes(p.montant_centimes)
    mandat = "DrctDbtTx/MndtRltdInf"
    _fill(debit, {f"{mandat}/MndtId": p.rum, f"{mandat}/DtOfSgntr": str(p.date_signature)})
    if p.changement_compte:
        compte = f"{mandat}/AmdmntInfDtls/OrgnlDbtrAcct/Id/Othr/Id"
        _fill(debit, {f"{mandat}/AmdmntInd": "true", compte: COMPTE_CHANGE})
    agent = "DbtrAgt/FinInstnId"
    _fill(debit, {f"{agent}/BICFI": p.bic} if p.bic else {f"{agent}/Othr/Id": SANS_BIC})
    _fill(debit, {"Dbtr/Nm": sepa_text(p.nom, NOM_MAX)})
    _append_address(debit, "Dbtr", (p.rue, p.code_postal, p.ville, p.pays))
    _fill(
        debit,
        {"DbtrAcct/Id/IBAN": p.iban, "RmtInf/Ustrd": sepa_text(p.texte, TEXTE_MAX)},
    )


def _append_address(parent: etree._Element, qui: str, adresse: Iterable[str | None]) -> None:
    """A structured address: nothing unless town and country are known and can be written."""
    rue, code_postal, ville, pays = adresse
    if not (ville and pays) or unwritable(f"{rue or ''}{ville}"):
        return
    champs = (
        ("StrtNm", rue, RUE_MAX),
        ("PstCd", code_postal, CODE_POSTAL_MAX),
        ("TwnNm", ville, VILLE_MAX),
        ("Ctry", pays, len(pays)),
    )
    textes = {f"{qui}/PstlAdr/{nom}": sepa_text(v, n) for nom, v, n in champs if v}
    _fill(parent, {chemin: texte for chemin, texte in textes.items() if texte})


def _totals(prelevements: Sequence[Prelevement]) -> dict[str, str]:
    total = sum(p.montant_centimes for p in prelevements)
    return {"NbOfTxs": str(len(prelevements)), "CtrlSum": format_centimes(total)}


def _fill(parent: etree._Element, textes: dict[str, str]) -> None:
    """Write each text at its path below `parent`; a path goes on from the last element made."""
    for chemin, texte in textes.items():
        element = parent
        for nom in chemin.split("/"):
            dernier = element[-1] if len(element) else None
            if dernier is None or dernier.tag != nom:
                dernier = etree.SubElement(element, nom)
            element = dernier
        element.text = texte


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(read_xsd()))
