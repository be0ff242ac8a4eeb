"""XML read piece by piece and hardened: no network, no entity, bounded sizes and depth.

Whatever a file holds, what libxml2 refuses is told by its nature (`BORNES`, `ENTITE`, or None: not
a whole document) and its line: what it says is not kept, since it quotes values. Comments and
processing instructions are left out, CDATA is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

BORNES, ENTITE = "bornes", "entite"
ATTRIBUTS_MAX = 2_000_000
Element = etree._Element  # noqa: SLF001 - the only name that lxml gives to its elements

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
    "encoding": "utf-8",
}
# A text, a name or a depth that no message has (libxml2 says so before it builds them).
_NATURES = {
    etree.ErrorTypes.ERR_RESOURCE_LIMIT: BORNES,
    etree.ErrorTypes.ERR_NAME_TOO_LONG: BORNES,
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: ENTITE,
}
_TYPE_DEFINI = re.compile(rb"\A(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)


class XmlIllisible(ValueError):  # noqa: N818 - named in French
    """The bytes are not a whole document within the bounds."""

    def __init__(self, nature: str | None, ligne: int) -> None:
        """What stopped the reading, and where."""
        super().__init__(nature)
        self.nature = nature
        self.ligne = ligne


def split_tag(nom: str) -> tuple[str, str]:
    """Namespace (empty: none) and local name of an element or an attribute.

    Any text may be declared as a namespace; lxml's own reading of names raises on one with a brace.
    """
    espace, _, local = nom.rpartition("}")
    return espace.removeprefix("{"), local


def defines_type(texte: bytes) -> bool:
    """Whether the document has a definition of type (DTD), which no message has."""
    return _TYPE_DEFINI.match(texte) is not None


def is_oversized(texte: bytes, balises_max: int) -> bool:
    """Whether it may have more opening tags than that, or more attributes than any message."""
    balises = texte.count(b"<") - texte.count(b"</")
    return balises > balises_max or texte.count(b"=") > ATTRIBUTS_MAX


def iter_events(
    texte: bytes, evenements: tuple[str, ...], balises: tuple[str, ...] | None = None
) -> Iterator[tuple[str, Element]]:
    """Events of the parser on these tags; the elements are the caller's to let go.

    Raises:
        XmlIllisible: not a whole XML document, in UTF-8, within the bounds of libxml2.
    """
    flux: Any = etree.iterparse(BytesIO(texte), events=evenements, tag=balises, **_OPTIONS)
    try:
        yield from flux
    except etree.XMLSyntaxError as erreur:
        fatales = [faute for faute in flux.error_log if faute.level == etree.ErrorLevels.FATAL]
        codes = [faute.type for faute in fatales] or [getattr(erreur, "code", 0)]
        raise XmlIllisible(_NATURES.get(codes[0]), erreur.lineno or 0) from erreur


def line(element: Element) -> int:
    """Line of an element in the file."""
    ligne: Any = element.sourceline
    return int(ligne or 0)
