"""The file of transfers handed to the bank: pain.001.001.09, written with lxml.

One batch (`PmtInf`) a nature and day of execution. The same transfers give the same bytes. It is
the one document, with that of debits, that holds account numbers.
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
from specs.banque import VIREMENTS
from specs.banque.texte import sepa_text
from specs.caisse import Creancier


@dataclass(frozen=True, slots=True)
class Virement:
    """One transfer, with what only the registry knows; `iban` leaves for the bank, nowhere else.

    `lot` is its batch; address fields are None when they are not known.
    """

    reglement: str
    lot: str
    date_execution: date
    montant_centimes: int
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
        return self.reglement

    def __repr__(self) -> str:
        """Its identifier alone: no name or account in an exception."""
        return f"Virement({self.reglement})"


def render_virements(
    remise: str, virements: Sequence[Virement], caisse: Creancier, date_arrete: date
) -> bytes:
    """The file `remise` of these transfers, at least one; RemiseRefusee when it is not valid."""
    return render_ordres(VIREMENTS, remise, virements, caisse, date_arrete, _append_batch)


def find_invalid(virements: Sequence[Virement], caisse: Creancier, date_arrete: date) -> set[str]:
    """Transfers that would make a file refused, each tried alone when all together are refused."""
    return sepa.find_invalid(
        virements, lambda essayes: render_virements("ESSAI", essayes, caisse, date_arrete)
    )


def _append_batch(
    corps: etree._Element, lot: str, virements: Sequence[Virement], caisse: Creancier
) -> None:
    bloc = etree.SubElement(corps, "PmtInf")
    totaux = compute_totals(virements)
    fill(bloc, {"PmtInfId": lot, "PmtMtd": "TRF", "BtchBookg": "true", **totaux})
    jour = str(virements[0].date_execution)
    fill(bloc, {"PmtTpInf/SvcLvl/Cd": "SEPA", "ReqdExctnDt/Dt": jour})
    fill(bloc, {"Dbtr/Nm": sepa_text(caisse.nom, NOM_MAX)})
    append_address(bloc, "Dbtr", (caisse.rue, caisse.code_postal, caisse.ville, caisse.pays))
    fill(
        bloc,
        {
            "DbtrAcct/Id/IBAN": caisse.iban,
            "DbtrAgt/FinInstnId/Othr/Id": SANS_BIC,
            "ChrgBr": "SLEV",
        },
    )
    for virement in virements:
        _append_transfer(bloc, virement)


def _append_transfer(bloc: etree._Element, v: Virement) -> None:
    ordre = etree.SubElement(bloc, "CdtTrfTxInf")
    fill(ordre, {"PmtId/EndToEndId": v.reglement})
    montant = etree.SubElement(etree.SubElement(ordre, "Amt"), "InstdAmt", Ccy="EUR")
    montant.text = format_centimes(v.montant_centimes)
    if v.bic:
        fill(ordre, {"CdtrAgt/FinInstnId/BICFI": v.bic})
    fill(ordre, {"Cdtr/Nm": sepa_text(v.nom, NOM_MAX)})
    append_address(ordre, "Cdtr", (v.rue, v.code_postal, v.ville, v.pays))
    fill(
        ordre,
        {"CdtrAcct/Id/IBAN": v.iban, "RmtInf/Ustrd": sepa_text(v.texte, TEXTE_MAX)},
    )
