"""The specification: whole, linked, escaped, the same bytes every time."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from lxml import html
from pypdf import PdfReader

from pipelines.echanges.cahier.blocs import (
    Cahier,
    Colonne,
    Extrait,
    Fragment,
    Ligne,
    Paragraphe,
    Section,
    Tableau,
)
from pipelines.echanges.cahier.composition import compose_cahier
from pipelines.echanges.cahier.formes import render_cahier_html, render_cahier_pdf
from pipelines.echanges.cahier.prose import Ancres, parse_texte
from pipelines.echanges.cahier.tableaux import render_tableau
from specs.echanges import read_genres
from specs.echanges.textes import read_refus

ANCRES = Ancres({"totaux": "5.2"}, frozenset({"F013"}))
PIEGE = "<script>alert(1)</script> #let x = 1 $y$ & \\"


@pytest.fixture(scope="module")
def cahier() -> Cahier:
    """The specification, composed once."""
    return compose_cahier()


@pytest.fixture(scope="module")
def page(cahier: Cahier) -> html.HtmlElement:
    """Its page, parsed."""
    return html.document_fromstring(render_cahier_html(cahier).decode())


def piege() -> Cahier:
    """A specification of one section, all of whose texts look like markup."""
    texte = (Fragment(PIEGE), Fragment(PIEGE, "code"), Fragment(PIEGE, "fort", "F001"))
    tableau = Tableau(PIEGE, (Colonne(PIEGE),), (Ligne(((texte,),), "F001"),))
    blocs = (Paragraphe(texte), Extrait(PIEGE, PIEGE), tableau)
    return Cahier(PIEGE, "0100", date(2026, 3, 1), (Section("a", "1", PIEGE, blocs),))


def test_every_field_and_every_code_has_its_place(page: html.HtmlElement) -> None:
    """A link can go to each field of each kind, and to each code of refusal."""
    ancres = set(page.xpath("//@id"))
    champs = {
        f"{genre.nom}-{e.code}-{champ.nom}"
        for genre in read_genres().values()
        for e in genre.details
        for champ in e.champs
    }
    communs = {"communs-00-FILE_ID", "communs-99-HASH"}
    assert champs | communs | read_refus().keys() <= ancres


def test_a_page_stands_alone_and_its_links_go_somewhere(page: html.HtmlElement) -> None:
    """One place for each anchor; no script, no other file; headings one level at a time."""
    ancres = page.xpath("//@id")
    assert len(ancres) == len(set(ancres))
    assert {lien.removeprefix("#") for lien in page.xpath("//a/@href")} <= set(ancres)
    assert not page.xpath("//script | //link | //img | //@src")
    assert not page.xpath("//th[not(@scope)]")
    niveaux = [int(titre.tag[1]) for titre in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(apres - avant <= 1 for avant, apres in pairwise(niveaux))


def test_the_same_bytes_every_time(cahier: Cahier) -> None:
    """Composed and drawn again, the specification does not change."""
    assert compose_cahier() == cahier
    assert render_cahier_html(cahier) == render_cahier_html(compose_cahier())
    assert render_cahier_pdf(piege()) == render_cahier_pdf(piege())


def test_a_pdf_has_contents_headings_and_page_numbers(cahier: Cahier) -> None:
    """Every section is in the outline; a page tells its number, its chapter and the version."""
    lecteur = PdfReader(BytesIO(render_cahier_pdf(cahier)))
    nombre = len(lecteur.pages)
    titres = [noeud["/Title"] for noeud in flatten(lecteur.outline)]
    assert [titre.split()[0] for titre in titres] == [s.numero for s in cahier.sections]
    derniere = lecteur.pages[-1].extract_text()
    assert f"page {nombre} / {nombre}" in derniere
    assert "version 0100" in derniere
    assert derniere.count("Journal des versions") == 2


def flatten(noeuds: list) -> list:
    """The nodes of an outline, in order."""
    plats = (flatten(n) if isinstance(n, list) else [n] for n in noeuds)
    return [noeud for plat in plats for noeud in plat]


def test_nothing_is_read_as_markup() -> None:
    """Texts that look like HTML or typst are shown as they are."""
    rendue = html.document_fromstring(render_cahier_html(piege()).decode())
    assert not rendue.xpath("//script")
    assert rendue.xpath("//p")[-1].text_content().count(PIEGE) == 3
    texte = PdfReader(BytesIO(render_cahier_pdf(piege()))).pages[2].extract_text()
    assert "#let x = 1 $y$" in texte.replace("\n", " ")


def test_marks_of_a_text_become_fragments() -> None:
    """Exact values, bold, sections and codes of refusal; French no-break spaces elsewhere."""
    texte = parse_texte("**Voir** `A : B` : F013, F999 et §totaux ; « 1 000 € ».", ANCRES)
    assert [(f.texte, f.style, f.lien) for f in texte] == [
        ("Voir", "fort", ""),
        (" ", "", ""),
        ("A : B", "code", ""),
        ("\u00a0: ", "", ""),
        ("F013", "", "F013"),
        (", F999 et ", "", ""),
        ("§\u202f5.2", "", "totaux"),
        ("\u202f; «\u00a01\u202f000\u202f€\u00a0».", "", ""),
    ]


def test_a_section_that_is_not_there_is_refused() -> None:
    """A text can't send its reader nowhere."""
    with pytest.raises(KeyError):
        parse_texte("Voir §ailleurs.", ANCRES)


def test_a_row_without_all_its_cells_is_refused() -> None:
    """A comma that cuts a cell in two is seen."""
    with pytest.raises(ValueError, match="2 colonnes"):
        render_tableau((("A", 0), ("B", -1)), [("a", "b", "c")], ANCRES)


def test_no_mark_is_left_in_the_texts(page: html.HtmlElement) -> None:
    """Backquotes, stars and names of anchors are all read; no plain space before a colon."""
    textes = page.xpath("//main//text()[not(ancestor::pre) and not(ancestor::code)]")
    tout = "\n".join(textes)
    assert not re.search(r"[`*]|§\w|§$| [:;!?»]|« ", tout)
