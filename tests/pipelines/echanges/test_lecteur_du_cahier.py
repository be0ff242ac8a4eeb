"""What a payroll developer writes from the page alone, without the code, is accepted.

The writers below know the page: its tables of fields (positions, types, presence, elements), those
of composition, and the rules of its prose. They import nothing that describes a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from lxml import etree, html

from parsers.echanges.lecteur import read_echange
from pipelines.echanges.cahier.composition import compose_cahier
from pipelines.echanges.cahier.formes import render_cahier_html

Valeurs = dict[str, str | int]
FICHIERS = yaml.safe_load(Path(__file__).with_name("ecrits_de_la_page.yaml").read_text("utf-8"))
ESPACE = "urn:proposed:caisse:echanges:1"
ENTETE: Valeurs = {
    "VERSION": "0100",
    "MODE": "R",
    "CONVENTION": "77",
    "SIREN": "999090012",
    "FILE_ID": "essai.1",
    "CREATED": "20260801120000",
    "OPERATION": "N",
    "SOFTWARE": "paie 3.2",
    "CHARSET": "ISO-8859-1",
    "RETURN_FORMAT": "X",
}
DECIMALES = {"euros": 2, "taux €": 4, "centièmes": 2, "heures": 2, "jours": 2, "mois (durée)": 2}
COUPES = {
    "AAAAMMJJ": ("{}-{}-{}", (4, 6)),
    "AAAAMM": ("{}-{}", (4,)),
    "HHMM": ("{}:{}", (2,)),
    "AAAAMMJJHHMMSS": ("{}-{}-{}T{}:{}:{}", (4, 6, 8, 10, 12)),
}


@dataclass(frozen=True)
class Champ:
    """A row of a table of fields."""

    nom: str
    longueur: int
    type: str
    format: str
    presence: str
    element: bool


@pytest.fixture(scope="module")
def page() -> html.HtmlElement:
    """The page, as a reader has it."""
    return html.document_fromstring(render_cahier_html(compose_cahier()).decode())


def read_champs(page: html.HtmlElement, place: str) -> list[Champ]:
    """The fields of a record, in the order of the page."""
    champs = []
    for rangee in page.xpath(f"//tr[starts-with(@id, '{place}-')]"):
        nom = rangee.xpath("string(th)")
        _, longueur, type_, presence, contenu = (td.text_content() for td in rangee.xpath("td"))
        lettre, _, format_ = type_.replace("\u202f", " ").partition(" ")
        sans_element = "XML\u00a0: sans élément." in contenu
        champs.append(Champ(nom, int(longueur), lettre, format_, presence, not sans_element))
    return champs


def write_record(page: html.HtmlElement, place: str, valeurs: Valeurs) -> str:
    """A record of 320 bytes."""
    champs = read_champs(page, place)
    code = {"TYPE": place.rpartition("-")[2], "FILLER": ""} | valeurs
    assert {c.nom for c in champs if c.presence == "O"} <= code.keys()
    assert valeurs.keys() <= {c.nom for c in champs}
    return "".join(write_zone(code.get(c.nom, ""), c) for c in champs)


def write_zone(valeur: str | int, champ: Champ) -> str:
    """A value in fixed form: text on the left, digits after zeros, sign last."""
    if isinstance(valeur, str):
        return valeur.ljust(champ.longueur)
    if champ.type == "N":
        return f"{valeur:0{champ.longueur}d}"
    return f"{abs(valeur):0{champ.longueur - 1}d}{'-' if valeur < 0 else '+'}"


def write_natural(valeur: str | int, champ: Champ) -> str:
    """A value in XML."""
    if isinstance(valeur, str):
        forme, coupes = COUPES.get(champ.format, ("{}", ()))
        bornes = [0, *coupes, len(valeur)]
        return forme.format(*(valeur[a:b] for a, b in pairwise(bornes)))
    if champ.format == "chiffres":
        return f"{valeur:0{champ.longueur}d}"
    decimales = DECIMALES.get(champ.format, 0)
    chiffres = f"{abs(valeur):0{decimales + 1}d}"
    signe, virgule = "-" if valeur < 0 else "", len(chiffres) - decimales
    return signe + chiffres[:virgule] + ("." + chiffres[virgule:] if decimales else "")


def add_element(
    parent: etree._Element, nom: str, page: html.HtmlElement, place: str, valeurs: Valeurs
) -> etree._Element:
    """An element with those of its fields."""
    element = etree.SubElement(parent, f"{{{ESPACE}}}{nom}")
    for champ in read_champs(page, place):
        if champ.element and champ.nom in valeurs:
            feuille = etree.SubElement(element, f"{{{ESPACE}}}{champ.nom.lower()}")
            feuille.text = write_natural(valeurs[champ.nom], champ)
    return element


def read_composition(page: html.HtmlElement, genre: str) -> dict[str, tuple[str, bool]]:
    """Element of each record of a kind, and whether it stands in another one."""
    rangees = page.xpath(f"//h3[@id='{genre}-composition']/following::table[1]/tbody/tr")
    return {
        rangee.xpath("string(th)"): (noms[0], len(noms) > 1)
        for rangee in rangees
        if (noms := rangee.xpath("td[2]//code/text()"))
    }


def list_lignes(genre: str) -> Iterator[tuple[str, Valeurs]]:
    """Code and fields of each detail record of the file."""
    for ligne in FICHIERS[genre]["lignes"]:
        yield ligne["enregistrement"], {n: v for n, v in ligne.items() if n != "enregistrement"}


def count(genre: str) -> Valeurs:
    """Counts and totals of the trailer."""
    details = len(FICHIERS[genre]["lignes"])
    return {"N_RECORDS": details + 2, "N_DETAIL": details} | FICHIERS[genre]["totaux"]


def check_accepted(genre: str, suffixe: str, octets: bytes) -> None:
    """The controls have nothing to say of the file."""
    nom = f"{genre}_R_77_20260801120000_0001.{suffixe}"
    lue = read_echange(0, nom, octets, datetime(2026, 8, 1, 10, 1, tzinfo=UTC))
    assert lue.anomalies.select("code", "ligne", "rubrique").rows() == []
    assert lue.verdict == "CONFORME"


@pytest.mark.parametrize("genre", FICHIERS)
def test_a_fixed_file_written_from_the_page_is_accepted(page: html.HtmlElement, genre: str) -> None:
    """Each kind that companies send, written by its tables alone: conforming, without a remark."""
    textes = [write_record(page, "communs-00", ENTETE | {"KIND": genre})]
    textes += [write_record(page, f"{genre}-{code}", dit) for code, dit in list_lignes(genre)]
    corps = "".join(f"{texte}\r\n" for texte in textes).encode("iso-8859-1")
    controle = count(genre) | {"HASH": hashlib.sha256(corps).hexdigest()}
    check_accepted(
        genre, "txt", corps + f"{write_record(page, 'communs-99', controle)}\r\n".encode()
    )


@pytest.mark.parametrize("genre", FICHIERS)
def test_an_xml_file_written_from_the_page_is_accepted(page: html.HtmlElement, genre: str) -> None:
    """The same in XML: elements of the page, values written naturally."""
    elements = read_composition(page, genre)
    depot = etree.Element(f"{{{ESPACE}}}depot", kind=genre, version="0100")
    add_element(depot, elements["00"][0], page, "communs-00", ENTETE)
    for code, valeurs in list_lignes(genre):
        nom, contenu = elements[code]
        parent = depot[-1] if contenu else depot
        add_element(parent, nom, page, f"{genre}-{code}", valeurs)
    add_element(depot, elements["99"][0], page, "communs-99", count(genre))
    check_accepted(genre, "xml", etree.tostring(depot, encoding="UTF-8", xml_declaration=True))
