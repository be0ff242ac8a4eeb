"""The portal in a real browser, served by uvicorn on a free port of the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reporting.demande import Format
from reporting.formats import render_table
from reporting.lecture import read_table
from reporting.portail import create_portail
from specs.contrats import Lecteur, read_contrat
from tests.reporting.navigateur import EXIGE, open_navigateur, serve
from warehouse.maison import Maison

pytestmark = EXIGE


@pytest.fixture(scope="module")
def adresse(maison: Maison) -> Iterator[str]:
    """Address of the portal of the home with two publications."""
    with serve(create_portail(maison)) as adresse:
        yield adresse


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    """A real browser."""
    with open_navigateur() as navigateur:
        yield navigateur


@pytest.fixture
def page(navigateur: Browser, adresse: str) -> Iterator[Page]:
    """The page, open; at the end, nothing was complained of and no other host was asked."""
    contexte = navigateur.new_context(locale="fr-FR")
    page = contexte.new_page()
    plaintes: list[str] = []
    demandes: list[str] = []
    page.on("console", lambda message: plaintes.append(message.text))
    page.on("pageerror", lambda erreur: plaintes.append(str(erreur)))
    page.on("request", lambda requete: demandes.append(requete.url))
    page.goto(adresse)
    yield page
    contexte.close()
    assert plaintes == []
    assert [url for url in demandes if not url.startswith(f"{adresse}/")] == []


def test_tableaux(page: Page) -> None:
    """Both tables are there, named by their captions, styled, with the published rows."""
    depots = page.get_by_role("table", name="Dépôts reçus")
    appels = page.get_by_role("table", name="Appels de cotisations")
    expect(depots.get_by_role("row")).to_have_count(1 + 5)
    expect(appels.get_by_role("row")).to_have_count(1 + 3)
    expect(depots.get_by_role("row", name="D00000004")).to_contain_text("En attente")
    expect(appels.get_by_role("row").last).to_contain_text("2\u202f809,80\u00a0€")
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"


def test_nom_de_fichier(page: Page) -> None:
    """A file name that looks like a script is read as it was written, and runs nothing."""
    expect(page.get_by_text("<script>alert(1)</script>.dsn")).to_be_visible()


def test_choisir_une_publication(page: Page) -> None:
    """The older publication is chosen by its label and read as it was."""
    page.get_by_label("Publication").select_option(label="n° 1 – arrêtée au 31/03/2026")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publication n° 1")
    expect(page.get_by_role("table", name="Dépôts reçus").get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="Voir la dernière").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publication n° 2")


def test_telecharger(page: Page, maison: Maison) -> None:
    """A click downloads the table of the publication that is read."""
    with page.expect_download() as attente:
        page.get_by_role("link", name="appels de cotisations, csv", exact=True).click()
    fichier = attente.value
    assert fichier.suggested_filename == "appels-publication-2.csv"
    attendu = render_table(
        read_table(maison, "appels", lecteur=Lecteur.PORTAIL), read_contrat("appels"), Format.CSV
    )
    assert Path(fichier.path()).read_bytes() == attendu


def test_clavier(page: Page) -> None:
    """The first key leads to the content, past the banner."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("largeur", [400, 1200])
def test_largeur(page: Page, largeur: int) -> None:
    """The page never scrolls sideways, and its tables stay tables on a narrow screen."""
    page.set_viewport_size({"width": largeur, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur
    expect(page.get_by_role("table", name="Dépôts reçus").get_by_role("row")).to_have_count(6)
    page.get_by_role("link", name="État de l’exploitation").click()
    expect(page.get_by_role("table", name="Totaux publiés").get_by_role("row")).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur
