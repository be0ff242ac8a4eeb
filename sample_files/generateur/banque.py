"""Files of a synthetic bank: statements, advices, reports on debits (ISO 20022).

In the versions of 2019 when nothing is said; what a version writes elsewhere is in `_rewrite`.

octets = write_releve([Ligne(20_000, reference="C900101-202603-01", reference_banque="B1")])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from specs.banque import ESPACE_ISO, PRELEVEMENTS
from specs.caisse import read_caisse

JOUR = date(2026, 4, 28)
RELEVES = {"camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}
FAMILLES = {
    "VIREMENT": ("RCDT", "ESCT"),
    "PRELEVEMENT": ("IDDT", "BBDD"),
    "RETOUR": ("IDDT", "UPDD"),
    "AUTRE": ("MDOP", "CHRG"),
    "VIREMENT_EMIS": ("ICDT", "ESCT"),
    "VIREMENT_REVENU": ("ICDT", "RRTN"),
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """One movement; `centimes` is signed, `nature` gives its bank code (None: no code)."""

    centimes: int
    nature: str | None = "VIREMENT"
    jour: date = JOUR
    bout_en_bout: str | None = None
    rum: str | None = None
    remise: str | None = None
    reference: str | None = None
    reference_banque: str | None = None
    iban: str | None = None
    nom: str | None = None
    code: str | None = None
    devise: str = "EUR"
    statut: str = "BOOK"


Ecriture = Ligne | Sequence[Ligne]


def write_releve(
    ecritures: Sequence[Ecriture],
    message: str = "camt.053",
    ouverture: int = 1_000_000,
    numero: str = "RELEVE-1",
    version: int = 8,
) -> bytes:
    """A statement or an advice; several lines together are the details of one entry."""
    corps, releve = RELEVES[message]
    racine = _root(f"{message}.001.{version:02}")
    tete = etree.SubElement(_path(racine, corps), "GrpHdr")
    _fill(tete, {"MsgId": numero, "CreDtTm": f"{JOUR}T21:00:00"})
    bloc = etree.SubElement(racine[0], releve)
    creation = f"{JOUR}T21:00:00"
    compte = read_caisse().creancier.iban
    _fill(bloc, {"Id": numero, "CreDtTm": creation, "Acct/Id/IBAN": compte})
    montants = [_total(ecriture) for ecriture in ecritures]
    if message == "camt.053":
        _append_balance(bloc, "OPBD", ouverture)
        _append_balance(bloc, "CLBD", ouverture + sum(map(_booked, ecritures)))
    _fill(bloc, {"TxsSummry/TtlNtries/NbOfNtries": str(len(montants))})
    _fill(bloc, {"TxsSummry/TtlCdtNtries/Sum": _decimal(sum(m for m in montants if m > 0))})
    for ecriture in ecritures:
        _append_entry(bloc, ecriture)
    _rewrite(racine, version)
    return _encode(racine)


def _rewrite(racine: etree._Element, version: int) -> None:
    """Write as versions before .08 do: statuses and parties plain, amounts of .02 in `AmtDtls`."""
    if version >= 7:  # noqa: PLR2004 - the first version of these forms
        return
    for statut in racine.iter("Sts"):
        statut.text = statut[0].text
        del statut[0]
    for parent in [partie.getparent() for partie in racine.iter("Pty")]:
        if parent is not None:
            parent[:] = list(parent[0])
    if version == 2:  # noqa: PLR2004 - the only one without `Amt` in a detail
        for detail in racine.iter("TxDtls"):
            _nest_amount(detail)


def _nest_amount(detail: etree._Element) -> None:
    enfants = []
    for enfant in detail:
        if enfant.tag == "Amt":
            operation = etree.Element("AmtDtls")
            etree.SubElement(operation, "TxAmt").append(enfant)
            enfants.append(operation)
        elif enfant.tag != "CdtDbtInd":
            enfants.append(enfant)
    detail[:] = enfants


def write_statut(
    origine: str,
    lots: Sequence[tuple[str, str | None, Sequence[tuple[str, str]]]] = (),
    groupe: str | None = None,
    code: str = "AM04",
    version: int = 10,
    ordres: str = PRELEVEMENTS,
) -> bytes:
    """A report on the file `origine`, a message `ordres`.

    `lots`: PmtInfId, status, refused orders (EndToEndId and code).
    """
    racine = _root(f"pain.002.001.{version:02}")
    corps = _path(racine, "CstmrPmtStsRpt")
    _fill(corps, {"GrpHdr/MsgId": f"CR-{origine}", "GrpHdr/CreDtTm": f"{JOUR}T08:00:00"})
    _fill(
        corps,
        {
            "OrgnlGrpInfAndSts/OrgnlMsgId": origine,
            "OrgnlGrpInfAndSts/OrgnlMsgNmId": ordres,
        },
    )
    if groupe is not None:
        _fill(corps, {"OrgnlGrpInfAndSts/GrpSts": groupe})
        _fill(corps, {"OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd": code})
    for remise, statut, refus in lots:
        lot = etree.SubElement(corps, "OrgnlPmtInfAndSts")
        _fill(lot, {"OrgnlPmtInfId": remise})
        if statut is not None:
            _fill(lot, {"PmtInfSts": statut, "StsRsnInf/Rsn/Cd": code})
        for bout_en_bout, motif in refus:
            transaction = etree.SubElement(lot, "TxInfAndSts")
            _fill(
                transaction,
                {
                    "OrgnlEndToEndId": bout_en_bout,
                    "TxSts": "RJCT",
                    "StsRsnInf/Rsn/Cd": motif,
                },
            )
    return _encode(racine)


def _total(ecriture: Ecriture) -> int:
    return ecriture.centimes if isinstance(ecriture, Ligne) else sum(x.centimes for x in ecriture)


def _booked(ecriture: Ecriture) -> int:
    """What an entry adds to the balance."""
    statut = ecriture.statut if isinstance(ecriture, Ligne) else ecriture[0].statut
    return _total(ecriture) if statut == "BOOK" else 0


def _append_balance(releve: etree._Element, type_: str, centimes: int) -> None:
    solde = etree.SubElement(releve, "Bal")
    _fill(solde, {"Tp/CdOrPrtry/Cd": type_})
    _append_amount(solde, centimes)
    _fill(solde, {"Dt/Dt": str(JOUR)})


def _append_entry(releve: etree._Element, ecriture: Ecriture) -> None:
    lignes = [ecriture] if isinstance(ecriture, Ligne) else list(ecriture)
    tete = lignes[0]
    entree = etree.SubElement(releve, "Ntry")
    _append_amount(entree, _total(ecriture), tete.devise)
    _fill(
        entree,
        {"Sts/Cd": tete.statut, "BookgDt/Dt": str(tete.jour), "ValDt/Dt": str(tete.jour)},
    )
    if len(lignes) == 1 and tete.reference_banque:
        _fill(entree, {"AcctSvcrRef": tete.reference_banque})
    if tete.nature in FAMILLES:
        famille, sous_famille = FAMILLES[tete.nature]
        domaine = "BkTxCd/Domn/Fmly"
        _fill(entree, {"BkTxCd/Domn/Cd": "PMNT", f"{domaine}/Cd": famille})
        _fill(entree, {f"{domaine}/SubFmlyCd": sous_famille})
    else:
        etree.SubElement(entree, "BkTxCd")  # the code is the bank's own: the element stays
    details = etree.SubElement(entree, "NtryDtls")
    for ligne in lignes:
        _append_detail(details, ligne, plusieurs=len(lignes) > 1)


def _append_detail(details: etree._Element, ligne: Ligne, *, plusieurs: bool) -> None:
    detail = etree.SubElement(details, "TxDtls")
    references = {
        "Refs/AcctSvcrRef": ligne.reference_banque if plusieurs else None,
        "Refs/PmtInfId": ligne.remise,
        "Refs/EndToEndId": ligne.bout_en_bout,
        "Refs/MndtId": ligne.rum,
    }
    _fill(detail, references)
    _append_amount(detail, ligne.centimes, ligne.devise)
    _fill(
        detail,
        {
            "RltdPties/Dbtr/Pty/Nm": ligne.nom,
            "RltdPties/DbtrAcct/Id/IBAN": ligne.iban,
            "RmtInf/Ustrd": ligne.reference,
            "RtrInf/Rsn/Cd": ligne.code,
        },
    )


def _append_amount(parent: etree._Element, centimes: int, devise: str = "EUR") -> None:
    montant = etree.SubElement(parent, "Amt", Ccy=devise)
    montant.text = _decimal(abs(centimes))
    _fill(parent, {"CdtDbtInd": "CRDT" if centimes >= 0 else "DBIT"})


def _decimal(centimes: int) -> str:
    return f"{centimes // 100}.{centimes % 100:02}"


def _fill(parent: etree._Element, textes: dict[str, str | None]) -> None:
    """Write each known text at its path, elements made as needed."""
    for chemin, texte in textes.items():
        if texte is not None:
            _path(parent, chemin).text = texte


def _path(parent: etree._Element, chemin: str) -> etree._Element:
    for nom in chemin.split("/"):
        dernier = parent[-1] if len(parent) else None
        if dernier is None or dernier.tag != nom:
            dernier = etree.SubElement(parent, nom)
        parent = dernier
    return parent


def _root(version: str) -> etree._Element:
    return etree.Element("Document", xmlns=ESPACE_ISO + version)


def _encode(racine: etree._Element) -> bytes:
    return etree.tostring(racine, xml_declaration=True, encoding="UTF-8", pretty_print=True)
