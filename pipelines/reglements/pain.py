"""The file of direct debits handed to the bank: pain.008.001.08, written with lxml.

One batch (`PmtInf`) a scheme, day and sequence. Nothing comes from the clock or from chance: the
same debits give the same bytes. Why not sepaxml: docs/adr/0007.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from parsers.banque.valeurs import format_centimes
from pipelines.reglements import sepa
from pipelines.reglements.sepa import (
    NOM_MAX,
    SANS_BIC,
    TEXTE_MAX,
    append_address,
    compute_totals,
    fill,
    render_ordres,
)
from specs.banque import PRELEVEMENTS
from specs.banque.texte import sepa_text
from specs.caisse import Creancier

COMPTE_CHANGE = "SMNDA"


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

    @property
    def identifiant(self) -> str:
        """Its end-to-end reference."""
        return self.prelevement

    def __repr__(self) -> str:
        """Its identifier alone: no name or account in an exception."""
        return f"Prelevement({self.prelevement})"


def render_pain(
    remise: str, prelevements: Sequence[Prelevement], creancier: Creancier, date_arrete: date
) -> bytes:
    """The file `remise` with these debits, at least one; RemiseRefusee when it is not valid."""
    return render_ordres(PRELEVEMENTS, remise, prelevements, creancier, date_arrete, _append_batch)


def find_invalid(
    prelevements: Sequence[Prelevement], creancier: Creancier, date_arrete: date
) -> set[str]:
    """Debits that would make a file refused, each tried alone when all together are refused."""
    return sepa.find_invalid(
        prelevements, lambda essayes: render_pain("ESSAI", essayes, creancier, date_arrete)
    )


def _append_batch(
    corps: etree._Element, lot: str, prelevements: Sequence[Prelevement], creancier: Creancier
) -> None:
    premier = prelevements[0]
    bloc = etree.SubElement(corps, "PmtInf")
    fill(
        bloc, {"PmtInfId": lot, "PmtMtd": "DD", "BtchBookg": "true", **compute_totals(prelevements)}
    )
    fill(
        bloc,
        {
            "PmtTpInf/SvcLvl/Cd": "SEPA",
            "PmtTpInf/LclInstrm/Cd": premier.schema,
            "PmtTpInf/SeqTp": premier.sequence,
            "ReqdColltnDt": str(premier.date_echeance),
            "Cdtr/Nm": sepa_text(creancier.nom, NOM_MAX),
        },
    )
    append_address(
        bloc, "Cdtr", (creancier.rue, creancier.code_postal, creancier.ville, creancier.pays)
    )
    fill(
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
    fill(debit, {"PmtId/EndToEndId": p.prelevement})
    montant = etree.SubElement(debit, "InstdAmt", Ccy="EUR")
    montant.text = format_centimes(p.montant_centimes)
    mandat = "DrctDbtTx/MndtRltdInf"
    fill(debit, {f"{mandat}/MndtId": p.rum, f"{mandat}/DtOfSgntr": str(p.date_signature)})
    if p.changement_compte:
        compte = f"{mandat}/AmdmntInfDtls/OrgnlDbtrAcct/Id/Othr/Id"
        fill(debit, {f"{mandat}/AmdmntInd": "true", compte: COMPTE_CHANGE})
    agent = "DbtrAgt/FinInstnId"
    fill(debit, {f"{agent}/BICFI": p.bic} if p.bic else {f"{agent}/Othr/Id": SANS_BIC})
    fill(debit, {"Dbtr/Nm": sepa_text(p.nom, NOM_MAX)})
    append_address(debit, "Dbtr", (p.rue, p.code_postal, p.ville, p.pays))
    fill(
        debit,
        {"DbtrAcct/Id/IBAN": p.iban, "RmtInf/Ustrd": sepa_text(p.texte, TEXTE_MAX)},
    )
