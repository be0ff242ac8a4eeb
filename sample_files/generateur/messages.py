"""Messages of the bank made from their schemas: any that the schema allows, whatever it means.

Every element of the schema is walked: present or absent when optional, once or several times, one
branch of a choice, a code of a list or a proprietary one, a number in one of its forms. What the
fund needs to know its own is told apart (`FORCES`): its account, and days of this century.

    octets = MessageValide("camt.053", 8, stream(1)).octets()
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

from lxml import etree

from specs.banque import ESPACE_ISO, read_messages
from specs.caisse import read_caisse

XS = "{http://www.w3.org/2001/XMLSchema}"
PROFONDEUR_OPTIONS = 9
LETTRES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 éàç'&<>-/"
TEXTES = ("NOTPROVIDED", "C900101-202603-01", "PRLV-20260420-00002", "VIR SEPA RECU", "AC04", "0")
STATUTS = ("RJCT", "ACCP", "PATC")
CODES = {
    "Ntry/Sts": ("BOOK", "BOOK", "PDNG"),
    "Sts/Cd": ("BOOK", "BOOK", "PDNG"),
    "Amt/Ccy": ("EUR",),
    "OrgnlGrpInfAndSts/GrpSts": ("ACCP", *STATUTS),
    "OrgnlPmtInfAndSts/PmtInfSts": ("ACCP", *STATUTS),
    "TxInfAndSts/TxSts": STATUTS,
}
OBLIGES = {"Ntry", "NtryDtls", "TxDtls", "OrgnlPmtInfAndSts", "TxInfAndSts", "TxSts"}
SOUVENT = 0.8
_JETON = re.compile(r"(\[[^\]]+\]|\((?:[^()]*)\)|\\.|.)(?:\{(\d+)(?:,(\d+))?\})?")

Element = etree._Element  # noqa: SLF001 - the only name that lxml gives to its elements


@cache
def _types(message: str, version: int) -> dict[str, Element]:
    """The named types of a schema."""
    racine = etree.fromstring(read_messages()[message].read_schema(version))
    return {str(t.get("name")): t for t in racine if t.get("name") and t.tag != f"{XS}element"}


class MessageValide:
    """A message of the bank drawn from its schema; `riche`: chances that an option is there."""

    def __init__(self, message: str, version: int, hasard: Random, riche: float = 0.35) -> None:
        """Choose the schema and the chance."""
        self._types = _types(message, version)
        self._espace = f"{ESPACE_ISO}{message}.001.{version:02}"
        self._hasard, self._riche = hasard, riche

    def octets(self) -> bytes:
        """The message, of the fund's account for its first statement."""
        racine = self._make("", "Document", "Document", 0)
        comptes = racine.iterfind(f".//{{{self._espace}}}Acct/{{{self._espace}}}Id")
        compte = next(comptes, None)
        if compte is not None:
            compte[:] = []
            etree.SubElement(compte, self._tag("IBAN")).text = read_caisse().creancier.iban
        return etree.tostring(racine, xml_declaration=True, encoding="UTF-8")

    def _tag(self, nom: str) -> str:
        return f"{{{self._espace}}}{nom}"

    def _make(self, parent: str, nom: str, type_: str, profondeur: int) -> Element:
        element = etree.Element(self._tag(nom), nsmap={None: self._espace})  # type: ignore[dict-item]
        definition = self._types[type_]
        if definition.tag == f"{XS}simpleType":
            element.text = self._value(definition, parent, nom)
            return element
        extension = definition.find(f"{XS}simpleContent/{XS}extension")
        if extension is not None:
            element.text = self._value(self._types[str(extension.get("base"))], parent, nom)
            for attribut in extension.iter(f"{XS}attribute"):
                cle = str(attribut.get("name"))
                element.set(cle, self._value(self._types[str(attribut.get("type"))], nom, cle))
            return element
        element.extend(self._children(nom, definition[0], profondeur))
        return element

    def _children(self, parent: str, groupe: Element, profondeur: int) -> Iterator[Element]:
        """Children of a sequence, or those of one branch of a choice."""
        branches = list(groupe)
        if groupe.tag == f"{XS}choice":
            branches = [self._hasard.choice(branches)]
        for branche in branches:
            for _ in range(self._times(branche, profondeur)):
                if branche.tag == f"{XS}element":
                    nom, type_ = str(branche.get("name")), str(branche.get("type"))
                    yield self._make(parent, nom, type_, profondeur + 1)
                elif branche.tag == f"{XS}any":
                    yield etree.Element("{urn:autre}Libre", nsmap={None: "urn:autre"})  # type: ignore[dict-item]
                else:
                    yield from self._children(parent, branche, profondeur)

    def _times(self, branche: Element, profondeur: int) -> int:
        minimum, maximum = branche.get("minOccurs", "1"), branche.get("maxOccurs", "1")
        chance = self._riche if profondeur < PROFONDEUR_OPTIONS else self._riche / 4
        fois = int(minimum)
        # What the fund reads must be met often, however deep it stands.
        if branche.get("name") in OBLIGES:
            chance = SOUVENT
        if fois == 0 and self._hasard.random() < chance:
            fois = 1
        if fois and maximum != "1" and self._hasard.random() < chance:
            reste = 2 if maximum == "unbounded" else int(maximum) - fois
            fois += self._hasard.randint(0, max(0, min(2, reste)))
        return fois

    def _value(self, definition: Element, parent: str, nom: str) -> str:
        """A text that a simple type allows."""
        restriction = definition[0]
        facettes = {f.tag.removeprefix(XS): f.get("value") for f in restriction}
        enumeration = [str(e.get("value")) for e in restriction.iter(f"{XS}enumeration")]
        habituels = CODES.get(f"{parent}/{nom}", ())
        if habituels and self._hasard.random() < SOUVENT:
            return self._hasard.choice(habituels)
        if enumeration:
            return self._hasard.choice(enumeration)
        if motif := facettes.get("pattern"):
            return self._matching(str(motif))
        formes: dict[str | None, Callable[[], str]] = {
            "xs:boolean": lambda: self._hasard.choice(("true", "false", "1", "0")),
            "xs:date": self._day,
            "xs:dateTime": self._instant,
            "xs:gYearMonth": lambda: "2026-04",
            "xs:decimal": lambda: self._decimal(facettes),
        }
        return formes.get(restriction.get("base"), lambda: self._text(facettes, nom))()

    def _text(self, facettes: dict[str, str | None], nom: str) -> str:
        minimum, maximum = int(facettes.get("minLength") or 0), int(facettes.get("maxLength") or 50)
        connu = self._hasard.choice(TEXTES)
        if minimum <= len(connu) <= maximum and self._hasard.random() < self._riche:
            return connu
        longueur = self._hasard.choice((minimum, maximum, self._hasard.randint(minimum, maximum)))
        return "".join(self._hasard.choices(LETTRES, k=longueur)).replace(" ", nom[0])

    def _decimal(self, facettes: dict[str, str | None]) -> str:
        """A number in one of the forms of a decimal: point or not, zeros around, sign."""
        chiffres = int(facettes.get("totalDigits") or 18)
        decimales = int(facettes.get("fractionDigits") or 0)
        entier = str(self._hasard.randint(0, 10 ** self._hasard.randint(1, min(6, chiffres))))
        entier = entier[: max(1, chiffres - decimales)]
        cents = f"{self._hasard.randint(0, 99):02}"[: min(2, decimales)]
        formes = [entier, f"000{entier}", f"+{entier}", f"\n {entier}\t"]
        if decimales:
            zeros = "0" * max(0, decimales - 2)
            formes += [f"{entier}.{cents}", f"{entier}.{cents}{zeros}", f".{cents}", f"{entier}."]
            formes += [f"0{entier}.{cents}0000000"]
        if facettes.get("minInclusive") is None:
            formes += [f"-{entier}"]
        else:
            formes += ["-0", "0"]
        return self._hasard.choice(formes)

    def _day(self) -> str:
        jour = f"20{self._hasard.randint(0, 99):02}-{self._hasard.randint(1, 12):02}-"
        zone = self._hasard.choice(("", "", "Z", "+02:00", "-11:30"))
        return f"{jour}{self._hasard.randint(1, 28):02}{zone}"

    def _instant(self) -> str:
        heure = self._hasard.choice(("00:00:00", "23:59:59.123456789", "24:00:00", "12:30:00"))
        zone = self._hasard.choice(("", "Z", "+14:00", "-05:00"))
        return f"{self._day()[:10]}T{heure}{zone}"

    def _matching(self, motif: str) -> str:
        """A text that a pattern of the schemas matches: classes, groups and counts."""
        texte = ""
        for jeton, minimum, maximum in _JETON.findall(motif):
            moins = int(minimum or 1)
            for _ in range(self._hasard.randint(moins, int(maximum or moins))):
                if jeton.startswith("("):
                    texte += self._matching(jeton[1:-1])
                elif jeton.startswith("["):
                    texte += self._hasard.choice(_members(jeton[1:-1]))
                else:
                    texte += jeton.removeprefix("\\")
        return texte


def _members(classe: str) -> str:
    """Characters of a class of a pattern (`A-NP-Z0-9`)."""
    simple = classe.replace(r"\-", "")
    membres = "-" if simple != classe else ""
    for trouve in re.finditer(r"(.)-(.)|\\?(.)", simple):
        debut, fin, seul = trouve.groups()
        membres += seul or "".join(map(chr, range(ord(debut), ord(fin) + 1)))
    return membres
