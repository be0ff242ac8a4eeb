"""The space in a real browser: a clerk comes in, looks for a reason, takes a file, goes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.guichet.reponses import answer_demandes
from pipelines.metiers import METIERS
from reporting.espace.application import create_espace
from tests.efforts import EFFORT
from tests.reporting.accessibilite import DEFAUTS, complain
from tests.reporting.espace.conftest import MAINTENANT, PHRASE
from tests.reporting.navigateur import EXIGE, open_navigateur, serve
from warehouse.acces.comptes import invite

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = EXIGE
SIREN = "800000010"
TOUTES = EFFORT == "epreuve"
# A page of each kind is read; the same ones of the other tables when there is time for it.
ECHANTILLON = ("/theme/comptes", "/liste/depots", "/fiche/depots", "/fiche/creances")


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    """A real browser."""
    with open_navigateur() as navigateur:
        yield navigateur


@pytest.fixture(scope="module")
def adresse(fonds: Caisse) -> Iterator[str]:
    """Address of the space."""
    with serve(create_espace(fonds.maison, lambda: MAINTENANT)) as adresse:
        yield adresse


@pytest.fixture
def enter(navigateur: Browser, adresse: str, fonds: Caisse) -> Iterator[Callable[[str], Page]]:
    """A user who has just come in by an invitation; nothing is complained of."""
    contexte = navigateur.new_context(locale="fr-FR", base_url=adresse)
    plaintes: list[str] = []

    def enter(utilisateur: str) -> Page:
        page = contexte.new_page()
        page.on("console", lambda message: plaintes.append(message.text))
        page.on("pageerror", lambda erreur: plaintes.append(str(erreur)))
        with fonds.maison.moteur.begin() as connexion:
            trousseau = fonds.maison.archive.trousseau
            jeton = invite(connexion, trousseau, utilisateur, MAINTENANT)
        page.goto(f"/invitation/{jeton}")
        assert complain(page) == []
        cle = page.locator(".cle").inner_text().replace(" ", "")
        page.get_by_label("Mot de passe").fill(PHRASE)
        page.get_by_label("Code que l'application montre").fill(pyotp.TOTP(cle).at(MAINTENANT))
        page.get_by_role("button", name="Ouvrir mon accès").click()
        return page

    yield enter
    contexte.close()
    assert plaintes == []


@pytest.fixture
def page(enter: Callable[[str], Page]) -> Page:
    """The administrator of the company."""
    page = enter("A80001-ADM")
    expect(page.get_by_role("heading", level=1)).to_contain_text("TRAVAUX")
    return page


def test_from_what_is_due_to_the_lines_of_the_dsn(page: Page) -> None:
    """The clerk follows an amount: what is due, the call, its lines, the bases, the deposit."""
    page.get_by_role("region").or_(page.locator("section")).get_by_role(
        "link", name="€"
    ).first.click()
    page.locator("section", has_text="Appels de cotisations").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Pourquoi ce montant ?")).to_be_visible()
    lignes = page.get_by_role("table", name="Lignes des appels")
    expect(lignes.get_by_role("row").nth(1)).to_contain_text("%")
    bases = page.get_by_role("table", name="Bases déclarées, ligne par ligne")
    bases.get_by_role("link").first.click()
    expect(page.get_by_role("row", name="Ligne du fichier")).to_be_visible()


def test_a_list_is_looked_through_and_taken_away(page: Page) -> None:
    """Search, order, columns, file."""
    page.goto(f"/e/{SIREN}/liste/lignes_appel")
    table = page.get_by_role("table", name="Lignes des appels")
    avant = table.get_by_role("row").count()
    page.get_by_label("Chercher").fill("zzz")
    page.get_by_role("button", name="Chercher").click()
    expect(table).to_contain_text("Aucune ligne.")
    page.get_by_label("Chercher").fill("")
    page.get_by_role("button", name="Chercher").click()
    expect(table.get_by_role("row")).to_have_count(avant)
    page.get_by_text("Colonnes", exact=True).click()
    page.get_by_role("checkbox", name="Identifiant de l'appel").uncheck()
    page.get_by_role("button", name="Chercher").click()
    expect(table.get_by_role("columnheader", name="Identifiant de l'appel")).to_have_count(0)
    with page.expect_download() as attente:
        page.get_by_role("link", name="CSV").click()
    assert Path(attente.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_refused_file_is_found_from_the_home(page: Page) -> None:
    """What is to do again is first, with its reason; the session then ends by its button."""
    page.locator("section", has_text="Fichiers à reprendre").get_by_role("link").first.click()
    expect(page.get_by_role("row", name="Raison de cet état")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    assert page.evaluate(DEFAUTS) == []
    page.goto(f"/e/{SIREN}")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


def _check_pages(page: Page, debut: str) -> int:
    """Pages that links lead to from one, the first of each kind, folded parts open; how many."""
    vues: set[str] = set()
    reste = [debut]
    while reste:
        adresse = reste.pop(0).split("#")[0]
        chemin, _, demande = adresse.partition("?")
        sorte = re.sub(r"/e/\d+", "/e", chemin)
        sautee = "tri=" in demande or re.search(r"/document/|/statique/|\.\w+$", chemin)
        table = re.search(r"/(?:theme|liste|fiche)/\w+$", chemin)
        if sautee or sorte in vues or (table and not TOUTES and table[0] not in ECHANTILLON):
            continue
        vues.add(sorte)
        page.goto(adresse)
        liens = page.evaluate(
            "[...document.querySelectorAll('a')].map(e => e.getAttribute('href'))"
        )
        reste += [lien for lien in liens if lien.startswith("/")]
        for replie in page.locator("summary").all():
            replie.click()
        assert complain(page) == [], adresse
    return len(vues)


def test_every_page_is_for_every_reader_of_the_company(page: Page, fonds: Caisse) -> None:
    """Folded parts open; the why of an amount unfolded; the page of what is not there."""
    assert _check_pages(page, f"/e/{SIREN}") > 8
    page.goto(f"/e/{SIREN}/liste/appels")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_role("button", name="Déplier").click()
    answer_demandes(fonds.maison, METIERS, MAINTENANT)
    page.get_by_role("link", name="Revenir voir").click()
    ligne = page.locator("details.ligne").filter(has_text="Congés payés (CP), mars 2026").first
    ligne.locator("summary").first.click()
    expect(ligne.get_by_text("base 20, salarié").first).to_be_visible()
    assert complain(page) == []


def test_every_page_is_for_every_reader_of_a_firm(enter: Callable[[str], Page]) -> None:
    """The one view of its companies, then one of them."""
    page = enter("CABINET-02")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos entreprises")
    assert page.get_by_role("row").count() == 3
    if TOUTES:
        assert _check_pages(page, "/") > 8
    assert complain(page) == []


def test_every_page_is_for_a_stranger(navigateur: Browser, adresse: str) -> None:
    """The door, what is not there."""
    page = navigateur.new_page(base_url=adresse)
    for chemin in ("/connexion", f"/e/{SIREN}", "/inconnue", "/invitation/inconnue"):
        page.goto(chemin)
        assert complain(page) == [], chemin
    page.close()
