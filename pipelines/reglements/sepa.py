"""What the files handed to the bank have in common: totals, addresses, the check of their schema.

Texts are brought to the SEPA character set; addresses are structured (the others are refused since
November 2026). A file is checked against the schema of ISO 20022 before it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Protocol, TypeVar

from lxml import etree

from parsers.banque.valeurs import format_centimes
from specs.banque import ESPACE_ISO, PRELEVEMENTS, VIREMENTS, read_xsd
from specs.banque.texte import sepa_text, unwritable
from specs.caisse import Creancier

NOM_MAX, TEXTE_MAX, RUE_MAX, VILLE_MAX, CODE_POSTAL_MAX = 70, 140, 70, 35, 16
HEURE = "T20:00:00"
SANS_BIC = "NOTPROVIDED"
INITIATIONS = {PRELEVEMENTS: "CstmrDrctDbtInitn", VIREMENTS: "CstmrCdtTrfInitn"}


class RemiseRefusee(RuntimeError):  # noqa: N818 - named in French
    """The file would not be valid: it is not handed over. The message quotes no value."""


class Ordre(Protocol):
    """An order of a file: a debit or a transfer."""

    @property
    def identifiant(self) -> str:
        """Its end-to-end reference."""

    @property
    def lot(self) -> str:
        """Its batch."""

    @property
    def montant_centimes(self) -> int:
        """Its amount."""


UnOrdre = TypeVar("UnOrdre", bound=Ordre)


def render_ordres(
    message: str,
    remise: str,
    ordres: Sequence[UnOrdre],
    caisse: Creancier,
    date_arrete: date,
    append_batch: Callable[[etree._Element, str, Sequence[UnOrdre], Creancier], None],
) -> bytes:
    """The file `remise` of these orders, at least one: its header, then a batch a `lot`."""
    ordre = sorted(ordres, key=lambda o: (o.lot, o.identifiant))
    racine = etree.Element("Document", xmlns=ESPACE_ISO + message)
    corps = etree.SubElement(racine, INITIATIONS[message])
    tete = etree.SubElement(corps, "GrpHdr")
    fill(tete, {"MsgId": remise, "CreDtTm": f"{date_arrete}{HEURE}", **compute_totals(ordre)})
    fill(tete, {"InitgPty/Nm": sepa_text(caisse.nom, NOM_MAX)})
    for lot, siens in groupby(ordre, key=lambda o: o.lot):
        append_batch(corps, lot, list(siens), caisse)
    return render(racine, message)


def render(racine: etree._Element, message: str) -> bytes:
    """The bytes of a document; RemiseRefusee when the schema of the message does not accept it."""
    octets = etree.tostring(racine, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    check_schema(octets, message)
    return octets


def check_schema(octets: bytes, message: str) -> None:
    """Refuse (RemiseRefusee) a file that the schema of `message` does not accept."""
    schema = _schema(message)
    if not schema.validate(etree.fromstring(octets)):
        lignes = sorted({erreur.line for erreur in schema.error_log})  # type: ignore[attr-defined]
        raise RemiseRefusee(f"fichier {message} non conforme au schéma, lignes {lignes}")


def find_invalid(ordres: Sequence[UnOrdre], draw: Callable[[Sequence[UnOrdre]], bytes]) -> set[str]:
    """Orders that would make a file refused, each tried alone when all together are refused."""
    if _is_valid(ordres, draw):
        return set()
    return {ordre.identifiant for ordre in ordres if not _is_valid([ordre], draw)}


def _is_valid(ordres: Sequence[UnOrdre], draw: Callable[[Sequence[UnOrdre]], bytes]) -> bool:
    try:
        draw(ordres)
    except (RemiseRefusee, ValueError):  # ValueError: what XML itself can't hold
        return not ordres
    return True


def compute_totals(ordres: Sequence[Ordre]) -> dict[str, str]:
    """Number and sum of orders, as every part of a file says them."""
    total = sum(ordre.montant_centimes for ordre in ordres)
    return {"NbOfTxs": str(len(ordres)), "CtrlSum": format_centimes(total)}


def append_address(parent: etree._Element, qui: str, adresse: Iterable[str | None]) -> None:
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
    fill(parent, {chemin: texte for chemin, texte in textes.items() if texte})


def fill(parent: etree._Element, textes: dict[str, str]) -> None:
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
def _schema(message: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(read_xsd(message)))
