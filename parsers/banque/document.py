"""One XML document of the bank, opened without entities, DTD or network, read by element.

What is wrong is kept as anomalies (B…): a reading never raises, it says. Elements that the fund
does not use are not looked at: banks fill different ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from lxml import etree

from parsers.anomalies import SIGNAL, anomalie
from specs.banque import ESPACE_ISO, Message, read_messages

OCTETS_MAX = 64 * 1024 * 1024
BOM_UTF8 = b"\xef\xbb\xbf"
TETE_OCTETS = 256
DEVISE = "EUR"
IDENTIFIANT_MAX = 35
CREDIT, DEBIT = "CRDT", "DBIT"
SENS = {CREDIT: 1, DEBIT: -1}
_MONTANT = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)
_JOUR = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T\S+|Z|[+-]\d{2}:\d{2})?", re.ASCII)

Element = etree._Element  # noqa: SLF001 - the only name that lxml gives to its elements


def is_xml(octets: bytes | memoryview) -> bool:
    """Whether the first bytes are those of an XML document."""
    return bytes(octets[:TETE_OCTETS]).removeprefix(BOM_UTF8).lstrip().startswith(b"<")


def parse_centimes(texte: str) -> int | None:
    """Cents of a decimal amount of at most two decimals, by its digits; None for another form.

    >>> parse_centimes("1234.5")
    123450
    """
    trouve = _MONTANT.fullmatch(texte)
    return int(trouve[1] + (trouve[2] or "").ljust(2, "0")) if trouve else None


def format_centimes(centimes: int) -> str:
    """The amount as the bank writes it, with its sign.

    >>> format_centimes(-123450)
    '-1234.50'
    """
    entier, decimales = divmod(abs(centimes), 100)
    return f"{'-' if centimes < 0 else ''}{entier}.{decimales:02}"


def parse_jour(texte: str) -> date | None:
    """Day of a date or of an instant as they are written (no conversion of time zone)."""
    trouve = _JOUR.fullmatch(texte)
    try:
        return date(*map(int, trouve.groups())) if trouve else None
    except ValueError:
        return None


@dataclass(slots=True)
class Document:
    """A document being read: its message, the element under its root, what is wrong so far."""

    fichier: int
    message: Message
    corps: Element
    constats: list[pl.DataFrame] = field(default_factory=list)

    def find(self, parent: Element, chemin: str) -> Element | None:
        """The element at `chemin` (`Acct/Id/IBAN`) below `parent`; repeated: said, the first."""
        trouves = self.find_all(parent, chemin)
        if len(trouves) > 1:
            self.say("B003", trouves[1], variante="repete")
        return trouves[0] if trouves else None

    def find_all(self, parent: Element, chemin: str) -> list[Element]:
        """Every element at `chemin`, in the order of the document."""
        espace = f"{{{ESPACE_ISO}{self.message.version}}}"
        return parent.findall("/".join(espace + nom for nom in chemin.split("/")))

    def text(self, parent: Element, chemin: str) -> str | None:
        """Text of an element that may be absent, blanks around it removed; None when empty."""
        element = self.find(parent, chemin)
        return (element.text or "").strip() or None if element is not None else None

    def required(self, parent: Element, chemin: str) -> str:
        """Text of an element that must be there; said when it is not."""
        texte = self.text(parent, chemin)
        if texte is None:
            self.say("B003", parent, chemin)
        return texte or ""

    def identifier(self, parent: Element, chemin: str) -> str | None:
        """Reference of at most 35 characters; None when absent."""
        texte = self.text(parent, chemin)
        if texte is not None and len(texte) > IDENTIFIANT_MAX:
            self.say("B004", parent, chemin, valeur=texte, attendu="35 caractères au plus")
        return texte

    def sign(self, parent: Element) -> int | None:
        """1 for a credit, -1 for a debit; None when it is not said."""
        texte = self.text(parent, "CdtDbtInd")
        if texte is not None and texte not in SENS:
            self.say("B004", parent, "CdtDbtInd", valeur=texte, attendu="CRDT ou DBIT")
        return SENS.get(texte or "")

    def centimes(self, parent: Element, chemin: str) -> int | None:
        """Cents of an amount in euros that may be absent."""
        element = self.find(parent, chemin)
        if element is None:
            return None
        devise = element.get("Ccy")
        if devise != DEVISE:
            self.say("B005", parent, chemin, valeur=devise)
        return self.plain_centimes(parent, chemin)

    def plain_centimes(self, parent: Element, chemin: str) -> int | None:
        """Cents of an amount without a currency that may be absent (sums of a summary)."""
        texte = self.text(parent, chemin)
        centimes = None if texte is None else parse_centimes(texte)
        if texte is not None and centimes is None:
            self.say("B004", parent, chemin, valeur=texte, attendu="montant à deux décimales")
        return centimes

    def day(self, parent: Element, chemin: str) -> date | None:
        """Day of a choice of date (`Dt`) or instant (`DtTm`) that may be absent."""
        texte = self.text(parent, f"{chemin}/Dt") or self.text(parent, f"{chemin}/DtTm")
        jour = None if texte is None else parse_jour(texte)
        if texte is not None and jour is None:
            self.say("B004", parent, chemin, valeur=texte, attendu="AAAA-MM-JJ")
        return jour

    def say(self, code: str, element: Element, chemin: str | None = None, **champs: Any) -> None:  # noqa: ANN401
        """Keep an anomaly found at an element, or at what is at `chemin` below it."""
        nom = etree.QName(element).localname
        trouves = self.find_all(element, chemin) if chemin else []
        self.constats.append(
            anomalie(
                self.fichier,
                code,
                ligne=(trouves or [element])[0].sourceline,
                rubrique=f"{nom}/{chemin}" if chemin else nom,
                **champs,
            )
        )

    def signal(self, code: str, element: Element, **champs: Any) -> None:  # noqa: ANN401
        """Keep a remark found at an element."""
        self.say(code, element, severite=SIGNAL, **champs)


def open_document(fichier: int, octets: bytes | memoryview) -> Document | pl.DataFrame:
    """The document, or the anomaly that forbids reading it: B001 not XML, B002 unknown message."""
    if len(octets) > OCTETS_MAX:
        return anomalie(
            fichier, "B001", variante="volume", valeur=str(len(octets)), attendu=str(OCTETS_MAX)
        )
    lecteur = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        racine = etree.fromstring(bytes(octets), lecteur)
    except etree.XMLSyntaxError as erreur:
        return anomalie(fichier, "B001", ligne=erreur.lineno)
    if racine.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        return anomalie(fichier, "B001", variante="dtd")
    return _recognised(fichier, racine)


def _recognised(fichier: int, racine: Element) -> Document | pl.DataFrame:
    nom = etree.QName(racine)
    version = (nom.namespace or "").removeprefix(ESPACE_ISO)
    message = read_messages().get(version)
    if message is None or nom.localname != "Document":
        lus = ", ".join(read_messages())
        return anomalie(fichier, "B002", ligne=racine.sourceline, valeur=version, attendu=lus)
    corps = racine.find(f"{{{nom.namespace}}}{message.corps}")
    if corps is None:
        return anomalie(fichier, "B003", ligne=racine.sourceline, rubrique=message.corps)
    return Document(fichier, message, corps)


def texts(elements: list[Element]) -> Iterator[str]:
    """Texts of elements, empty ones left out."""
    for element in elements:
        if texte := (element.text or "").strip():
            yield texte
