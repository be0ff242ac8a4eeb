"""Reports on our debits before they are settled: pain.002.001.10.

Only what is refused (RJCT) brings a row, of no amount since no money moved: the whole file, a whole
batch (`OrgnlPmtInfId`), or one debit (`OrgnlEndToEndId`).
"""

from __future__ import annotations

from typing import Any

from parsers.banque.document import Document, Element, parse_jour
from parsers.banque.mouvements import LOT, MESSAGE, OPERATION, REJET, known
from parsers.banque.releve import MAXIMUM_CODE
from specs.banque import read_codes_motifs

REFUSE = "RJCT"
STATUTS = frozenset(
    {"ACCC", "ACCP", "ACSC", "ACSP", "ACTC", "ACWC", "PART", "PDNG", "RCVD", REFUSE}
)
MESSAGE_ORIGINE = "pain.008"


def read_statut(document: Document) -> list[dict[str, Any]]:
    """What is refused (columns of SCHEMA_MOUVEMENTS but fichier)."""
    document.required(document.corps, "GrpHdr/MsgId")
    creation = document.required(document.corps, "GrpHdr/CreDtTm")
    jour = parse_jour(creation)
    if creation and jour is None:
        document.say("B004", document.corps, "GrpHdr/CreDtTm", valeur=creation, attendu="date")
    refus = _refused(document)
    if jour is None:
        return []
    commun = {
        "message": document.message.nom,
        "date_operation": jour,
        "date_valeur": jour,
        "version": document.message.version,
        "montant_centimes": 0,
        "montant_brut_centimes": 0,
        "frais_centimes": 0,
        "nature": REJET,
        "extourne": False,
        "statut": REFUSE,
    }
    return [{"rang": rang, **commun, **ligne} for rang, ligne in enumerate(refus, 1)]


def _refused(document: Document) -> list[dict[str, Any]]:
    """The whole file, or what is refused in it."""
    origine = document.find(document.corps, "OrgnlGrpInfAndSts")
    if origine is None:
        document.say("B003", document.corps, "OrgnlGrpInfAndSts")
        return []
    fichier = document.identifier(origine, "OrgnlMsgId")
    if fichier is None:
        document.say("B003", origine, "OrgnlMsgId")
    message = document.required(origine, "OrgnlMsgNmId")
    if message and not message.startswith(MESSAGE_ORIGINE):
        document.say("B004", origine, "OrgnlMsgNmId", valeur=message, attendu=MESSAGE_ORIGINE)
    if _is_refused(document, origine, "GrpSts"):
        return [
            {
                "portee": MESSAGE,
                "message_origine": fichier,
                "remise": fichier,
                "code_motif": _reason(document, origine),
            }
        ]
    lots = document.find_all(document.corps, document.message.releve)
    return [
        {"message_origine": fichier, **refus}
        for lot in lots
        for refus in _refused_of_batch(document, lot)
    ]


def _refused_of_batch(document: Document, lot: Element) -> list[dict[str, Any]]:
    """The whole batch, or its debits that are refused."""
    remise = document.identifier(lot, "OrgnlPmtInfId")
    if remise is None:
        document.say("B003", lot, "OrgnlPmtInfId")
    transactions = document.find_all(lot, "TxInfAndSts")
    if _is_refused(document, lot, "PmtInfSts"):
        porteurs = [lot, *transactions]
        codes = [_reason(document, p) for p in porteurs if _has_reason(document, p)]
        return [{"portee": LOT, "remise": remise, "code_motif": codes[0] if codes else ""}]
    return [
        {
            "portee": OPERATION,
            "remise": remise,
            "bout_en_bout": known(document.identifier(transaction, "OrgnlEndToEndId")),
            "rum": document.identifier(transaction, "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId"),
            "code_motif": _reason(document, transaction),
        }
        for transaction in transactions
        if _is_refused(document, transaction, "TxSts") and _is_named(document, transaction)
    ]


def _is_refused(document: Document, element: Element, chemin: str) -> bool:
    statut = document.text(element, chemin)
    if statut is not None and statut not in STATUTS:
        document.say("B004", element, chemin, valeur=statut, attendu="RJCT, PART, ACCP…")
    return statut == REFUSE


def _is_named(document: Document, transaction: Element) -> bool:
    if document.text(transaction, "OrgnlEndToEndId") is None:
        document.say("B003", transaction, "OrgnlEndToEndId")
        return False
    return True


def _has_reason(document: Document, element: Element) -> bool:
    return bool(document.find_all(element, "StsRsnInf/Rsn"))


def _reason(document: Document, element: Element) -> str:
    """First reason given for a refusal; empty when the bank gives none."""
    raisons = document.find_all(element, "StsRsnInf/Rsn")
    code = ""
    if raisons:
        code = document.text(raisons[0], "Cd") or document.text(raisons[0], "Prtry") or ""
    if code not in read_codes_motifs():
        document.signal("B009", element, valeur=code[:MAXIMUM_CODE])
    return code[:MAXIMUM_CODE]
