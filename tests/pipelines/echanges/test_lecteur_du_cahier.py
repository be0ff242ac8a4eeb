"""What a payroll developer writes from the page alone, without the code, is accepted.

The writer below knows the page: its tables of fields (positions, types, presence), and the rules of
its prose for totals and hash. It imports nothing that describes a record.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from lxml import html

from parsers.echanges.lecteur import read_echange
from pipelines.echanges.cahier.composition import compose_cahier
from pipelines.echanges.cahier.formes import render_cahier_html

Valeurs = dict[str, str | int]
FICHIERS = yaml.safe_load(Path(__file__).with_name("ecrits_de_la_page.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def page() -> html.HtmlElement:
    """The page, as a reader has it."""
    return html.document_fromstring(render_cahier_html(compose_cahier()).decode())


def write_record(page: html.HtmlElement, place: str, valeurs: Valeurs) -> str:
    """A record of 320 bytes, from the rows of its table in the page."""
    rangees = page.xpath(f"//tr[starts-with(@id, '{place}-')]")
    zones = []
    for rangee in rangees:
        nom = rangee.get("id").rpartition("-")[2]
        _, longueur, type_, presence, _ = (td.text_content() for td in rangee.xpath("td"))
        defaut = place.rpartition("-")[2] if nom == "TYPE" else ""
        valeur = valeurs.get(nom, defaut)
        assert valeur != "" or presence != "O" or nom == "FILLER", f"{place} {nom} obligatoire"
        zones.append(write_zone(valeur, type_[0], int(longueur)))
    assert {r.get("id").rpartition("-")[2] for r in rangees} >= valeurs.keys()
    return "".join(zones)


def write_zone(valeur: str | int, type_: str, longueur: int) -> str:
    """A value as § types says: text on the left, digits after zeros, sign last."""
    if isinstance(valeur, str):
        return valeur.ljust(longueur)
    if type_ == "N":
        return f"{valeur:0{longueur}d}"
    return f"{abs(valeur):0{longueur - 1}d}{'-' if valeur < 0 else '+'}"


def without_code(ligne: Valeurs) -> Valeurs:
    """The fields of a line."""
    return {nom: valeur for nom, valeur in ligne.items() if nom != "enregistrement"}


@pytest.mark.parametrize("genre", FICHIERS)
def test_a_file_written_from_the_page_is_accepted(page: html.HtmlElement, genre: str) -> None:
    """Each kind that companies send, written by its tables alone: conforming, without a remark."""
    lignes, totaux = FICHIERS[genre]["lignes"], FICHIERS[genre]["totaux"]
    entete = {"KIND": genre, "VERSION": "0100", "MODE": "R", "CONVENTION": "77", "OPERATION": "N"}
    entete |= {"SIREN": "999090012", "FILE_ID": "essai.1", "CREATED": "20260801120000"}
    entete |= {"SOFTWARE": "paie 3.2", "CHARSET": "ISO-8859-1", "RETURN_FORMAT": "X"}
    textes = [write_record(page, "communs-00", entete)]
    textes += [
        write_record(page, f"{genre}-{ligne['enregistrement']}", without_code(ligne))
        for ligne in lignes
    ]
    corps = "".join(f"{texte}\r\n" for texte in textes).encode("iso-8859-1")
    compte = {"N_RECORDS": len(textes) + 1, "N_DETAIL": len(lignes)} | totaux
    compte |= {"HASH": hashlib.sha256(corps).hexdigest()}
    octets = corps + f"{write_record(page, 'communs-99', compte)}\r\n".encode()
    nom = f"{genre}_R_77_20260801120000_0001.txt"
    lue = read_echange(0, nom, octets, datetime(2026, 8, 1, 10, 1, tzinfo=UTC))
    assert lue.anomalies.select("code", "ligne", "rubrique").rows() == []
    assert lue.verdict == "CONFORME"
