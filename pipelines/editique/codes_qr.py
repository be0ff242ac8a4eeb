"""The QR code of a transfer (EPC069-12): a bank's application fills the transfer from it.

A drawing bears the text of the code; its picture is made when the document is drawn.
"""

from __future__ import annotations

from io import BytesIO

import segno

from specs.caisse import Creancier
from specs.typographie import printable

SERVICE, VERSION, UTF_8, VIREMENT = "BCD", "002", "1", "SCT"
CENTIMES_MAX = 99_999_999_999
NOM_MAX, TEXTE_MAX, OCTETS_MAX = 70, 140, 331
MARGE = 4  # modules left blank around the code, without which it is not found


def build_virement(beneficiaire: Creancier, centimes: int, reference: str) -> str:
    """The text of the code: pay `centimes` to `beneficiaire`, with `reference` as free remittance.

    Empty when no code can say it: nothing to pay, an amount or a reference that is too long, or
    none.
    """
    rappel = printable(reference).strip()
    lignes = (
        SERVICE, VERSION, UTF_8, VIREMENT, beneficiaire.bic, beneficiaire.nom[:NOM_MAX],
        beneficiaire.iban, f"EUR{centimes // 100}.{centimes % 100:02d}", "", "", rappel,
    )  # fmt: skip
    texte = "\n".join(lignes)
    possible = 0 < centimes <= CENTIMES_MAX and 0 < len(rappel) <= TEXTE_MAX
    return texte if possible and len(texte.encode()) <= OCTETS_MAX else ""


def draw_qr(texte: str) -> str:
    """The picture (SVG) of a text: error correction M, the same text always the same bytes."""
    code = segno.make(
        texte, error="m", boost_error=False, micro=False, mode="byte", encoding="utf-8"
    )
    sortie = BytesIO()
    code.save(sortie, kind="svg", border=MARGE, xmldecl=False, omitsize=True, nl=False)
    return sortie.getvalue().decode()
