"""The official schemas, applied to one element at a time.

A statement is never whole in memory: its entries, and the details of these, are judged one by one
as they go by, then what remains of it. The elements that repeat are optional in every schema, so
that taking the judged ones away changes nothing to the verdict on the rest.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lxml import etree

from parsers.flux_xml import Element
from specs.banque import Message

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NOM = re.compile(r"Element '(?:\{[^}]*\})?([\w.-]+)'")
CONTENU = "SCHEMAV_ELEMENT_CONTENT"


@cache
def compile_schema(message: Message, version: int) -> etree.XMLSchema:
    """The schema of a version, where each element that repeats may also stand alone."""
    racine = etree.fromstring(message.read_schema(version))
    types = {t.get("name"): t for t in racine.iterchildren(f"{_XS}complexType")}
    type_ = "Document"
    for nom in _descent(message):
        element = next(e for e in types[type_].iter(f"{_XS}element") if e.get("name") == nom)
        type_ = str(element.get("type"))
        if nom not in {message.corps, message.groupe}:
            etree.SubElement(racine, f"{_XS}element", name=nom, type=type_)
    return etree.XMLSchema(racine)


def _descent(message: Message) -> tuple[str, ...]:
    """Names of the elements from the body to the details."""
    suite = (message.groupe, message.detail) if message.groupe and message.detail else ()
    return (message.corps, message.releve, message.ecriture, *suite)


def find_faults(schema: etree.XMLSchema, element: Element) -> list[tuple[int, str, str | None]]:
    """Line, name and situation of each fault of an element; none when it is valid.

    What libxml2 says is not kept: it quotes values.
    """
    if schema.validate(element):
        return []
    journal: Any = schema.error_log
    return [_fault(erreur) for erreur in journal]


def _fault(erreur: etree._LogEntry) -> tuple[int, str, str | None]:
    nom = _NOM.match(erreur.message)
    variante = "contenu" if erreur.type_name == CONTENU else None
    return erreur.line, nom[1] if nom else "Document", variante
