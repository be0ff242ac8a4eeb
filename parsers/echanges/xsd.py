"""The schema (XSD 1.0) of the XML form of a kind, built from its description.

A conforming file is valid; what a schema can't say (conditions, keys, totals, dates compared) is
left to the controls.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from lxml import etree

from parsers.echanges.valeurs import MOTIFS, motif_nir
from parsers.echanges.valeurs_xml import (
    SEPARES,
    UNITE,
    is_nombre,
    list_elements,
    places_of,
)
from parsers.echanges.xml import RACINE
from parsers.echanges.zones import colonne_of
from parsers.flux_xml import Element
from specs.echanges import (
    CONTROLE,
    DECIMALES,
    ENTETE,
    ESPACE,
    VERSION,
    Champ,
    Enregistrement,
    Genre,
    read_genres,
)
from specs.echanges.listes import read_liste
from specs.echanges.regles import read_regles
from specs.echanges.textes import read_libelle

XS = "http://www.w3.org/2001/XMLSchema"
TYPES_DATES = {"date": "xs:date", "mois": "xs:gYearMonth", "instant": "xs:dateTime"}
# What an answer leaves blank when the deposit did not give it readably (6.2).
ILLISIBLES = ("MODE", "SIREN")
MINUSCULES = "a-zµß-öø-ÿ"


@cache
def build_xsd(nom: str) -> bytes:
    """The schema of a kind, in UTF-8, its fields told in French; KeyError when there is none."""
    genre = read_genres()[nom]
    bords = [genre.enregistrements[code] for code in (ENTETE, CONTROLE)]
    details = [_record(genre, e) for e in genre.details if not e.dans]
    racine = _xs(
        "element",
        _xs(
            "complexType",
            _xs("sequence", _record(genre, bords[0]), _many(details), _record(genre, bords[1])),
            _xs("attribute", name="kind", use="required", type="xs:string", fixed=genre.nom),
            _xs("attribute", name="version", use="required", type="xs:string", fixed=VERSION),
        ),
        name=RACINE,
    )
    schema = _xs(
        "schema", racine, targetNamespace=ESPACE, elementFormDefault="qualified", version=VERSION
    )
    return etree.tostring(schema, xml_declaration=True, encoding="UTF-8", pretty_print=True)


@cache
def compile_xsd(nom: str) -> etree.XMLSchema:
    """The schema of a kind, ready to judge documents."""
    return etree.XMLSchema(etree.fromstring(build_xsd(nom)))


def _many(elements: Iterable[Element]) -> Element:
    """Any number of these, in any order."""
    return _xs("choice", *elements, minOccurs="0", maxOccurs="unbounded")


def _record(genre: Genre, enregistrement: Enregistrement) -> Element:
    """A record: its fields in order, then those that it holds."""
    portes = [_record(genre, e) for e in genre.details if e.dans == enregistrement.code]
    suite = _xs(
        "sequence", *(_field(genre, enregistrement, c) for c in list_elements(enregistrement))
    )
    if portes:
        suite.append(_many(portes))
    return _xs("element", _xs("complexType", suite), name=enregistrement.element)


def _field(genre: Genre, enregistrement: Enregistrement, champ: Champ) -> Element:
    facultatif = champ.presence != "O" or (not genre.entrant and champ.nom in ILLISIBLES)
    documentation = _xs("documentation")
    documentation.set("{http://www.w3.org/XML/1998/namespace}lang", "fr")
    documentation.text = read_libelle(genre.nom, enregistrement.code, champ.nom).titre
    return _xs(
        "element",
        _xs("annotation", documentation),
        _type(genre, enregistrement, champ),
        name=colonne_of(champ),
        minOccurs="0" if facultatif else "1",
    )


def _type(genre: Genre, enregistrement: Enregistrement, champ: Champ) -> Element:
    """Values of a field, as a simple type."""
    if is_nombre(champ):
        return _number(champ)
    base = TYPES_DATES.get(champ.format, "xs:token")
    return _restricted(base, *_facets(genre, enregistrement, champ))


def _facets(genre: Genre, enregistrement: Enregistrement, champ: Champ) -> list[Element]:
    """Its closed list, or its form and its length."""
    siennes = [r for r in read_regles(genre.nom, enregistrement.code) if r.champ == champ.nom]
    regles = {r.regle: r.argument for r in siennes}
    valeurs = champ.valeurs or (read_liste(regles["liste"]) if "liste" in regles else ())
    if valeurs:
        return [_facet("enumeration", valeur) for valeur in valeurs]
    if "motif" in regles or champ.format not in ("texte", "code"):
        return [_facet("pattern", regles.get("motif") or _motif(champ))]
    lettres = [_facet("pattern", f"[^{MINUSCULES}]+")] if "majuscules" in regles else []
    return [_facet("minLength", "1"), _facet("maxLength", str(champ.longueur)), *lettres]


def _motif(champ: Champ) -> str:
    """The form that its format gives to its values."""
    if champ.format in SEPARES:
        groupes, forme = SEPARES[champ.format]
        return forme.format(*(f"[0-9]{{{n}}}" for n in groupes))
    if champ.format == "nir":
        return motif_nir()
    return MOTIFS.get(champ.format, f"[0-9]{{{champ.longueur}}}")


def _number(champ: Champ) -> Element:
    """Its bounds and decimals; further decimals equal to 0 change no value, -0 is none."""
    decimales = 2 if champ.format == UNITE else DECIMALES[champ.format]
    borne = "9" * (places_of(champ) - decimales) + ("." + "9" * decimales if decimales else "")
    signe = "[+-]?" if champ.type == "S" else r"\+?"
    ecrit = _restricted(
        "xs:decimal",
        _facet("minInclusive", f"-{borne}" if champ.type == "S" else "0"),
        _facet("maxInclusive", borne),
        _facet("pattern", rf"{signe}[0-9]*(\.[0-9]{{0,{decimales}}}0*)?"),
    )
    if champ.type != "S":
        return ecrit
    non_nul = _facet("pattern", r"\+?[0-9.]*|-[0-9.]*[1-9][0-9.]*")
    return _xs("simpleType", _xs("restriction", ecrit, non_nul))


def _restricted(base: str, *facettes: Element) -> Element:
    return _xs("simpleType", _xs("restriction", *facettes, base=base))


def _facet(nom: str, valeur: str) -> Element:
    return _xs(nom, value=valeur.replace("(?:", "("))


def _xs(nom: str, *dedans: Element, **attributs: str) -> Element:
    """An element of the language of schemas."""
    element = etree.Element(f"{{{XS}}}{nom}", attributs, {"xs": XS})
    element.extend(dedans)
    return element
