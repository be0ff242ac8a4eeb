"""Statements and advices of the bank: camt.053.001.08, camt.054.001.08.

An entry (`Ntry`) with details brings one movement a detail (`TxDtls`), else one for the whole (a
batch of debits credited at once). Totals that the message announces must be those of its entries.
Source: ISO 20022; EPC recommendation on customer reporting.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from parsers.banque.document import (
    CREDIT,
    DEBIT,
    SENS,
    Document,
    Element,
    format_centimes,
    texts,
)
from parsers.banque.mouvements import (
    AUTRE,
    LOT,
    OPERATION,
    PRELEVEMENT,
    RETOUR,
    VIREMENT,
    compose_reference,
    known,
    mask_nom,
)
from specs.banque import read_codes_motifs, read_operations
from specs.caisse import read_caisse

COMPTABILISEE = "BOOK"
NON_COMPTABILISEES = frozenset({"PDNG", "INFO", "FUTR"})
OUVERTURE, CLOTURE = ("OPBD", "PRCD"), ("CLBD",)
MAXIMUM_CODE = 4


class Ecriture(NamedTuple):
    """What an entry says for all its details."""

    element: Element
    montant: int
    operation: date
    valeur: date


def read_releve(document: Document) -> list[dict[str, Any]]:
    """Movements of every statement of the message (columns of SCHEMA_MOUVEMENTS but fichier)."""
    document.required(document.corps, "GrpHdr/MsgId")
    releves = document.find_all(document.corps, document.message.releve)
    if not releves:
        document.say("B003", document.corps, document.message.releve)
    lignes = [ligne for releve in releves for ligne in _read_one(document, releve)]
    message = {"message": document.message.nom, "version": document.message.version}
    return [{"rang": rang, **message, **ligne} for rang, ligne in enumerate(lignes, 1)]


def _read_one(document: Document, releve: Element) -> list[dict[str, Any]]:
    compte = _compact(document.text(releve, "Acct/Id/IBAN"))
    if compte != read_caisse().creancier.iban:
        document.say("B008", releve, "Acct/Id/IBAN")
    lignes: list[dict[str, Any]] = []
    comptabilises: list[int | None] = []
    annonces: list[int | None] = []
    for element in document.find_all(releve, "Ntry"):
        montant = _signed(document, element)
        annonces.append(montant)
        if _is_booked(document, element):
            comptabilises.append(montant)
            lignes += _read_entry(document, element, montant)
    # What could not be read has been said: the totals that it makes false would say it again.
    if None not in annonces:
        _check_summary(document, releve, [m for m in annonces if m is not None])
        _check_balances(document, releve, sum(m for m in comptabilises if m is not None))
    return lignes


def _compact(iban: str | None) -> str | None:
    """An account number as machines write it."""
    return iban.replace(" ", "").upper() if iban else None


def _signed(document: Document, element: Element) -> int | None:
    """Signed cents of an entry or of a balance; None when missing or wrong, which is said."""
    for chemin in ("Amt", "CdtDbtInd"):
        document.required(element, chemin)
    montant, sens = document.centimes(element, "Amt"), document.sign(element)
    return None if montant is None or sens is None else montant * sens


def _is_booked(document: Document, element: Element) -> bool:
    statut = document.required(element, "Sts/Cd")
    if statut in NON_COMPTABILISEES:
        document.signal("B012", element)
    elif statut not in {COMPTABILISEE, ""}:
        document.say("B004", element, "Sts/Cd", valeur=statut, attendu=COMPTABILISEE)
    return statut == COMPTABILISEE


def _read_entry(document: Document, element: Element, montant: int | None) -> list[dict[str, Any]]:
    """One movement a detail; what the details say must add up to the entry."""
    operation = document.day(element, "BookgDt")
    if operation is None and not document.find_all(element, "BookgDt"):
        document.say("B003", element, "BookgDt")
    if operation is None or montant is None:
        return []
    ecriture = Ecriture(element, montant, operation, document.day(element, "ValDt") or operation)
    details = _details(document, element)
    montants = [_detail_amount(document, d, ecriture, seul=len(details) == 1) for d in details]
    lus = [m for m in montants if m is not None]
    if details and len(lus) == len(montants) and sum(lus) != montant:
        lu, calcule = format_centimes(montant), format_centimes(sum(lus))
        document.say("B006", element, "NtryDtls", variante="detail", valeur=lu, attendu=calcule)
    if not details:
        return [_movement(document, ecriture, element, montant)]
    return [
        _movement(document, ecriture, detail, sien)
        for detail, sien in zip(details, montants, strict=True)
        if sien is not None
    ]


def _details(document: Document, element: Element) -> list[Element]:
    """Transactions of an entry; a batch without transactions stands for itself."""
    details: list[Element] = []
    for groupe in document.find_all(element, "NtryDtls"):
        transactions = document.find_all(groupe, "TxDtls")
        details += transactions or document.find_all(groupe, "Btch")
    return details


def _detail_amount(
    document: Document, detail: Element, ecriture: Ecriture, *, seul: bool
) -> int | None:
    """Signed cents of a detail, which are those of its entry when it stands alone without any.

    None when missing or wrong, which is said.
    """
    chemin = next(
        (c for c in ("Amt", "TtlAmt", "AmtDtls/TxAmt/Amt") if document.find_all(detail, c)), None
    )
    if chemin is None:
        if not seul:
            document.say("B003", detail, "Amt")
        return ecriture.montant if seul else None
    montant = document.centimes(detail, chemin)
    sens = document.sign(detail) or (1 if ecriture.montant >= 0 else -1)
    return None if montant is None else montant * sens


def _movement(
    document: Document, ecriture: Ecriture, detail: Element, montant: int
) -> dict[str, Any]:
    code = _return_reason(document, detail)
    rum = known(document.identifier(detail, "Refs/MndtId"))
    remise = known(
        document.identifier(detail, "Refs/PmtInfId")
        or document.identifier(detail, "PmtInfId")
        or document.identifier(ecriture.element, "NtryDtls/Btch/PmtInfId")
    )
    return {
        "date_operation": ecriture.operation,
        "date_valeur": ecriture.valeur,
        "montant_centimes": montant,
        "montant_brut_centimes": montant,
        "frais_centimes": 0,
        "extourne": document.text(ecriture.element, "RvslInd") in {"true", "1"},
        "statut": COMPTABILISEE,
        "portee": OPERATION if document.find_all(detail, "Refs") else LOT if remise else OPERATION,
        "message_origine": known(document.identifier(detail, "MsgId")),
        "instruction": known(document.identifier(detail, "Refs/InstrId")),
        "transaction": known(document.identifier(detail, "Refs/TxId")),
        "reference_ecriture": known(document.identifier(ecriture.element, "AcctSvcrRef")),
        "reference_detail": known(document.identifier(detail, "Refs/AcctSvcrRef")),
        "nature": _nature(document, ecriture, detail, montant, debit=bool(rum or remise)),
        "bout_en_bout": known(document.identifier(detail, "Refs/EndToEndId")),
        "rum": rum,
        "remise": remise,
        "reference_banque": known(
            document.identifier(detail, "Refs/AcctSvcrRef")
            or document.identifier(ecriture.element, "AcctSvcrRef")
        ),
        "iban_tiers": _compact(document.text(detail, "RltdPties/DbtrAcct/Id/IBAN")),
        "nom_masque": mask_nom(document.text(detail, "RltdPties/Dbtr/Pty/Nm")),
        "reference": compose_reference(_remittance(document, detail)),
        "code_motif": code,
    }


def _remittance(document: Document, detail: Element) -> list[str]:
    """Free text, then structured references of a detail."""
    chemins = ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/AddtlRmtInf")
    return [t for chemin in chemins for t in texts(document.find_all(detail, chemin))]


def _return_reason(document: Document, detail: Element) -> str | None:
    """Code of the reason of a return, None when it is not one."""
    raison = document.find(detail, "RtrInf")
    if raison is None:
        return None
    code = document.text(raison, "Rsn/Cd") or document.text(raison, "Rsn/Prtry") or ""
    if code not in read_codes_motifs():
        document.signal("B009", raison, valeur=code[:MAXIMUM_CODE])
    return code[:MAXIMUM_CODE]


def _nature(
    document: Document, ecriture: Ecriture, detail: Element, montant: int, *, debit: bool
) -> str:
    """What the movement is: by its bank code, else by its sign and what it refers to."""
    sens = CREDIT if montant >= 0 else DEBIT
    if SENS[sens] < 0 and document.find_all(detail, "RtrInf"):
        return RETOUR
    famille, sous_famille = _family(document, detail, ecriture.element)
    for operation in read_operations():
        memes = (operation.famille, operation.sens) == (famille, sens)
        if memes and operation.sous_famille in {None, sous_famille}:
            return operation.nature
    if famille is not None or sens == DEBIT:
        return AUTRE
    return PRELEVEMENT if debit else VIREMENT


def _family(document: Document, *elements: Element) -> tuple[str | None, str | None]:
    """Family and sub-family of the first element that tells them."""
    for element in elements:
        famille = document.text(element, "BkTxCd/Domn/Fmly/Cd")
        if famille is not None:
            return famille, document.text(element, "BkTxCd/Domn/Fmly/SubFmlyCd")
    return None, None


def _check_summary(document: Document, releve: Element, montants: list[int]) -> None:
    """Numbers and sums of `TxsSummry`, those that are given."""
    credits_ = [m for m in montants if m > 0]
    debits = [-m for m in montants if m < 0]
    for bloc, siens in (
        ("TtlNtries", credits_ + debits),
        ("TtlCdtNtries", credits_),
        ("TtlDbtNtries", debits),
    ):
        nombre = document.text(releve, f"TxsSummry/{bloc}/NbOfNtries")
        somme = document.plain_centimes(releve, f"TxsSummry/{bloc}/Sum")
        compte = str(len(montants) if bloc == "TtlNtries" else len(siens))
        if nombre is not None and nombre.lstrip("0").rjust(1, "0") != compte:
            _say_total(document, releve, f"{bloc}/NbOfNtries", nombre, compte)
        if somme is not None and somme != sum(siens):
            lu, calcule = format_centimes(somme), format_centimes(sum(siens))
            _say_total(document, releve, f"{bloc}/Sum", lu, calcule)


def _say_total(document: Document, releve: Element, chemin: str, lu: str, calcule: str) -> None:
    document.say("B006", releve, f"TxsSummry/{chemin}", valeur=lu, attendu=calcule)


def _check_balances(document: Document, releve: Element, total: int) -> None:
    """Opening balance + entries = closing balance, when the statement gives both."""
    soldes: dict[str, int] = {}
    for solde in document.find_all(releve, "Bal"):
        montant = _signed(document, solde)
        type_ = document.required(solde, "Tp/CdOrPrtry/Cd")
        if montant is not None:
            soldes.setdefault(type_, montant)
    ouverture = next((soldes[t] for t in OUVERTURE if t in soldes), None)
    cloture = next((soldes[t] for t in CLOTURE if t in soldes), None)
    if ouverture is None or cloture is None or ouverture + total == cloture:
        return
    lu, calcule = format_centimes(cloture), format_centimes(ouverture + total)
    document.say("B006", releve, variante="solde", valeur=lu, attendu=calcule)
