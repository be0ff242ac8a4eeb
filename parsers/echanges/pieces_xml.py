"""The bytes of an XML exchange file, checked (steps 2 and 3), then handed over piece by piece.

A piece is a child of the root, whole, and leaves the memory once read: a file costs the size of its
largest record. Nothing is built before its characters, its size and its number of tags are known,
nor when it defines a type (DTD).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from parsers.flux_xml import (
    BORNES,
    ENTITE,
    Element,
    XmlIllisible,
    defines_type,
    is_oversized,
    iter_events,
    split_tag,
)
from specs.octets import windows

PROFONDEUR_MAX = 6
BALISES_MAX = 3_000_000  # the densest conforming file of 50,000,000 bytes has 2,500,000
TETE_OCTETS = 4096
CODES = {BORNES: ("F012", BORNES), ENTITE: ("F012", ENTITE), None: ("F010", "xml")}
_DECLARATION = re.compile(rb"""\A<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']""")


class FichierIllisible(ValueError):  # noqa: N818 - named in French
    """Step 2 or 3 fails: code and situation of the only anomaly."""

    def __init__(self, code: str, variante: str, valeur: str | None = None) -> None:
        """What the anomaly says."""
        super().__init__(code)
        self.code = code
        self.champs = {"variante": variante, "valeur": valeur}


@dataclass(frozen=True, slots=True)
class Racine:
    """The root: its tag, its namespace, its attributes by their full names."""

    nom: str
    espace: str
    attributs: dict[str, str]

    def tag(self, element: str) -> str:
        """Full name of an element of the same namespace."""
        return f"{{{self.espace}}}{element}" if self.espace else element


def check_document(contenu: bytes) -> None:
    """What can be told before anything is built: characters, definition of type, number of tags.

    Raises:
        FichierIllisible: not in UTF-8 (F004), with a DTD or too many elements (F012).
    """
    _check_utf8(contenu)
    if defines_type(contenu):
        raise FichierIllisible("F012", "dtd")
    if is_oversized(contenu, BALISES_MAX):
        raise FichierIllisible("F012", BORNES)


def _check_utf8(contenu: bytes) -> None:
    declare = _DECLARATION.match(contenu[:TETE_OCTETS].removeprefix(codecs.BOM_UTF8))
    if declare is not None and declare[1].lower() != b"utf-8":
        raise FichierIllisible("F004", "xml", declare[1].decode("latin-1"))
    decodeur = codecs.getincrementaldecoder("utf-8")()
    try:
        for fenetre in windows(contenu):
            decodeur.decode(fenetre)
        decodeur.decode(b"", final=True)
    except UnicodeDecodeError as erreur:
        raise FichierIllisible("F004", "xml") from erreur


def read_racine(contenu: bytes) -> Racine:
    """The root as it opens.

    Raises:
        FichierIllisible: not XML.
    """
    try:
        _, element = next(iter_events(contenu, ("start",)))
    except XmlIllisible as erreur:
        raise FichierIllisible(*CODES[erreur.nature]) from erreur
    espace, nom = split_tag(str(element.tag))
    attributs = {str(cle): str(valeur) for cle, valeur in element.items()}
    return Racine(nom, espace, attributs)


def iter_pieces(contenu: bytes, racine: Racine, noms: Collection[str]) -> Iterator[Element]:
    """Children of the root, in order; `noms`: the elements that are expected there.

    Raises:
        FichierIllisible: not a whole document, an entity, an element too deep or too large.
    """
    tags = tuple(racine.tag(nom) for nom in {racine.nom, *noms})
    depot: Element | None = None
    try:
        for _, element in iter_events(contenu, ("start",), tags):
            parent = element.getparent()
            if parent is None:
                depot = element
            elif parent is depot:
                yield from _release(depot, element)
    except XmlIllisible as erreur:
        if depot is not None:
            check_depth(depot)
        raise FichierIllisible(*CODES[erreur.nature]) from erreur
    if depot is not None:
        yield from _release(depot, None)


def _release(depot: Element, jusqua: Element | None) -> Iterator[Element]:
    """Every child before that one (or the end), each let go once its reader is done.

    FichierIllisible when one is an entity, which a peek meets before any DTD is refused.

    It is emptied first: lxml takes a time quadratic in its size to detach one that is still held.
    """
    while (premiere := next(depot.iterchildren(), None)) is not jusqua and premiere is not None:
        if premiere.tag is etree.Entity:
            raise FichierIllisible("F012", "entite")
        yield premiere
        premiere.clear()
        del depot[0]


def check_depth(element: Element) -> None:
    """Nothing in this element is too deep in the document.

    Raises:
        FichierIllisible: deeper than `PROFONDEUR_MAX`.
    """
    restent = PROFONDEUR_MAX - sum(1 for _ in element.iterancestors())
    if restent < 1 or _plus_profond(restent)(element):
        raise FichierIllisible("F012", "profondeur")


@cache
def _plus_profond(niveaux: int) -> etree.XPath:
    """Whether an element has as many levels below it."""
    return etree.XPath(f"boolean(.{'/*' * niveaux})")
